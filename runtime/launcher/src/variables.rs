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
/// `*` for all those that are not named. Nothing at all is a mistake, since it might mean all of them or none.
///
/// # Errors
/// One line for each variable that cannot be set.
pub fn plan<'a>(
    chosen: &str,
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Variable>, String> {
    let words: Vec<&str> = chosen
        .split(is_between)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Err(
            "SECRET_BAKER_ENV is empty; unset it or write `*` for all secrets, or list their names"
                .into(),
        );
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
            "the secrets `{}` and `{}` would both be the variable `{}`; rename one with `NAME=VARIABLE` in SECRET_BAKER_ENV",
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
    let why = if !is_variable(name) {
        "its name may have letters, digits and `_` only, and no digit first"
    } else if is_reserved(name) {
        "that variable belongs to the runtime or to AWS"
    } else {
        return None;
    };
    let what = if secret.contains(is_between) {
        "list the others in SECRET_BAKER_ENV, or bake it under a name without commas and white space".into()
    } else {
        let secret = shown(secret);
        format!(
            "rename it with `{secret}=VARIABLE` in SECRET_BAKER_ENV, as in \"*,{secret}=VARIABLE\""
        )
    };
    Some(format!(
        "the secret `{}` cannot be the environment variable `{}`: {why}; {what}",
        shown(secret),
        shown(name)
    ))
}

/// What stands between the words of `SECRET_BAKER_ENV`.
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
