//! Which secrets become environment variables of a function, and which cannot. The words are those that the
//! launcher reads: `NAME`, `NAME=VARIABLE`, and `*` for all that are not named.

use super::{Env, Function};
use crate::bundle::Names;
use crate::contract::{is_only_named, is_reserved};
use crate::failure::shown::Shown;
use crate::failure::{Cause, Problem};

/// One secret and its variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Variable<'a> {
    secret: &'a str,
    name: &'a str,
    /// Whether it was chosen by its name; else it is one of all others.
    is_named: bool,
    /// What was written for both, where that is something else.
    written: Option<&'a str>,
}

impl Variable<'_> {
    /// The secret's name, which may have come out of a variable of the framework where it is none of the bundle's.
    fn shown_secret(&self) -> Shown {
        self.written.unwrap_or(self.secret).into()
    }

    fn shown_name(&self) -> Shown {
        self.written.unwrap_or(self.name).into()
    }
}

/// What cannot become an environment variable of a function.
pub fn problems(function: &Function, names: &Names) -> Vec<Problem> {
    let Some(env) = &function.env else {
        return Vec::new();
    };
    let plan = plan(function, env, names);
    let same = plan.iter().enumerate().filter_map(|(index, variable)| {
        let first = plan[..index]
            .iter()
            .find(|other| other.name == variable.name)?;
        Some(Cause::SameVariable {
            variable: variable.shown_name(),
            first: first.secret.into(),
            second: variable.secret.into(),
        })
    });
    plan.iter()
        .filter_map(|variable| problem_of(*variable, function, names))
        .chain(same)
        .map(|cause| Problem::at(&env.place, cause))
        .collect()
}

/// Each variable once: those that are listed, then all others if they are wanted.
fn plan<'a>(function: &'a Function, env: &'a Env, names: &'a Names) -> Vec<Variable<'a>> {
    let words = env.names.as_deref();
    let mut plan: Vec<Variable<'a>> = Vec::new();
    for (index, word) in words.unwrap_or_default().iter().enumerate() {
        if word == "*" {
            continue;
        }
        let written = env.written.as_ref().and_then(|all| all.get(index));
        // A variable has no `=` in its name, so the last one is meant.
        let (secret, name) = word.rsplit_once('=').unwrap_or((word, word));
        let written = written
            .filter(|written| *written != word)
            .map(String::as_str);
        let variable = Variable {
            secret,
            name,
            is_named: true,
            written,
        };
        if !plan.contains(&variable) {
            plan.push(variable);
        }
    }
    if words.is_none_or(|words| words.iter().any(|word| word == "*")) {
        let others = names.iter().filter(|name| {
            carries(function, names, name) && plan.iter().all(|listed| listed.secret != *name)
        });
        let others: Vec<_> = others
            .map(|name| Variable {
                secret: name,
                name,
                is_named: false,
                written: None,
            })
            .collect();
        plan.extend(others);
    }
    plan
}

fn problem_of(variable: Variable<'_>, function: &Function, names: &Names) -> Option<Cause> {
    let Variable {
        secret,
        name,
        is_named,
        ..
    } = variable;
    if !carries(function, names, secret) {
        let meant = names.nearest(secret);
        return Some(Cause::NotCarried {
            name: variable.shown_secret(),
            function: function.name.as_str().into(),
            meant: meant
                .filter(|meant| carries(function, names, meant))
                .map(Shown::from),
        });
    }
    let (shown, shown_name) = (Shown::of(secret), variable.shown_name());
    if secret.contains(|c: char| matches!(c, ',' | '\0') || c.is_whitespace()) {
        Some(Cause::UnlistableSecret { name: shown })
    } else if is_reserved(name) {
        Some(Cause::ReservedVariable {
            secret: shown,
            variable: shown_name,
        })
    } else if is_only_named(name) && !is_named {
        Some(Cause::OnlyNamedVariable {
            secret: shown,
            variable: shown_name,
        })
    } else if !is_variable(name) {
        Some(Cause::BadVariable {
            secret: shown,
            variable: shown_name,
        })
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
