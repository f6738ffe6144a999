//! In which format a file of SOPS is written, told by its name as SOPS tells it.

use serde_json::Value;

use super::tree::{Fault, Tell, Unread};
use super::{dotenv, json, yaml};

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
                fault: Fault::Syntax,
                line: 0,
            }),
        }
    }
}
