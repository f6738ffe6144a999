//! The value of a secret, as the service answers it.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use crate::aws::refusal::Refusal;
use crate::contract::{Code, service};
use crate::error::Problem;
use crate::json::field;
use crate::json::scalar::Scalar;
use crate::source::sealed::Opened;

/// The value of a secret.
pub(super) enum Value {
    Text(Zeroizing<String>),
    Binary(Zeroizing<Vec<u8>>),
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    #[serde(rename = "ARN")]
    arn: Json,
    #[serde(rename = "VersionId")]
    version: Json,
    #[serde(rename = "SecretString")]
    text: Scalar,
    #[serde(rename = "SecretBinary")]
    base64: Scalar,
}

impl Value {
    /// Reads an answer.
    ///
    /// # Errors
    /// That of another secret or version is refused for good. One without a value counts as none: something else stands in
    /// the way.
    pub(super) fn read(json: &[u8], arn: &str, version: &str) -> Result<Self, Refusal> {
        let stranger = || Refusal::stranger(&service::SECRETSMANAGER);
        let answer: Answer = serde_json::from_slice(json).map_err(|_| stranger())?;
        if answer.arn != arn || answer.version != version {
            let reason = "the answer is of another secret or version than that of the entry";
            return Err(Refusal::of(Problem::new(Code::WrongContext, reason)));
        }
        if let Scalar::Text(text) = answer.text {
            return Ok(Self::Text(text));
        }
        let Scalar::Text(base64) = answer.base64 else {
            return Err(stranger());
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(base64.len()));
        STANDARD
            .decode_vec(&*base64, &mut bytes)
            .map_err(|_| stranger())?;
        Ok(Self::Binary(bytes))
    }

    /// All of it.
    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Binary(bytes) => bytes.to_vec(),
        })
    }

    /// What stands under a key of the JSON object that it is.
    ///
    /// # Errors
    /// `NoSuchField`, with nothing of the value.
    pub(super) fn field(&self, name: &str) -> Opened {
        let found = match self {
            Self::Text(text) => field::read(text.as_bytes(), name),
            Self::Binary(_) => None,
        };
        found.ok_or_else(|| {
            let reason = format!(
                "it is no JSON object, or has no text, whole number, `true` or `false` under `{name}`"
            );
            Problem::new(Code::NoSuchField, reason)
        })
    }
}
