//! Which secret becomes which environment variable.

use std::collections::BTreeSet;

use secret_baker::{Code, Secret, variables};

use crate::failures::Failures;
use crate::shown::shown;
use crate::words::Words;

/// A secret and the variable it becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// The secret's.
    pub secret: String,
    /// Whether it was chosen by its name, and not with all others.
    pub chosen: bool,
}

/// Variables with their values.
pub type Variables = Vec<(String, Secret)>;

/// Reads a choice, such as that of `SECRET_BAKER_ENV`: names with commas or white space between them, `NAME=VARIABLE` for one that is renamed,
/// `*` for all those that are not named. Nothing at all is a mistake, since it might mean all of them or none.
///
/// # Errors
/// Each variable that cannot be set.
pub fn plan<'a>(
    chosen: &str,
    names: impl Iterator<Item = &'a str>,
    said: &Words,
) -> Result<Vec<Variable>, Failures> {
    let words: Vec<&str> = chosen
        .split(is_between)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        let Words {
            choice, no_choice, ..
        } = said;
        let sentence = format!(
            "{choice} is empty; {no_choice} or write `*` for all secrets, or list their names"
        );
        return Err(Failures::not_variables([sentence]));
    }
    let mut plan = BTreeSet::new();
    plan.extend(
        words
            .iter()
            .filter(|word| **word != "*")
            .map(|word| variable(word)),
    );
    if words.contains(&"*") {
        let mut renamed = BTreeSet::new();
        renamed.extend(plan.iter().map(|variable| variable.secret.clone()));
        plan.extend(
            names
                .filter(|name| !renamed.contains(*name))
                .map(|name| Variable {
                    name: name.into(),
                    secret: name.into(),
                    chosen: false,
                }),
        );
    }
    let problems = problems_of(&plan, said.choice);
    if problems.is_empty() {
        Ok(plan.into_iter().collect())
    } else {
        Err(Failures::not_variables(problems))
    }
}

/// Whether such a choice names no secret.
pub fn names_none(chosen: &str) -> bool {
    let mut words = chosen.split(is_between).filter(|word| !word.is_empty());
    words.all(|word| word == "*")
}

fn problems_of(plan: &BTreeSet<Variable>, choice: &str) -> Vec<String> {
    let problems = plan.iter().filter_map(|one| problem_of(one, choice));
    let mut problems: Vec<String> = problems.collect();
    let twice = plan
        .iter()
        .zip(plan.iter().skip(1))
        .filter(|(a, b)| a.name == b.name);
    problems.extend(twice.map(|(a, b)| {
        let secrets = format!("{} and {}", a.secret, b.secret);
        let problem = variables::twice(&a.name).to_string();
        let renaming = format!("in {choice}, `NAME=VARIABLE` renames one");
        sentence(&secrets, &problem, &renaming)
    }));
    problems
}

/// `NAME` or `NAME=VARIABLE`. A variable has no `=` in its name, so the last one is meant.
fn variable(word: &str) -> Variable {
    let (secret, name) = word.rsplit_once('=').unwrap_or((word, word));
    Variable {
        name: name.into(),
        secret: secret.into(),
        chosen: true,
    }
}

fn problem_of(variable: &Variable, choice: &str) -> Option<String> {
    let Variable {
        name,
        secret,
        chosen,
    } = variable;
    let problem = if is_variable(name) {
        variables::check_name(name, *chosen).err()?.to_string()
    } else {
        let (sentence, name) = (Code::NotAVariable.sentence(), shown(name));
        let hint = "rename the secret, or where it is set";
        format!(
            "{sentence}: `{name}` has other characters than letters, digits and `_`, or a digit first; {hint}"
        )
    };
    let renaming = if secret.contains(is_between) {
        format!(
            "a name with a comma or white space cannot be written in {choice}, so list the others there"
        )
    } else {
        format!("in {choice}, `{}=VARIABLE` renames it", shown(secret))
    };
    Some(sentence(secret, &problem, &renaming))
}

fn sentence(secret: &str, problem: &str, renaming: &str) -> String {
    format!("secret `{}`: {problem} ({renaming})", shown(secret))
}

/// What stands between the words of a choice.
fn is_between(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

/// Whether every shell and language takes it for a variable: some shells drop others without a word.
fn is_variable(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// The variables of secrets that were opened, each with what it is in a message.
///
/// # Errors
/// Each plaintext that no variable can hold.
pub fn set(opened: Vec<(String, (String, Secret))>) -> Result<Variables, Failures> {
    let mut problems = Vec::new();
    for (what, (_, plaintext)) in &opened {
        if let Err(problem) = variables::check_value(plaintext) {
            problems.push(format!("{what}: {problem}"));
        }
    }
    if problems.is_empty() {
        Ok(opened.into_iter().map(|(_, variable)| variable).collect())
    } else {
        Err(Failures::not_variables(problems))
    }
}
