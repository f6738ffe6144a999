//! What stands in an environment variable.

use serde_json::Value;

use super::ciphertext::is_blob;
use super::fields::bytes;
use crate::contract::{Code, SEALED, hint, limit};
use crate::error::Problem;
use crate::json;

/// The text of a variable, read.
pub(super) enum Variable {
    /// An entry, as it stands in a bundle.
    Entry(Value),
    /// A ciphertext of KMS, and nothing else.
    Blob(Vec<u8>),
}

impl Variable {
    /// # Errors
    /// `VariableInvalid` for what is neither, `UnknownCiphertext` for bytes that KMS does not open.
    pub(super) fn read(value: &str) -> Result<Self, Problem> {
        if value.is_empty() {
            let hint = hint::VARIABLE_INVALID_UNSET;
            return Err(Problem::hinted(Code::VariableInvalid, "", hint));
        }
        if let Some(entry) = value.strip_prefix(SEALED) {
            let entry = json::strict(entry.as_bytes()).and_then(serde_json::from_slice);
            return entry.map(Self::Entry).map_err(|error| {
                invalid(format!(
                    "behind `{SEALED}` stands no entry as a bundle has one: {error}"
                ))
            });
        }
        let bytes = bytes("", value).map_err(|_| {
            invalid(format!(
                "it does not begin with `{SEALED}`, and is not base64"
            ))
        })?;
        if bytes.len() > limit::BLOB_BYTES {
            return Err(invalid("it is longer than KMS makes a ciphertext"));
        }
        if !is_blob(&bytes) {
            let reason = "it begins like no ciphertext of KMS";
            return Err(Problem::new(Code::UnknownCiphertext, reason));
        }
        Ok(Self::Blob(bytes))
    }
}

/// A problem of an entry, as it is told of one in a variable.
pub(super) fn of_variable(problem: Problem) -> Problem {
    if problem.code == Code::BundleInvalid {
        return invalid(problem.reason);
    }
    problem
}

/// A variable that holds no sealed secret.
pub(super) fn invalid(reason: impl Into<String>) -> Problem {
    Problem::new(Code::VariableInvalid, reason)
}
