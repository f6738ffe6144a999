//! Text that came out of a file, a config or off the network, as it may stand in a message: escaped and cut.

use std::fmt;
use std::path::Path;

use crate::contract::SHOWN_CHARS;

/// A text that forges no line of a log and is never longer than the contract allows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Shown(String);

impl Shown {
    /// Escapes control characters, line ends and whatever else does not print, and cuts.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut characters = text.chars();
        let mut shown = String::with_capacity(text.len().min(SHOWN_CHARS));
        for character in characters.by_ref().take(SHOWN_CHARS) {
            push(&mut shown, character);
        }
        if characters.next().is_some() {
            shown.push('…');
        }
        Self(shown)
    }

    /// A file's or folder's path.
    #[must_use]
    pub fn path(path: &Path) -> Self {
        Self::of(&path.to_string_lossy())
    }

    /// As it stands in messages.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn push(shown: &mut String, character: char) {
    // The quotes and the backslash are plain text here; what Rust escapes beside them does not print.
    if matches!(character, '\'' | '"' | '\\') {
        shown.push(character);
    } else {
        shown.extend(character.escape_debug());
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::of(text)
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl From<&String> for Shown {
    fn from(text: &String) -> Self {
        Self::of(text)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
