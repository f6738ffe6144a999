//! What can go wrong, as sentences for the person who must act: each problem has a place, a reason, a next step and a stable code.

pub mod caller;
pub mod internal;
mod meant;
mod pages;
pub mod panics;
pub mod shown;

use std::fmt;
use std::sync::Arc;

pub use self::caller::Caller;
pub use self::meant::{did_you_mean, nearest};
use crate::config::place::Place;
pub use crate::contract::Code;

/// What an error says to the person who must act. Its text (`Display`) is the whole sentence, without place and hint.
///
/// Implemented beside what fails.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    /// The stable code that scripts may compare.
    fn code(&self) -> Code;

    /// What to do next, where the sentence alone does not say it. Whatever command it tells works when it is pasted.
    fn hint(&self, _caller: &Caller) -> Option<String> {
        None
    }
}

/// One mistake or refusal, at one place of the config.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Where the user can mend it; `None` when no single entry is to blame.
    pub place: Option<Place>,
    /// What went wrong there.
    pub why: Arc<dyn Explain>,
}

impl Problem {
    /// A problem of one entry of the config.
    #[must_use]
    pub fn at(place: &Place, why: impl Explain) -> Self {
        Self {
            place: Some(place.clone()),
            why: Arc::new(why),
        }
    }

    /// A problem that no single entry has caused.
    #[must_use]
    pub fn general(why: impl Explain) -> Self {
        Self {
            place: None,
            why: Arc::new(why),
        }
    }
}

/// Two problems are the same if they tell the same.
impl PartialEq for Problem {
    fn eq(&self, other: &Self) -> bool {
        let told = |problem: &Self| {
            let Self { place, why } = problem;
            (place.clone(), why.code(), why.to_string())
        };
        told(self) == told(other)
    }
}

impl Eq for Problem {}

/// The sentence without its hint, after its place.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.why),
            None => write!(f, "{}", self.why),
        }
    }
}

/// All that went wrong in one go; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In the order of the config.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// The problems' common code, or `SECRET_BAKER_SEVERAL_PROBLEMS` where they differ.
    #[must_use]
    pub fn code(&self) -> Code {
        let mut codes = self.problems.iter().map(|problem| problem.why.code());
        let first = codes.next().unwrap_or(Code::Internal);
        if codes.all(|code| code == first) {
            first
        } else {
            Code::SeveralProblems
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl<E: Explain> From<E> for Failure {
    fn from(why: E) -> Self {
        Problem::general(why).into()
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

impl Failure {
    /// The whole text for the user, in the caller's words: all problems, then where the page of all codes says more of theirs.
    #[must_use]
    pub fn told(&self, caller: &Caller) -> String {
        let codes = self.problems.iter().map(|problem| problem.why.code());
        self.problems_told(caller) + &pages::pages(codes)
    }

    /// A hint that several problems share follows the last of them.
    fn problems_told(&self, caller: &Caller) -> String {
        if let [problem] = self.problems.as_slice() {
            return with_hint("", problem, problem.why.hint(caller));
        }
        let mut text = format!("{} problems:", self.problems.len());
        for (index, problem) in self.problems.iter().enumerate() {
            let hint = problem.why.hint(caller);
            let next = self.problems.get(index + 1);
            let last_of_its_hint = next.is_none_or(|next| next.why.hint(caller) != hint);
            text.push('\n');
            text += &with_hint("  ", problem, hint.filter(|_| last_of_its_hint));
        }
        text
    }
}

/// In words that are true of every caller.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(&Caller::default()))
    }
}

fn with_hint(indent: &str, problem: &Problem, hint: Option<String>) -> String {
    let hint = hint.map_or_else(String::new, |hint| format!("\n{indent}  hint: {hint}"));
    format!("{indent}{problem}{hint}")
}

impl std::error::Error for Failure {}

/// The text of the first cause in a chain of errors, which is the one that says something.
#[must_use]
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
pub(crate) mod tests;
