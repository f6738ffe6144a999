//! An entry of the config -> what it asks of Parameter Store.

use super::name::{Parameter, Prefix};
use super::path::{BadPath, misread, read};
use super::refusal::Asked;
use crate::config::Text;
use crate::config::entry::{Entry, NAME, PATH};
use crate::config::place::Place;
use crate::source::joint::Sealed;
use crate::source::survey::Pin;

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place among all entries.
    pub index: usize,
    /// Where the user wrote it.
    pub place: Place,
    /// What it asks for.
    pub want: Want,
    /// The path as it was set, for messages.
    pub path: Text,
    /// What a lock has of it. `None`: it is not pinned to one.
    pub held: Option<Held>,
}

/// A parameter that is pinned to what a lock has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// As it is locked.
    pub sealed: Sealed,
    /// Which version the config itself means.
    pub configured: Pin,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// One parameter under a name of the user's choice.
    One {
        /// The key in the bundle.
        name: Text,
        /// The parameter to bake under it.
        parameter: Parameter,
    },
    /// Every `SecureString` below a path, each named by the rest of its own path.
    Below(Prefix),
}

impl Reference {
    /// Takes an entry. `None`: something is wrong with it, and noted there.
    pub fn of(entry: &mut Entry<'_>) -> Option<Self> {
        let is_text = entry.is_text();
        let name = entry.name();
        let path = entry.text(PATH, |text, written| read(text, written, is_text));
        let is_prefix = path
            .as_ref()
            .is_some_and(|path| Prefix::is_one(path.value()));
        if !is_prefix && !is_text {
            entry.must_have(NAME);
        }
        let path = path?;
        let name = if is_text { Some(path.clone()) } else { name };
        let want = match name {
            Some(_) if is_prefix && !is_text => {
                let path = path.shown().clone();
                entry.refuse_text(NAME, BadPath::NamedPrefix { path });
                return None;
            }
            name => wanted(&path, name, is_prefix),
        };
        let want = want.map_err(|why| entry.refuse_text(PATH, why)).ok()??;
        Some(Self {
            index: entry.index,
            place: entry.place.clone(),
            want,
            path,
            held: None,
        })
    }

    /// Which version the config means, as far as it may be shown.
    #[must_use]
    pub fn pin(&self) -> Pin {
        if let Some(held) = &self.held {
            return held.configured.clone();
        }
        let selector = match &self.want {
            Want::One { parameter, .. } => parameter.selector(),
            Want::Below(_) => None,
        };
        match selector {
            None => Pin::Floating,
            // It ends a path that may hold a secret.
            Some(_) if !self.path.is_public() => Pin::Version("…".to_owned()),
            Some(version) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
                Pin::Version(version.to_owned())
            }
            Some(label) => Pin::Label(label.to_owned()),
        }
    }

    /// The path as messages name it.
    #[must_use]
    pub fn asked(&self) -> Asked {
        let name = match &self.want {
            Want::One { parameter, .. } => Some(parameter.name()),
            Want::Below(_) => None,
        };
        Asked {
            shown: self.path.shown().clone(),
            name: name.filter(|_| self.path.is_public()),
        }
    }
}

/// `None`: the path is right, and only the name is missing.
fn wanted(path: &Text, name: Option<Text>, is_prefix: bool) -> Result<Option<Want>, BadPath> {
    if let Some(why) = misread(path) {
        return Err(why);
    }
    if is_prefix {
        let prefix = Prefix::parse(path.value());
        let prefix = prefix.map_err(|reason| BadPath::name(path, &reason))?;
        return Ok(Some(Want::Below(prefix)));
    }
    if path.value().starts_with("/aws/reference/secretsmanager/") {
        let path = path.shown().clone();
        return Err(BadPath::SecretsManager { path });
    }
    let parameter = Parameter::parse(path.value());
    let parameter = parameter.map_err(|reason| BadPath::name(path, &reason))?;
    Ok(name.map(|name| Want::One { name, parameter }))
}

#[cfg(test)]
mod tests;
