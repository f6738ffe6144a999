//! One entry of the bundle, strictly read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::arn::Parameter;
use crate::contract::{CIPHERTEXTS, Code, Kind, limit};
use crate::error::Problem;

/// A ciphertext and the parameter it belongs to.
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) parameter: Parameter,
}

impl Entry {
    /// # Errors
    /// `BundleInvalid`, `UnknownSource` or `UnknownCiphertext`.
    pub(crate) fn read(entry: &Value) -> Result<Self, Problem> {
        let fields = entry
            .as_object()
            .ok_or_else(|| invalid("is not an object"))?;
        if let Some(source) = fields.get("source") {
            return Err(Problem::new(Code::UnknownSource, source.to_string()));
        }
        let text = |field: &str| match fields.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::String(_)) => Err(invalid(&format!("has an empty `{field}`"))),
            Some(_) => Err(invalid(&format!("has a `{field}` that is not a string"))),
            None => Err(invalid(&format!("has no `{field}`"))),
        };
        let (arn, ciphertext) = (text("arn")?, text("ciphertext")?);
        let parameter = Parameter::read(arn)
            .ok_or_else(|| invalid("has an `arn` that is not of a parameter"))?;
        let ciphertext = STANDARD
            .decode(ciphertext)
            .map_err(|_| invalid("has a `ciphertext` that is not base64"))?;
        Ok(Self {
            kind: kind(&ciphertext)?,
            ciphertext,
            parameter,
        })
    }
}

/// # Errors
/// `BundleInvalid` for what has no length of a ciphertext, `UnknownCiphertext` for what begins like none.
fn kind(ciphertext: &[u8]) -> Result<Kind, Problem> {
    let is_beyond = |limit| ciphertext.len() > limit;
    let begin = ciphertext.get(..2).unwrap_or_default();
    let known = CIPHERTEXTS.iter().find(|(bytes, _)| bytes == begin);
    match known {
        _ if is_beyond(limit::CIPHERTEXT_BYTES) => {
            Err(invalid("has a `ciphertext` that is too long"))
        }
        Some((_, Kind::Blob)) if is_beyond(limit::BLOB_BYTES) => Err(invalid(
            "has a `ciphertext` that is longer than KMS makes one",
        )),
        Some((_, kind)) => Ok(*kind),
        None => Err(Problem::new(
            Code::UnknownCiphertext,
            "it begins like none that is known",
        )),
    }
}

fn invalid(problem: &str) -> Problem {
    Problem::new(Code::BundleInvalid, format!("its entry {problem}"))
}
