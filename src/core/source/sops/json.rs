//! JSON, with whatever order its keys have.

use serde::de::DeserializeSeed as _;
use serde_json::{Deserializer, Value};

use super::tree::{Fault, Node, Tell, Unread, Walk};

/// Tells each value, and gives what stands under `sops`.
///
/// # Errors
/// It is no JSON object, or more than anybody writes.
pub fn walk(text: &str, tell: Tell<'_>) -> Result<Option<Value>, Unread> {
    let mut walk = Walk::new(tell);
    let mut json = Deserializer::from_str(text);
    let walked = Node(&mut walk).deserialize(&mut json);
    match walked.and_then(|()| json.end()) {
        Ok(()) => Ok(walk.metadata),
        Err(error) => Err(Unread {
            fault: walk.fault.unwrap_or(Fault::Syntax),
            line: error.line() as u64,
        }),
    }
}
