//! Foreign text in a message: on one line, and not endless.

#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Write as _};

use crate::contract::limit;

/// A text without line ends and other control characters, cut where it would fill a log.
pub(crate) struct Shown<'a>(pub &'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.chars().enumerate() {
            if at == limit::SHOWN_CHARS {
                return f.write_char('…');
            }
            // The separators end a line for some who read logs.
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Some things in backticks, with commas between them.
pub(crate) struct Listed<I>(pub I);

impl<I> Display for Listed<I>
where
    I: IntoIterator + Clone,
    I::Item: Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, one) in self.0.clone().into_iter().enumerate() {
            write!(
                f,
                "{}`{}`",
                if at == 0 { "" } else { ", " },
                Shown(&one.to_string())
            )?;
        }
        Ok(())
    }
}
