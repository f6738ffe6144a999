//! In which format a file of SOPS is written, told by its name as SOPS tells it.

use serde_json::Value;

use super::path::{Path, Step};
use super::tree::{Fault, METADATA, Tell, Unread};
use super::{dotenv, edit_tree, json, places, yaml};

/// The formats that SOPS writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Maps and lists.
    Yaml,
    /// The same.
    Json,
    /// One value a line.
    Dotenv,
    /// Sections of values. Not read.
    Ini,
    /// One value, the whole file that was encrypted, in JSON.
    Binary,
}

impl Format {
    /// The format of a file of this name.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        match name.rsplit_once('.').map_or("", |(_, end)| end) {
            "yaml" | "yml" => Self::Yaml,
            "json" => Self::Json,
            "env" => Self::Dotenv,
            "ini" => Self::Ini,
            _ => Self::Binary,
        }
    }

    /// Tells each value of a text, and gives what stands under `sops`, if anything does.
    ///
    /// # Errors
    /// It is not of this format, or more than anybody writes.
    pub fn walk(self, text: &str, tell: Tell<'_>) -> Result<Option<Value>, Unread> {
        match self {
            Self::Yaml => yaml::walk(text, tell),
            Self::Json | Self::Binary => json::walk(text, tell),
            Self::Dotenv => dotenv::walk(text, tell),
            Self::Ini => Err(Unread {
                fault: Fault::Ini,
                line: 0,
            }),
        }
    }

    /// Whether a value of a text stands there by an alias, so that one place is several values. `None`: as of `replace`.
    #[must_use]
    pub fn has_alias(self, text: &str) -> Option<bool> {
        match self {
            Self::Yaml => Some(places::has_alias(&places::of(text)?)),
            _ => Some(false),
        }
    }

    /// The text with another value at a place where one is. `None`: it is written in a way that is not changed here.
    #[must_use]
    pub fn replace(self, text: &str, path: &Path, value: &str) -> Option<String> {
        let edit = match (self, path.steps()) {
            (Self::Dotenv, [Step::Key(key)]) => dotenv::replace(text, key, value),
            (Self::Dotenv, _) => None,
            _ => edit_tree::replace(text, path, value),
        };
        edit?.of(text)
    }

    /// The text with another value of its metadata. `None`: as of `replace`.
    #[must_use]
    pub fn replace_metadata(self, text: &str, key: &str, value: &str) -> Option<String> {
        let path = match self {
            Self::Dotenv => Path::of_keys([dotenv::metadata_key(key).as_str()]),
            _ => Path::of_keys([METADATA, key]),
        };
        self.replace(text, &path, value)
    }

    /// The text with a new key, at the end of the map to which its path leads. `None`: as of `replace`.
    #[must_use]
    pub fn add(self, text: &str, path: &Path, value: &str) -> Option<String> {
        let (Step::Key(key), map) = path.steps().split_last()? else {
            return None;
        };
        let edit = match self {
            Self::Dotenv if map.is_empty() => dotenv::add(text, key, value),
            Self::Dotenv => None,
            _ => edit_tree::add(text, map, key, value),
        };
        edit?.of(text)
    }
}

#[cfg(test)]
mod tests;
