//! A name or a path of the config: what it is, and what of it may be shown.

use std::fmt;

use super::variable::{Piece, pieces};
use super::written::{Origin, Written};
use crate::failure::Cause;
use crate::failure::shown::Shown;

/// A text that is sent or written as it is, and shown only as far as it is known to be no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    value: String,
    shown: Shown,
    public: bool,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&self.shown).finish()
    }
}

/// What the caller writes for a text whose origin it could not find. Nobody has written it so: it is not told.
const EXPRESSION: &str = "${expression:*}";

/// The longest name that is taken from where nobody knows what it is.
const LONGEST_UNKNOWN: usize = 128;

impl Text {
    /// One that was written so.
    #[must_use]
    pub fn public(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            shown: Shown::of(value),
            public: true,
        }
    }

    fn hidden(value: &str, shown: impl Into<Shown>) -> Self {
        Self {
            value: value.to_owned(),
            shown: shown.into(),
            public: false,
        }
    }

    /// A path, or an item of a list, which is name and path in one.
    ///
    /// # Errors
    /// It may be a secret that somebody resolved too early.
    pub fn path(value: &str, written: Written<'_>, is_item: bool) -> Result<Self, Cause> {
        match written.origin(value) {
            Origin::Literal => Ok(Self::public(value)),
            Origin::Whole {
                written,
                secret: true,
            } => Err(secret_as_path(written)),
            // The slash may have been written before it: that tells nothing of what the variable holds.
            Origin::Whole { written, .. } if written.trim_start().starts_with('/') => {
                Ok(Self::hidden(value, written))
            }
            Origin::Whole { written, .. } if begins_like_a_path(value) => {
                Ok(Self::fitting(value, written))
            }
            Origin::Whole { written, .. } if written.trim() != EXPRESSION => {
                Err(Cause::VariableAsPath {
                    written: written.into(),
                })
            }
            Origin::Built {
                written,
                secret: true,
            } => Ok(Self::hidden(value, written)),
            Origin::Built { written, .. } => Ok(Self::fitting(value, written)),
            Origin::Unknown if begins_like_a_path(value) || (is_item && is_name(value)) => {
                Ok(Self::fitting(value, &size_of(value)))
            }
            Origin::Whole { .. } | Origin::Unknown => Err(Cause::UnknownAsPath {
                size: size_of(value).into(),
            }),
        }
    }

    /// A name, which will stand in every artefact.
    ///
    /// # Errors
    /// It may be a secret that somebody resolved too early.
    pub fn name(value: &str, written: Written<'_>) -> Result<Self, Cause> {
        match written.origin(value) {
            Origin::Literal => Ok(Self::public(value)),
            Origin::Whole {
                written,
                secret: true,
            }
            | Origin::Built {
                written,
                secret: true,
            } => Err(Cause::SecretAsName {
                written: written.into(),
            }),
            Origin::Whole { written, .. } | Origin::Built { written, .. } if is_name(value) => {
                Ok(Self::hidden(value, written))
            }
            Origin::Whole { written, .. } | Origin::Built { written, .. } => {
                Err(Cause::VariableAsName {
                    written: written.into(),
                })
            }
            Origin::Unknown if is_name(value) => Ok(Self::public(value)),
            Origin::Unknown => Ok(Self::hidden(value, size_of(value))),
        }
    }

    /// A key of a map, which is a name.
    ///
    /// # Errors
    /// As `name`.
    pub fn key(key: &str, map: Written<'_>) -> Result<Self, Cause> {
        if map.is_public_key(key) {
            return Ok(Self::public(key));
        }
        match map.text() {
            Some(_) => Self::name(key, map.key(key)),
            None if is_name(key) => Ok(Self::hidden(key, size_of(key))),
            None => Err(Cause::VariableAsName {
                written: size_of(key).into(),
            }),
        }
    }

    /// Shown if it looks like a path or name.
    fn fitting(value: &str, written: &str) -> Self {
        let path = value.strip_suffix("/*").unwrap_or(value);
        if is_name(value) || (begins_like_a_path(value) && path.chars().all(is_of_path)) {
            Self::public(value)
        } else {
            Self::hidden(value, written)
        }
    }

    /// The text itself. Not for messages.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What messages may show in its place.
    #[must_use]
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// Whether the text itself may be shown.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public
    }

    /// "named `x`", or what else can be said of a text that is no parameter's name.
    #[must_use]
    pub fn described(&self) -> Shown {
        if !self.public {
            let unwritten = self.shown.as_str() == size_of(&self.value);
            return if unwritten {
                format!("of the name that is set there, {}", self.shown).into()
            } else {
                format!("of the name that `{}` gives", self.shown).into()
            };
        }
        if self.value.chars().count() <= LONGEST_UNKNOWN && self.value.chars().all(is_of_path) {
            return format!("named `{}`", self.shown).into();
        }
        // Enough to find it by, and too little to be a secret.
        let few = (self.value.chars().count() / 4).min(4);
        let beginning: String = self.value.chars().take(few).collect();
        let size = size_of(&self.value);
        if beginning.is_empty() {
            format!("of the name that is set there, {size}").into()
        } else {
            format!("of the name that is set there, {size} that begins with `{beginning}`").into()
        }
    }
}

fn secret_as_path(written: &str) -> Cause {
    let path = match pieces(written.trim())[..] {
        [Piece::Variable(variable)] => variable.parameter(),
        _ => None,
    };
    Cause::SecretAsPath {
        written: written.into(),
        path: path.map(Shown::from),
    }
}

fn begins_like_a_path(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("arn:")
}

/// Whether a text looks like the name of a variable or of a parameter without levels.
fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && text.len() <= LONGEST_UNKNOWN
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/'))
}

fn is_of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':')
}

fn size_of(text: &str) -> String {
    match text.chars().count() {
        1 => "a text of 1 character".to_owned(),
        count => format!("a text of {count} characters"),
    }
}
