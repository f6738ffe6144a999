//! The fields of an entry, strictly read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::contract::Code;
use crate::error::Problem;

/// The fields of an entry.
pub(super) type Fields = Map<String, Value>;

/// A text that is not empty.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Problem> {
    match fields.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        Some(Value::String(_)) => Err(invalid(&format!("has an empty `{name}`"))),
        Some(_) => Err(invalid(&format!("has a `{name}` that is not a string"))),
        None => Err(invalid(&format!("has no `{name}`"))),
    }
}

/// The bytes of a text in base64.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn bytes(name: &str, base64: &str) -> Result<Vec<u8>, Problem> {
    STANDARD
        .decode(base64)
        .map_err(|_| invalid(&format!("has a `{name}` that is not base64")))
}

/// An entry that is malformed.
pub(super) fn invalid(problem: &str) -> Problem {
    Problem::new(Code::BundleInvalid, format!("its entry {problem}"))
}
