//! Sealed values -> the bytes of `secret-baker-secrets.json`. The format is `docs/bundle.md`.

use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::failure::internal::Internal;
use crate::failure::{self, Cause};
use crate::source::Sealed;

/// The bundle's file name, the same as that of 2.1.0.
pub use crate::contract::FILE;

struct Bundle<'a>(&'a [Sealed]);

impl Serialize for Bundle<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = |sealed: &'_ Sealed| (sealed.name.value().to_owned(), sealed.entry.clone());
        serializer.collect_map(self.0.iter().map(entry))
    }
}

/// The bundle's bytes: UTF-8 JSON without white space, in the order given, the same input
/// always giving the same bytes.
///
/// # Errors
/// None in practice: the types above always serialise.
pub fn write(sealed: &[Sealed]) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Bundle(sealed))
}

/// The SHA-256 of a bundle's bytes, in hexadecimal: it tells two bundles apart and nothing about them.
#[must_use]
pub fn digest(bundle: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(bundle) {
        // A `String` takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// No bundle is longer: what opens it reads no more.
pub use crate::contract::BUNDLE_BYTES as LONGEST;

/// A bundle taken apart into its secrets, in its order.
#[derive(Debug)]
pub struct Names(Map<String, Value>);

impl Names {
    /// Reads what `write` wrote.
    ///
    /// # Errors
    /// Only for bytes that `write` has not written.
    pub fn read(bundle: &[u8]) -> Result<Self, Cause> {
        let read = serde_json::from_slice(bundle).map(Self);
        read.map_err(|error| {
            let said = format!("the bundle is not JSON: {error}").into();
            Internal { said }.into()
        })
    }

    /// Whether there is such a secret.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The name that was meant by a mistyped one.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<String> {
        failure::nearest(name, self.iter()).map(str::to_owned)
    }

    /// A bundle of `only` these secrets, or of all, in the order of the whole one: for all it is
    /// the very bytes that were read.
    ///
    /// # Errors
    /// None in practice, as with `write`.
    pub fn narrowed(&self, only: Option<&[String]>) -> Result<Vec<u8>, Cause> {
        let kept = |name: &String| only.is_none_or(|only| only.contains(name));
        let map: Vec<_> = self.0.iter().filter(|(name, _)| kept(name)).collect();
        let mut bytes = Vec::new();
        let written = serde_json::Serializer::new(&mut bytes).collect_map(map);
        written.map_err(|error| Internal {
            said: error.to_string().into(),
        })?;
        Ok(bytes)
    }

    /// Whether all of the other's names are among these.
    #[must_use]
    pub fn has_all(&self, other: &Self) -> bool {
        other.iter().all(|name| self.contains(name))
    }

    /// Whether this is what `write` or 2.1.0 wrote, and not some other JSON. An object without entries may be either.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        let is_entry = |entry: &Value| {
            let texts = ["ciphertext", "arn"];
            texts.iter().all(|key| entry[*key].is_string()) || entry["source"].is_string()
        };
        self.0.values().all(is_entry)
    }

    /// The same, with a secret in it.
    #[must_use]
    pub fn is_of_secrets(&self) -> bool {
        !self.0.is_empty() && self.is_bundle()
    }

    /// Whether both hold the same under a name.
    #[must_use]
    pub fn is_same(&self, other: &Self, name: &str) -> bool {
        self.0.get(name) == other.0.get(name)
    }
}

#[cfg(test)]
mod tests;
