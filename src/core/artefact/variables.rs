//! Which secrets become environment variables of a function, and which cannot. The words are those that the
//! launcher reads: `NAME`, `NAME=VARIABLE`, and `*` for all that are not named.

use super::function::{Env, Function};
use crate::bundle::Bundle;
use crate::contract::{is_only_named, is_reserved};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Problem, did_you_mean};

/// Why a secret cannot become an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoVariable {
    /// A variable is to be made of a secret that the function does not carry.
    #[error("function `{function}` carries no secret `{name}`{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NotCarried {
        name: Shown,
        function: Shown,
        meant: Option<Shown>,
    },
    /// A secret would become a variable that somebody else reads.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: that one belongs to the runtime or to AWS"
    )]
    Reserved { secret: Shown, variable: Shown },
    /// A secret would become a variable that tells where others connect.
    #[error(
        "the secret `{secret}` becomes the environment variable `{variable}` only where it is named: that one changes where programs connect or what a shell runs"
    )]
    OnlyNamed { secret: Shown, variable: Shown },
    /// Shells and runtimes have no variable of that name.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: a variable's name has only letters, digits and `_`, and begins with no digit"
    )]
    BadName { secret: Shown, variable: Shown },
    /// Two secrets for one variable.
    #[error(
        "the secrets `{first}` and `{second}` would both be the environment variable `{variable}`"
    )]
    Same {
        variable: Shown,
        first: Shown,
        second: Shown,
    },
    /// The launcher reads the names from a list.
    #[error(
        "the secret `{name}` cannot be an environment variable: its name has a comma or white space, which separate names for the launcher"
    )]
    Unlistable { name: Shown },
}

impl Explain for NoVariable {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::NotCarried { .. } => None,
            Self::OnlyNamed { secret, .. } => Some(format!(
                "name it, if it is meant: `env: ['*', '{secret}']`, or rename the secret"
            )),
            Self::Reserved { .. } | Self::BadName { .. } | Self::Same { .. } => Some(
                "name the variable that it becomes: `env: ['*', 'NAME=VARIABLE']`, where `*` stands for all that are not named".into(),
            ),
            Self::Unlistable { .. } => Some(format!(
                "give it another name in {}, or list those that become variables: `env: [NAME, ...]`",
                caller.secrets
            )),
        }
    }
}

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
    /// The secret's name, which may have come out of a variable of the config where it is none of the bundle's.
    fn shown_secret(&self) -> Shown {
        self.written.unwrap_or(self.secret).into()
    }

    fn shown_name(&self) -> Shown {
        self.written.unwrap_or(self.name).into()
    }
}

/// What cannot become an environment variable of a function.
pub fn problems(function: &Function, bundle: &Bundle) -> Vec<Problem> {
    let Some(env) = &function.env else {
        return Vec::new();
    };
    let plan = plan(function, env, bundle);
    let same = plan.iter().enumerate().filter_map(|(index, variable)| {
        let first = plan[..index]
            .iter()
            .find(|other| other.name == variable.name)?;
        Some(NoVariable::Same {
            variable: variable.shown_name(),
            first: first.secret.into(),
            second: variable.secret.into(),
        })
    });
    plan.iter()
        .filter_map(|variable| problem_of(*variable, function, bundle))
        .chain(same)
        .map(|why| Problem::at(&env.place, why))
        .collect()
}

/// Each variable once: those that are listed, then all others if they are wanted.
fn plan<'a>(function: &'a Function, env: &'a Env, bundle: &'a Bundle) -> Vec<Variable<'a>> {
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
        let others = bundle.names().filter(|name| {
            carries(function, bundle, name) && plan.iter().all(|listed| listed.secret != *name)
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

fn problem_of(variable: Variable<'_>, function: &Function, bundle: &Bundle) -> Option<NoVariable> {
    let Variable {
        secret,
        name,
        is_named,
        ..
    } = variable;
    if !carries(function, bundle, secret) {
        let meant = bundle.nearest(secret);
        return Some(NoVariable::NotCarried {
            name: variable.shown_secret(),
            function: function.name.as_str().into(),
            meant: meant
                .filter(|meant| carries(function, bundle, meant))
                .map(Shown::from),
        });
    }
    let (shown, shown_name) = (Shown::of(secret), variable.shown_name());
    if secret.contains(|c: char| matches!(c, ',' | '\0') || c.is_whitespace()) {
        Some(NoVariable::Unlistable { name: shown })
    } else if is_reserved(name) {
        Some(NoVariable::Reserved {
            secret: shown,
            variable: shown_name,
        })
    } else if is_only_named(name) && !is_named {
        Some(NoVariable::OnlyNamed {
            secret: shown,
            variable: shown_name,
        })
    } else if !is_variable(name) {
        Some(NoVariable::BadName {
            secret: shown,
            variable: shown_name,
        })
    } else {
        None
    }
}

fn carries(function: &Function, bundle: &Bundle, name: &str) -> bool {
    function.only.as_ref().map_or_else(
        || bundle.contains(name),
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

#[cfg(test)]
mod tests;
