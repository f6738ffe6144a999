//! `secret-baker-secrets.json`: from entries to bytes and back. The format is `docs/bundle.md`.

pub mod variable;

use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// No bundle is longer: what opens it reads no more.
pub use crate::contract::BUNDLE_BYTES as LONGEST;
/// The bundle's file name, the same as that of 2.1.0.
pub use crate::contract::FILE;
use crate::failure::{Caller, Code, Explain, nearest};

/// More than what opens it takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bundle has {bytes} bytes, and whatever opens it takes at most {LONGEST}")]
pub struct TooLong {
    /// How long it would be.
    pub bytes: usize,
}

impl Explain for TooLong {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("bake fewer secrets, or split the service".into())
    }
}

/// Bytes that are no JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no bundle")]
pub struct NotABundle;

impl Explain for NotABundle {
    fn code(&self) -> Code {
        Code::File
    }
}

/// A bundle, as entries and as bytes. Never changes, so that a clone costs nothing.
#[derive(Debug, Clone)]
pub struct Bundle(Arc<Written>);

#[derive(Debug)]
struct Written {
    entries: Map<String, Value>,
    bytes: Vec<u8>,
}

impl Bundle {
    /// Writes entries: UTF-8 JSON without white space, in the order given, the same input always giving the same bytes.
    ///
    /// # Errors
    /// It would be longer than what opens it takes.
    pub fn of(
        entries: impl IntoIterator<Item = (String, Map<String, Value>)>,
    ) -> Result<Self, TooLong> {
        let entries = entries.into_iter();
        let bundle = Self::written(entries.map(|(name, entry)| (name, entry.into())).collect());
        let bytes = bundle.bytes().len();
        if bytes > LONGEST {
            return Err(TooLong { bytes });
        }
        Ok(bundle)
    }

    /// Reads what was written before, and keeps its very bytes. Its entries may be anything: see `is_ours`.
    ///
    /// # Errors
    /// It is no JSON object.
    pub fn read(bytes: &[u8]) -> Result<Self, NotABundle> {
        let entries = serde_json::from_slice(bytes).map_err(|_| NotABundle)?;
        let bytes = bytes.to_vec();
        Ok(Self(Arc::new(Written { entries, bytes })))
    }

    fn written(entries: Map<String, Value>) -> Self {
        let mut object = Value::Object(entries);
        let bytes = object.to_string().into_bytes();
        let entries = object
            .as_object_mut()
            .map(std::mem::take)
            .unwrap_or_default();
        Self(Arc::new(Written { entries, bytes }))
    }

    /// What stands in the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(self.bytes())
    }

    /// Whether there is no secret in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.entries.is_empty()
    }

    /// Whether there is such a secret.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.entries.contains_key(name)
    }

    /// The names, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.entries.keys().map(String::as_str)
    }

    /// What stands in it under a name. `None`: nothing, or no object.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.entries.get(name)?.as_object()
    }

    /// The name that was meant by a mistyped one.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<String> {
        nearest(name, self.names()).map(str::to_owned)
    }

    /// A bundle of `only` these secrets, or of all, in the order of the whole one.
    #[must_use]
    pub fn narrowed(&self, only: Option<&[String]>) -> Self {
        let Some(only) = only else {
            return self.clone();
        };
        let kept = self
            .0
            .entries
            .iter()
            .filter(|(name, _)| only.contains(name));
        Self::written(
            kept.map(|(name, entry)| (name.clone(), entry.clone()))
                .collect(),
        )
    }

    /// Whether all of the other's names are among these.
    #[must_use]
    pub fn has_all(&self, other: &Self) -> bool {
        other.names().all(|name| self.contains(name))
    }

    /// Whether both hold the same under a name.
    #[must_use]
    pub fn is_same(&self, other: &Self, name: &str) -> bool {
        self.0.entries.get(name) == other.0.entries.get(name)
    }

    /// Whether each entry is one that this or 2.1.0 writes, whichever its source, so that it is not some other JSON. An object without
    /// entries may be either.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        let is_entry = |entry: &Value| {
            let has = |key: &str| entry[key].is_string();
            has("source") || (has("ciphertext") && has("arn"))
        };
        self.0.entries.values().all(is_entry)
    }
}

/// Two bundles are the same if their files are.
impl PartialEq for Bundle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.bytes() == other.bytes()
    }
}

impl Eq for Bundle {}

/// The SHA-256 of some bytes, in hexadecimal: it tells two files apart and nothing about them.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        // A `String` takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests;
