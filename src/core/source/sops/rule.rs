//! Which values of a file SOPS was to encrypt, so that a plaintext among the others is no surprise.

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::typed::{Malformed, text};

/// At most one of them stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// All but those with a key of that end.
    UnencryptedSuffix(String),
    /// Only those with a key of that end.
    EncryptedSuffix(String),
    /// All but those with such a key.
    UnencryptedRegex(String),
    /// Only those with such a key.
    EncryptedRegex(String),
    /// A comment beside the value tells it, and comments are not read.
    Comment,
}

impl Default for Rule {
    fn default() -> Self {
        Self::UnencryptedSuffix("_unencrypted".into())
    }
}

impl Rule {
    /// Reads it off the metadata.
    ///
    /// # Errors
    /// It is no text.
    pub fn of(sops: &Map<String, Value>) -> Result<Self, Malformed> {
        let comment = ["unencrypted_comment_regex", "encrypted_comment_regex"];
        if comment.iter().any(|key| sops.contains_key(*key)) {
            return Ok(Self::Comment);
        }
        let rules: [(_, fn(String) -> Self); 4] = [
            ("unencrypted_suffix", Self::UnencryptedSuffix),
            ("encrypted_suffix", Self::EncryptedSuffix),
            ("unencrypted_regex", Self::UnencryptedRegex),
            ("encrypted_regex", Self::EncryptedRegex),
        ];
        for (key, rule) in rules {
            let text = text(sops, key)?;
            if !text.is_empty() {
                return Ok(rule(text));
            }
        }
        Ok(Self::default())
    }

    /// Whether SOPS itself may have left a value as plaintext, by the keys above it.
    #[must_use]
    pub fn allows_plaintext(&self, aad: &str) -> bool {
        let mut keys = aad.split_terminator(':');
        match self {
            Self::UnencryptedSuffix(suffix) => keys.any(|key| key.ends_with(suffix)),
            Self::EncryptedSuffix(suffix) => !keys.any(|key| key.ends_with(suffix)),
            // What cannot be read here tells nothing.
            Self::UnencryptedRegex(regex) => {
                Regex::new(regex).map_or(true, |regex| keys.any(|key| regex.is_match(key)))
            }
            Self::EncryptedRegex(regex) => {
                Regex::new(regex).map_or(true, |regex| !keys.any(|key| regex.is_match(key)))
            }
            Self::Comment => true,
        }
    }
}
