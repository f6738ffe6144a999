//! `kms:Decrypt`.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::aws::Aws;
use crate::aws::call::{Call, Operation};
use crate::aws::last::Last;
use crate::aws::refusal::Refusal;
use crate::contract::{Code, service};
use crate::error::Problem;

/// What each ciphertext of KMS is opened by.
pub(crate) const DECRYPT: Operation = Operation {
    service: &service::KMS,
    target: "TrentService.Decrypt",
};

/// What a ciphertext is bound to.
pub(crate) type Context = BTreeMap<String, String>;

/// A context as sentences have it: `NAME=VALUE`, with commas between them, or `{}`.
pub(crate) fn shown(context: &Context) -> String {
    let pairs: Vec<_> = context
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if pairs.is_empty() {
        return "{}".into();
    }
    pairs.join(", ")
}

/// What is to be decrypted.
pub(crate) struct Question<'a> {
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    pub(crate) ciphertext: &'a [u8],
    pub(crate) context: &'a Context,
    /// The ARN of the key that must have decrypted it, where that is known: any key may decrypt that of an alias.
    pub(crate) key: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    ciphertext_blob: String,
    encryption_context: &'a Context,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Plaintext")]
    plaintext: Decrypted,
    #[serde(rename = "KeyId")]
    key: Option<Value>,
}

/// Decrypts a blob. `last` is told how each attempt failed.
///
/// # Errors
/// Whatever KMS refuses, and what came between, after the retries; `WrongContext` if another key has decrypted it.
pub(crate) async fn decrypt(
    aws: &Aws,
    question: &Question<'_>,
    last: &Last,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let body = Body {
        ciphertext_blob: STANDARD.encode(question.ciphertext),
        encryption_context: question.context,
    };
    let body = serde_json::to_vec(&body).expect("a map of strings is always JSON");
    let call = Call {
        operation: DECRYPT,
        partition: question.partition,
        region: question.region,
        body: body.into(),
    };
    aws.call(&call, |json| read(json, question.key), last).await
}

/// # Errors
/// An answer without a plaintext counts as none: something else stands in the way. That of another key is refused for
/// good.
fn read(json: &[u8], key: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let answer: Answer =
        serde_json::from_slice(json).map_err(|_| Refusal::stranger(DECRYPT.service))?;
    let Decrypted(plaintext) = answer.plaintext;
    // An alias does not tell which key it is.
    let known = key.filter(|arn| arn.contains(":key/"));
    let fits = known.is_none_or(|key| answer.key.is_some_and(|other| other == key));
    fits.then_some(plaintext).ok_or_else(|| {
        let reason = "KMS decrypted it with another key than the one that it names";
        Refusal::of(Problem::new(Code::WrongContext, reason))
    })
}

/// A plaintext, of a data key or of a secret. It goes from base64 to bytes without a copy that would stay behind.
struct Decrypted(Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for Decrypted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Base64;

        impl Visitor<'_> for Base64 {
            type Value = Decrypted;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("base64")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decrypted, E> {
                let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
                // The decoder's error would quote a byte.
                STANDARD
                    .decode_vec(text, &mut bytes)
                    .map_err(|_| E::custom("no base64"))?;
                Ok(Decrypted(bytes))
            }
        }

        deserializer.deserialize_str(Base64)
    }
}
