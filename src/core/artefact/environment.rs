//! What Lambda would not take of a function's environment variables, or what nobody could open in them, where secrets stand sealed in them.

use super::function::{Function, Variable};
use crate::contract::SEALED_VARIABLE;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Problem};

/// What Lambda takes: names and values of all variables of a function together.
const MOST_BYTES: usize = 4096;

/// Why a function cannot be deployed with its environment variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refused {
    /// Lambda refuses them when the function is deployed, in other words.
    #[error(
        "its environment variables have {}{bytes} bytes, names and values together, and Lambda takes at most {MOST_BYTES}; sealed in them are {sealed}",
        if *at_least { "at least " } else { "" }
    )]
    TooLong {
        bytes: usize,
        /// Whether only the deployment tells some of the values.
        at_least: bool,
        sealed: Shown,
    },
    /// Another command than the one that resolved the variables goes on to package.
    #[error(
        "its environment variable `{name}` holds no sealed secret, which nothing in the function can open"
    )]
    NotSealed { name: Shown },
}

impl Explain for Refused {
    fn code(&self) -> Code {
        match self {
            Self::TooLong { .. } => Code::VariablesTooLong,
            Self::NotSealed { .. } => Code::ConfigInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::TooLong { .. } => {
                "leave the longest out, and let the function read them from the file in its artefact, which has room for all: secret('NAME')".into()
            }
            Self::NotSealed { .. } => {
                "variables are sealed for the commands that package, deploy or run a function: use one of these".into()
            }
        })
    }
}

/// What is wrong with the environment variables of a function.
pub fn problems(function: &Function, caller: &Caller) -> Vec<Problem> {
    let place = function.place(caller);
    let (sealed, marked): (Vec<_>, Vec<_>) = function
        .environment
        .iter()
        .filter(|variable| rest(variable).is_some())
        .partition(|variable| rest(variable).is_some_and(|rest| rest.starts_with('{')));
    let not_sealed = marked.into_iter().map(|variable| Refused::NotSealed {
        name: variable.name.as_str().into(),
    });
    not_sealed
        .chain(too_long(&function.environment, &sealed))
        .map(|why| Problem::at(&place, why))
        .collect()
}

/// What stands behind the mark of a sealed secret.
fn rest(variable: &Variable) -> Option<&str> {
    variable.value.as_deref()?.strip_prefix(SEALED_VARIABLE)
}

/// Without a secret among them it is not for us to say.
fn too_long(all: &[Variable], sealed: &[&Variable]) -> Option<Refused> {
    let bytes = all.iter().map(size).sum();
    if bytes <= MOST_BYTES || sealed.is_empty() {
        return None;
    }
    let mut longest_first = sealed.to_vec();
    longest_first.sort_by_key(|variable| std::cmp::Reverse(size(variable)));
    let told = |variable: &&Variable| format!("{} ({} bytes)", variable.name, size(variable));
    Some(Refused::TooLong {
        bytes,
        at_least: all.iter().any(|variable| variable.value.is_none()),
        sealed: longest_first
            .iter()
            .map(told)
            .collect::<Vec<_>>()
            .join(", ")
            .into(),
    })
}

fn size(variable: &Variable) -> usize {
    variable.name.len() + variable.value.as_deref().map_or(0, str::len)
}

#[cfg(test)]
mod tests;
