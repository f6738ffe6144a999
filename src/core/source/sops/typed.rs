//! Values of a file's metadata, each of the type that SOPS gives it.

use serde_json::{Map, Value};

/// Metadata that SOPS has not written so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// The key whose value is not what it should be.
    pub key: &'static str,
}

/// A map.
pub fn object<'a>(
    value: &'a Value,
    key: &'static str,
) -> Result<&'a Map<String, Value>, Malformed> {
    value.as_object().ok_or(Malformed { key })
}

/// One that is `null` or not there is empty.
pub fn list<'a>(map: &'a Map<String, Value>, key: &'static str) -> Result<&'a [Value], Malformed> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Malformed { key }),
    }
}

/// One that is `null` or not there is empty.
pub fn text(map: &Map<String, Value>, key: &'static str) -> Result<String, Malformed> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(Malformed { key }),
    }
}

/// A number, which a dotenv file has as a text.
pub fn number(map: &Map<String, Value>, key: &'static str) -> Result<u64, Malformed> {
    let number = match map.get(key) {
        None | Some(Value::Null) => Some(0),
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_u64(),
    };
    number.ok_or(Malformed { key })
}
