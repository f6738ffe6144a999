//! A secret as the value of an environment variable: its entry as one compact text.

use strsim::damerau_levenshtein;

use super::Bundle;
use crate::config::text::{is_name, size_of};
use crate::contract::{NAMES_SHOWN, SEALED_VARIABLE};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, did_you_mean};

/// A variable is asked for a secret that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no secret {name}{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
pub struct NoSuchSecret {
    name: Shown,
    meant: Option<Shown>,
    /// Those that there are, the most similar first.
    names: Vec<Shown>,
}

impl Explain for NoSuchSecret {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        let shown = self.names.iter().take(NAMES_SHOWN).map(Shown::as_str);
        let names = shown.collect::<Vec<_>>().join(", ");
        Some(match self.names.len().saturating_sub(NAMES_SHOWN) {
            _ if names.is_empty() => format!("{} is empty: add it there", caller.secrets),
            0 => format!("{} has {names}", caller.secrets),
            others => format!("{} has {names} and {others} others", caller.secrets),
        })
    }
}

impl Bundle {
    /// What stands in an environment variable for a secret: the same bytes as in the file, behind a mark.
    ///
    /// # Errors
    /// There is no such secret.
    pub fn variable(&self, name: &str) -> Result<String, NoSuchSecret> {
        match self.0.entries.get(name) {
            Some(entry) => Ok(format!("{SEALED_VARIABLE}{entry}")),
            None => Err(self.no_such(name)),
        }
    }

    fn no_such(&self, name: &str) -> NoSuchSecret {
        let lower = name.to_lowercase();
        let mut names: Vec<&str> = self.names().collect();
        names.sort_by_key(|known| damerau_levenshtein(&known.to_lowercase(), &lower));
        NoSuchSecret {
            name: shown(name),
            meant: self.nearest(name).map(Shown::from),
            names: names.into_iter().map(Shown::from).collect(),
        }
    }
}

/// It may have come out of a variable of the config: what can be no name is not repeated.
fn shown(name: &str) -> Shown {
    if is_name(name.strip_prefix('/').unwrap_or(name)) {
        format!("`{name}`").into()
    } else {
        format!("of that name, which is {}", size_of(name)).into()
    }
}

#[cfg(test)]
mod tests;
