//! The fields of an entry, strictly read.

use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::contract::{Code, limit};
use crate::error::Problem;
use crate::kms::Context;

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

/// A text, which may be empty.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn any_text<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Problem> {
    match fields.get(name) {
        Some(Value::String(text)) if text.is_empty() => Ok(text),
        _ => text(fields, name),
    }
}

/// The bytes of a text in base64, of which there are so many.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn bytes_of_length(
    fields: &Fields,
    name: &str,
    lengths: RangeInclusive<usize>,
) -> Result<Vec<u8>, Problem> {
    let decoded = bytes(name, text(fields, name)?)?;
    if lengths.contains(&decoded.len()) {
        return Ok(decoded);
    }
    Err(invalid(&format!(
        "has a `{name}` of another length than it can have"
    )))
}

/// What is encrypted under a data key.
///
/// # Errors
/// `BundleInvalid` with the field's name.
pub(super) fn contents(fields: &Fields, name: &str) -> Result<Vec<u8>, Problem> {
    bytes_of_length(fields, name, 1..=limit::CIPHERTEXT_BYTES)
}

/// The encryption context in the field `context`: none is an empty one.
///
/// # Errors
/// `BundleInvalid`.
pub(super) fn context(fields: &Fields) -> Result<Context, Problem> {
    let Some(context) = fields.get("context") else {
        return Ok(Context::new());
    };
    let pairs = context.as_object().into_iter().flatten();
    let texts = pairs.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let texts: Option<Context> = texts.collect();
    texts
        .filter(|_| context.is_object())
        .ok_or_else(|| invalid("has a `context` that is not an object of texts"))
}

/// An entry that is malformed.
pub(super) fn invalid(problem: &str) -> Problem {
    Problem::new(Code::BundleInvalid, format!("its entry {problem}"))
}
