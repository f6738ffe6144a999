//! What can fail: one enum, sentences with a code, a place and a next step. Never a plaintext, a data key or a credential.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

pub use crate::contract::Code;
use crate::contract::hint;
use crate::pages::pages;
use crate::shown::{Listed, Shown};

/// Why a bundle or a secret did not open. Its text is a [`line`](Error::line) for each failure, and then one for each code with
/// the address of what the documentation says of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// There is no bundle at any of the places looked at.
    BundleMissing {
        /// The paths, in the order in which they were tried.
        looked_at: Vec<PathBuf>,
    },

    /// The file is there, and cannot be read or is no bundle: nothing in it opens.
    BundleInvalid {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, such as "cannot be read: permission denied".
        problem: String,
        /// What to do.
        hint: &'static str,
    },

    /// The bundle has no secret of that name.
    NotInBundle {
        /// The name asked for.
        secret: String,
        /// The bundle.
        file: PathBuf,
        /// The first names of the bundle, ten at most.
        names: Vec<String>,
        /// How many more it has.
        others: usize,
    },

    /// The bundle or the environment variable has the secret, and it did not open.
    NotOpened {
        /// Which secret, and where it belongs.
        place: Box<Place>,
        /// What failed.
        problem: Problem,
    },

    /// More than one secret did not open.
    Several {
        /// Each failure, in the order of the names.
        failures: Vec<Error>,
    },
}

impl Error {
    /// The code; that of the first failure if there are several.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::BundleMissing { .. } => Code::BundleMissing,
            Self::NotInBundle { .. } => Code::NotInBundle,
            Self::NotOpened { problem, .. } => problem.code,
            Self::BundleInvalid { .. } => Code::BundleInvalid,
            Self::Several { failures } => failures.first().map_or(Code::BundleInvalid, Self::code),
        }
    }

    /// What a failure says without the address: one line, which names what is known (secret, entry, key) and ends with the code.
    /// Of [`Several`](Error::Several) it is the lines of all.
    #[must_use]
    pub fn line(&self) -> String {
        let code = self.code();
        match self {
            Self::BundleMissing { looked_at } => {
                let looked_at = Listed(looked_at.iter().map(|path| path.display()));
                let (sentence, hint) = (code.sentence(), code.hint());
                format!("{sentence}: looked at {looked_at}; {hint} [{code}]")
            }
            Self::BundleInvalid {
                file,
                problem,
                hint,
            } => {
                let (file, problem) = (file.to_string_lossy(), Shown(problem));
                let (sentence, file) = (code.sentence(), Shown(&file));
                format!("{sentence}: `{file}` {problem}; {hint} [{code}]")
            }
            Self::NotInBundle {
                secret,
                file,
                names,
                others,
            } => {
                let (secret, file) = (Shown(secret), file.to_string_lossy());
                let (sentence, file) = (code.sentence(), Shown(&file));
                let hint = held(names, *others);
                format!("secret `{secret}`: {sentence}: `{file}` has it not; {hint} [{code}]")
            }
            Self::NotOpened { place, problem } => format!("{place}: {problem} [{code}]"),
            Self::Several { failures } => {
                let lines: Vec<String> = failures.iter().map(Self::line).collect();
                lines.join("\n")
            }
        }
    }

    /// Each failure by itself: those of [`Several`](Error::Several), or this one.
    #[must_use]
    pub fn failures(&self) -> &[Error] {
        match self {
            Self::Several { failures } => failures,
            one => std::slice::from_ref(one),
        }
    }

    /// All that succeeded.
    ///
    /// # Errors
    /// One error of all that failed.
    pub(crate) fn all<T, All: Default + Extend<T>>(
        outcomes: impl IntoIterator<Item = Result<T, Self>>,
    ) -> Result<All, Self> {
        let mut failures = Vec::new();
        let mut succeeded = All::default();
        succeeded.extend(
            outcomes
                .into_iter()
                .filter_map(|outcome| outcome.map_err(|failure| failures.push(failure)).ok()),
        );
        match failures.len() {
            0 => Ok(succeeded),
            1 => Err(failures.remove(0)),
            _ => Err(Self::Several { failures }),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line())?;
        let codes = self.failures().iter().map(|one| one.code().as_str());
        pages(codes)
            .iter()
            .try_for_each(|page| write!(f, "\n{page}"))
    }
}

impl std::error::Error for Error {}

/// Which secret an error is about, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The secret's name, or that of the environment variable which holds it.
    pub secret: String,
    /// Whether it stands in an environment variable, and not in a bundle.
    pub is_variable: bool,
    /// What its entry stands for, if that is a valid one, such as `parameter arn:..., region eu-central-1`.
    pub entry: Option<String>,
    /// The ARN of the KMS key, if the ciphertext names it (a blob of the standard tier does not) or KMS does.
    pub key: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_variable {
            "environment variable"
        } else {
            "secret"
        };
        write!(f, "{what} `{}`", Shown(&self.secret))?;
        let key = self.key.as_deref().map(|key| format!("key {}", Shown(key)));
        let known: Vec<String> = self.entry.clone().into_iter().chain(key).collect();
        if known.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", known.join(", "))
    }
}

/// What failed when a secret was opened: a sentence, its reason, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The code.
    pub code: Code,
    /// What happened, such as the service's own words; empty if the code says it all.
    pub reason: String,
    /// What to do.
    pub hint: Cow<'static, str>,
    /// How many attempts were made, the last of which failed so.
    pub attempts: u32,
    /// What the code means, of the service that was called.
    pub(crate) sentence: Cow<'static, str>,
    /// The ARN of the key that the service's own words name.
    pub(crate) key: Option<String>,
}

impl Problem {
    /// One with the hint of its code.
    pub(crate) fn new(code: Code, reason: impl Into<String>) -> Self {
        Self::hinted(code, reason, code.hint())
    }

    pub(crate) fn hinted(
        code: Code,
        reason: impl Into<String>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            reason: reason.into(),
            hint: hint.into(),
            attempts: 0,
            sentence: code.sentence().into(),
            key: None,
        }
    }

    /// With what stands for a placeholder such as `{variable}`.
    pub(crate) fn with(mut self, placeholder: &str, value: &str) -> Self {
        for text in [&mut self.sentence, &mut self.hint] {
            if text.contains(placeholder) {
                *text = text.replace(placeholder, &Shown(value).to_string()).into();
            }
        }
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        if !self.reason.is_empty() {
            write!(f, ": {}", Shown(&self.reason))?;
        }
        if self.attempts > 1 {
            write!(f, ", in {} attempts", self.attempts)?;
        }
        write!(f, "; {}", self.hint)
    }
}

impl std::error::Error for Problem {}

/// The hint for a secret that is not there.
fn held(names: &[String], others: usize) -> String {
    if names.is_empty() {
        return hint::NOT_IN_BUNDLE_EMPTY.into();
    }
    let mut held = Listed(names).to_string();
    if others > 0 {
        held = format!("{held} and {others} more");
    }
    Code::NotInBundle.hint().replace("{names}", &held)
}
