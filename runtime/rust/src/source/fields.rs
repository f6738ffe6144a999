//! The fields of an entry, strictly read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::contract::Code;
use crate::error::Problem;

/// The fields of an entry.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// # Errors
    /// `BundleInvalid` for an entry that is no object.
    pub(super) fn of(entry: &'a Value) -> Result<Self, Problem> {
        entry
            .as_object()
            .map(Self)
            .ok_or_else(|| invalid("is not an object"))
    }

    /// The source that the entry names, whatever it names.
    pub(super) fn source(self) -> Option<&'a Value> {
        self.0.get("source")
    }

    /// A text that is not empty.
    ///
    /// # Errors
    /// `BundleInvalid` with the field's name.
    pub(super) fn text(self, field: &str) -> Result<&'a str, Problem> {
        match self.0.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::String(_)) => Err(invalid(&format!("has an empty `{field}`"))),
            Some(_) => Err(invalid(&format!("has a `{field}` that is not a string"))),
            None => Err(invalid(&format!("has no `{field}`"))),
        }
    }
}

/// The bytes of a field's base64.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn bytes(field: &str, base64: &str) -> Result<Vec<u8>, Problem> {
    STANDARD
        .decode(base64)
        .map_err(|_| invalid(&format!("has a `{field}` that is not base64")))
}

/// An entry that is malformed.
pub(super) fn invalid(problem: &str) -> Problem {
    Problem::new(Code::BundleInvalid, format!("its entry {problem}"))
}
