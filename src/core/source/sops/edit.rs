//! One text put into a file at its place, everything else byte for byte as it was.

use std::ops::Range;

/// A text in place of some bytes, none where something is put in between.
pub struct Edit {
    /// Which bytes go.
    pub bytes: Range<usize>,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// The whole text afterwards. `None`: there is no such place in it.
    #[must_use]
    pub fn of(self, text: &str) -> Option<String> {
        let before = text.get(..self.bytes.start)?;
        let behind = text.get(self.bytes.end..)?;
        Some([before, &self.text, behind].concat())
    }
}

/// What ends the lines of a text.
#[must_use]
pub fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
