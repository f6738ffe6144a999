//! Which secrets become environment variables of a function, and which cannot. The words are those that the
//! launcher reads: `NAME`, `NAME=VARIABLE`, and `*` for all that are not named.

use super::{Function, is_reserved};
use crate::bundle::Names;
use crate::error::{Cause, Problem};

/// One secret and its variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Variable<'a> {
    secret: &'a str,
    name: &'a str,
}

/// What cannot become an environment variable of a function.
pub fn problems(function: &Function, names: &Names) -> Vec<Problem> {
    let Some(env) = &function.env else {
        return Vec::new();
    };
    let plan = plan(function, env.names.as_deref(), names);
    let same = plan.iter().enumerate().filter_map(|(index, variable)| {
        let first = plan[..index]
            .iter()
            .find(|other| other.name == variable.name)?;
        Some(Cause::SameVariable {
            variable: variable.name.to_owned(),
            first: first.secret.to_owned(),
            second: variable.secret.to_owned(),
        })
    });
    plan.iter()
        .filter_map(|variable| problem_of(*variable, function, names))
        .chain(same)
        .map(|cause| Problem::at(&env.place, cause))
        .collect()
}

/// Each variable once: those that are listed, then all others if they are wanted.
fn plan<'a>(
    function: &'a Function,
    words: Option<&'a [String]>,
    names: &'a Names,
) -> Vec<Variable<'a>> {
    let mut plan: Vec<Variable<'a>> = Vec::new();
    for word in words.unwrap_or_default().iter().filter(|word| *word != "*") {
        // A variable has no `=` in its name, so the last one is meant.
        let (secret, name) = word.rsplit_once('=').unwrap_or((word, word));
        let variable = Variable { secret, name };
        if !plan.contains(&variable) {
            plan.push(variable);
        }
    }
    if words.is_none_or(|words| words.iter().any(|word| word == "*")) {
        let others = names.iter().filter(|name| {
            carries(function, names, name) && plan.iter().all(|listed| listed.secret != *name)
        });
        let others: Vec<_> = others.collect();
        plan.extend(
            others
                .into_iter()
                .map(|name| Variable { secret: name, name }),
        );
    }
    plan
}

fn problem_of(
    Variable { secret, name }: Variable<'_>,
    function: &Function,
    names: &Names,
) -> Option<Cause> {
    if !carries(function, names, secret) {
        let meant = names.nearest(secret);
        return Some(Cause::NotCarried {
            name: secret.to_owned(),
            function: function.name.clone(),
            meant: meant.filter(|meant| carries(function, names, meant)),
        });
    }
    let (secret, variable) = (secret.to_owned(), name.to_owned());
    if secret.contains(|c: char| matches!(c, ',' | '\0') || c.is_whitespace()) {
        Some(Cause::UnlistableSecret { name: secret })
    } else if is_reserved(name) {
        Some(Cause::ReservedVariable { secret, variable })
    } else if !is_variable(name) {
        Some(Cause::BadVariable { secret, variable })
    } else {
        None
    }
}

fn carries(function: &Function, names: &Names, name: &str) -> bool {
    function.only.as_ref().map_or_else(
        || names.contains(name),
        |only| only.iter().any(|own| own == name),
    )
}

/// Others exist, but shells drop them without a word.
fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    let begins = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    begins && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
