//! Which secret becomes which environment variable.

use std::collections::{BTreeMap, BTreeSet};

use secret_baker::Secret;

/// Variables of the runtime, of AWS and of the loaders, one a line, with `*` after the beginning of many: a secret of such a
/// name would change what runs, or whom it speaks to, and would be read by others than the handler. The plugin reads the
/// same list and refuses them before anything is deployed.
const RESERVED: &str = include_str!("../reserved-variables.txt");

/// A secret and the variable it becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// The variable's name.
    pub name: String,
    /// The secret's.
    pub secret: String,
}

/// Variables with their values.
pub type Variables = Vec<(String, Secret)>;

/// Reads `SECRET_BAKER_ENV`: names with commas or white space between them, `NAME=VARIABLE` for one that is renamed,
/// `*` for all those that are not named. Nothing at all is `*`.
///
/// # Errors
/// One line for each variable that cannot be set.
pub fn plan<'a>(
    chosen: &str,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Variable>, String> {
    let mut words: Vec<&str> = chosen
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        words.push("*");
    }
    let mut plan: BTreeSet<Variable> = words
        .iter()
        .filter(|word| **word != "*")
        .map(|word| variable(word))
        .collect();
    if words.contains(&"*") {
        let renamed: BTreeSet<String> = plan
            .iter()
            .map(|variable| variable.secret.clone())
            .collect();
        plan.extend(
            names
                .filter(|name| !renamed.contains(*name))
                .map(|name| Variable {
                    name: name.into(),
                    secret: name.into(),
                }),
        );
    }
    let mut problems: Vec<String> = plan.iter().filter_map(problem_of).collect();
    let twice = plan
        .iter()
        .zip(plan.iter().skip(1))
        .filter(|(a, b)| a.name == b.name);
    problems.extend(twice.map(|(a, b)| {
        format!(
            "the secrets `{}` and `{}` would both be the variable `{}`",
            shown(&a.secret),
            shown(&b.secret),
            a.name
        )
    }));
    if problems.is_empty() {
        Ok(plan.into_iter().collect())
    } else {
        Err(problems.join("\n"))
    }
}

/// `NAME` or `NAME=VARIABLE`. A variable has no `=` in its name, so the last one is meant.
fn variable(word: &str) -> Variable {
    let (secret, name) = word.rsplit_once('=').unwrap_or((word, word));
    Variable {
        name: name.into(),
        secret: secret.into(),
    }
}

fn problem_of(variable: &Variable) -> Option<String> {
    let Variable { name, secret } = variable;
    let why = if name.is_empty() || name.contains(['=', '\0']) {
        "no environment variable can have that name"
    } else if is_reserved(name) {
        "that variable belongs to the runtime or to AWS"
    } else {
        return None;
    };
    Some(format!(
        "the secret `{}` cannot be the environment variable `{}`: {why}; give it another one with SECRET_BAKER_ENV=\"*,NAME=VARIABLE\"",
        shown(secret),
        shown(name)
    ))
}

fn is_reserved(name: &str) -> bool {
    RESERVED.lines().any(|line| match line.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == line,
    })
}

/// The variables with their plaintexts.
///
/// # Errors
/// One line for each plaintext that no variable can hold.
pub fn set(
    plan: Vec<Variable>,
    plaintexts: &BTreeMap<String, Secret>,
) -> Result<Variables, String> {
    let mut problems = Vec::new();
    let mut variables = Vec::new();
    for Variable { name, secret } in plan {
        match plaintexts.get(&secret) {
            Some(plaintext) if !plaintext.expose().contains('\0') => variables.push((name, plaintext.clone())),
            _ => problems.push(format!("the secret `{}` has a NUL, which no environment variable can hold; open it with a runtime instead", shown(&secret))),
        }
    }
    if problems.is_empty() {
        Ok(variables)
    } else {
        Err(problems.join("\n"))
    }
}

/// Without line ends: a line each is what is promised.
fn shown(name: &str) -> String {
    name.escape_debug().to_string()
}
