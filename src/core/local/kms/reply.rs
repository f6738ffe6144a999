//! What KMS says to one `Decrypt`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::local::process_key::{Context, ProcessKey};

/// The key of this process, as KMS would name it.
pub struct Service {
    key: ProcessKey,
    arn: String,
}

/// A `Decrypt`, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypt {
    ciphertext_blob: String,
    #[serde(default)]
    encryption_context: Option<Context>,
    #[serde(default)]
    key_id: Option<String>,
    #[serde(default)]
    dry_run: Option<bool>,
}

/// The body of an answer, wiped when it goes.
pub struct Reply {
    body: Zeroizing<Vec<u8>>,
    refusal: bool,
}

impl Reply {
    /// An error of KMS: its name, and not a word more.
    #[must_use]
    pub fn refused(name: &str) -> Self {
        Self {
            body: Zeroizing::new(json!({ "__type": name }).to_string().into_bytes()),
            refusal: true,
        }
    }

    /// Whether it is an error.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.refusal
    }

    /// JSON.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl Service {
    /// That of a region, in the account that there is none of.
    #[must_use]
    pub fn new(key: ProcessKey, region: &str) -> Self {
        let arn = format!(
            "arn:{}:kms:{region}:{}:key/{KEY}",
            crate::contract::partition_of(region),
            crate::local::sealing::ACCOUNT
        );
        Self { key, arn }
    }

    /// Answers one request.
    #[must_use]
    pub fn decrypt(&self, body: &[u8]) -> Reply {
        let Ok(request) = serde_json::from_slice::<Decrypt>(body) else {
            return Reply::refused("SerializationException");
        };
        let asked = request.key_id.as_deref();
        if asked.is_some_and(|id| id != self.arn && id != KEY) {
            return Reply::refused("IncorrectKeyException");
        }
        let context = request.encryption_context.unwrap_or_default();
        let blob = STANDARD.decode(&request.ciphertext_blob);
        let opened = blob.ok().and_then(|blob| self.key.open(&context, &blob));
        let Some(plaintext) = opened else {
            return Reply::refused("InvalidCiphertextException");
        };
        if request.dry_run == Some(true) {
            return Reply::refused("DryRunOperationException");
        }
        let plaintext = Zeroizing::new(STANDARD.encode(&*plaintext));
        let (arn, plaintext) = (&self.arn, plaintext.as_str());
        // Written by hand, since a tree of JSON would leave a copy of the plaintext behind; base64 and an ARN need no escapes.
        let body = format!(
            r#"{{"KeyId":"{arn}","Plaintext":"{plaintext}","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#
        );
        Reply {
            body: Zeroizing::new(body.into_bytes()),
            refusal: false,
        }
    }
}

/// Named, so that nobody takes it for one of an account.
const KEY: &str = "00000000-0000-0000-0000-000000000000";
