//! Which values of a file SOPS was to encrypt, so that a plaintext among the others is no surprise.

use regex_lite::{Regex, RegexBuilder};
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

/// In bytes, as it is compiled: a thousand names, and no repetition of repetitions.
const LARGEST: usize = 128 * 1024;

/// A rule of a text.
type Make = fn(String) -> Rule;

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
        let rules: [(_, Make); 4] = [
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

    /// Tells of values whether SOPS itself may have left them as plaintext, by the keys above each.
    pub fn allows_plaintext(&self) -> impl Fn(&str) -> bool {
        // Once for all values of a file.
        let regex = match self {
            Self::UnencryptedRegex(regex) | Self::EncryptedRegex(regex) => small(regex),
            _ => None,
        };
        move |aad| {
            let mut keys = aad.split_terminator(':');
            match self {
                Self::UnencryptedSuffix(suffix) => keys.any(|key| key.ends_with(suffix)),
                Self::EncryptedSuffix(suffix) => !keys.any(|key| key.ends_with(suffix)),
                // What cannot be read here tells nothing.
                Self::UnencryptedRegex(_) => regex
                    .as_ref()
                    .is_none_or(|regex| keys.any(|key| regex.is_match(key))),
                Self::EncryptedRegex(_) => regex
                    .as_ref()
                    .is_none_or(|regex| !keys.any(|key| regex.is_match(key))),
                Self::Comment => true,
            }
        }
    }
}

/// `None`: it is none, or would take for ever on many keys.
fn small(regex: &str) -> Option<Regex> {
    RegexBuilder::new(regex).size_limit(LARGEST).build().ok()
}

#[cfg(test)]
mod tests;
