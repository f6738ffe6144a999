//! What is wrong with an entry of the config, whichever source it is for.

use serde_json::Value;

use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, did_you_mean};

/// The key of every entry that is no source's.
pub const NAME: &str = "name";
/// The key that a text of the config stands for.
pub const PATH: &str = "path";

/// A mistake in how an entry is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEntry {
    /// A list item is neither a string nor an object.
    #[error("must be a parameter's name or an object with `name` and `path`, not {found}")]
    NotAnEntry { found: &'static str },
    /// A text is something else.
    #[error("must be a string, not {found}")]
    NotAString { found: &'static str },
    /// A text is the empty string.
    #[error("must not be empty")]
    Empty,
    /// An object lacks a text that it needs.
    #[error("has no `{key}`")]
    Missing {
        key: &'static str,
        /// The own key of its source.
        own: &'static str,
    },
    /// Nothing tells where the secret is kept.
    #[error("has no {}", listed(.keys, "or"))]
    NoSource { keys: Vec<&'static str> },
    /// Two tell it.
    #[error("has {}, and a secret is kept in one place", listed(.keys, "and"))]
    Sources { keys: Vec<&'static str> },
    /// An object has a key that nobody reads.
    #[error("unknown key `{key}`{}", did_you_mean(*.meant))]
    UnknownKey {
        key: Shown,
        meant: Option<&'static str>,
    },
    /// `- DB: /path` in a list.
    #[error("has neither `name` nor `path`, but the key `{name}`")]
    PairInList { name: Shown, path: Shown },
    /// `NAME: { name: ... }` in a map.
    #[error("has a `name`, and stands under one already")]
    NamedTwice,
    /// `{ Fn::Sub: ... }` where a text must stand.
    #[error("`{function}` is resolved by CloudFormation, long after the bake")]
    CloudFormation { function: Shown },
}

impl Explain for BadEntry {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::NoSource { .. } => "write `{ name: MY_SECRET, path: /path/to/parameter }`".into(),
            Self::Missing { key: NAME, own: PATH } => "write `{ name: MY_SECRET, path: /path/to/parameter }`; only a path that ends in `/*` needs no name".into(),
            Self::Missing { key: NAME, own } => format!("write `{{ name: MY_SECRET, {own}: ... }}`"),
            Self::PairInList { name, path } => format!("leave out the dash, so that all of it is a map, or write `- {{ name: {name}, path: {path} }}`"),
            Self::NamedTwice => "leave out `name`: in a map the key is the name".into(),
            Self::CloudFormation { .. } => caller.write_it_out.clone(),
            Self::NotAnEntry { .. }
            | Self::NotAString { .. }
            | Self::Empty
            | Self::Missing { .. }
            | Self::Sources { .. }
            | Self::UnknownKey { .. } => return None,
        })
    }
}

/// `a`, `b` or `c`.
fn listed(keys: &[&str], last: &str) -> String {
    let quoted: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// What a value is called in a sentence.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
