//! Where in a config something stands: `custom.secretBaker[2].path`. The root is the caller's word.

use std::fmt;

use crate::failure::shown::Shown;

/// A path into the config, as the user would write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// The place of a list's item, counted from 0.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// The place below a key; a key that is no plain word is quoted.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let plain = (1..100).contains(&key.len())
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '$');
        Self(if plain {
            format!("{}.{key}", self.0)
        } else {
            format!("{}[{}]", self.0, Shown::of(&format!("{key:?}")))
        })
    }
}

impl Place {
    /// The place below a key that is not to be shown, counted from 0.
    #[must_use]
    pub fn nth_key(&self, index: usize) -> Self {
        Self(format!("{}[key {}]", self.0, index + 1))
    }
}

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        Self(Shown::of(text).to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
