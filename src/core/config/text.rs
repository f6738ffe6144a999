//! A text of the config: what it is, and what of it may be shown.

use std::fmt;

use super::written::{Origin, Written};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

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

/// The longest name that is taken from where nobody knows what it is.
pub const LONGEST_UNKNOWN: usize = 128;

/// A variable has given what may be no name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoName {
    /// A store of secrets gave it.
    #[error("`{written}` gives a secret, and a name stands readable in every artefact")]
    Secret {
        /// As it was written.
        written: Shown,
    },
    /// It is no name.
    #[error(
        "what `{written}` gives is no name: one that comes out of a variable has letters, digits and `_.-/` only, and at most 128 of them"
    )]
    Variable {
        /// As it was written.
        written: Shown,
    },
}

impl Explain for NoName {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("write the name itself".to_owned())
    }
}

/// A variable has given what may be a secret where something public belongs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// A store of secrets gave it.
    #[error("`{written}` gives a secret, and {what} belongs here")]
    Secret {
        /// As it was written.
        written: Shown,
        /// What belongs there, such as `a file`.
        what: &'static str,
    },
    /// It does not look like what belongs there.
    #[error("what `{written}` gives is not {what}, and may be a secret, so it is not shown")]
    Variable {
        /// As it was written.
        written: Shown,
        /// What belongs there.
        what: &'static str,
    },
    /// The config is a program, and its text may be a secret.
    #[error(
        "{size} is not {what}, and may be a secret that was resolved already, so it is not shown"
    )]
    Unknown {
        /// What can be said of it.
        size: Shown,
        /// What belongs there.
        what: &'static str,
    },
}

impl Explain for NotTaken {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        let (Self::Secret { what, .. } | Self::Variable { what, .. } | Self::Unknown { what, .. }) =
            self;
        Some(format!("write {what} itself"))
    }
}

impl Text {
    /// A text that is `what` if it `fits`, such as `a file`: whatever was written in the config is taken, and what came out of a
    /// variable as far as it fits, which is then shown as it was written.
    ///
    /// # Errors
    /// It may be a secret that somebody resolved too early.
    pub fn taken(
        value: &str,
        written: Written<'_>,
        what: &'static str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Self, NotTaken> {
        match written.origin(value) {
            Origin::Literal => Ok(Self::public(value)),
            Origin::Whole {
                written,
                secret: true,
            }
            | Origin::Built {
                written,
                secret: true,
            } => Err(NotTaken::Secret {
                written: written.into(),
                what,
            }),
            // A password may fit as well.
            Origin::Whole { written, .. } | Origin::Built { written, .. } if fits(value) => {
                Ok(Self::hidden(value, written))
            }
            Origin::Unknown if fits(value) => Ok(Self::public(value)),
            Origin::Whole { written, .. } | Origin::Built { written, .. } => {
                Err(NotTaken::Variable {
                    written: written.into(),
                    what,
                })
            }
            Origin::Unknown => Err(NotTaken::Unknown {
                size: size_of(value).into(),
                what,
            }),
        }
    }

    /// The same of a text that is refused where it does not fit, however it came there: `wrong` then.
    ///
    /// # Errors
    /// Those of `taken`, and `wrong`.
    pub fn fitting<E: From<NotTaken>>(
        value: &str,
        written: Written<'_>,
        what: &'static str,
        fits: impl Fn(&str) -> bool,
        wrong: E,
    ) -> Result<Self, E> {
        let text = Self::taken(value, written, what, &fits)?;
        if fits(value) { Ok(text) } else { Err(wrong) }
    }

    /// One that was written so.
    #[must_use]
    pub fn public(value: &str) -> Self {
        Self {
            value: value.to_owned(),
            shown: Shown::of(value),
            public: true,
        }
    }

    /// One that may hold a secret: `shown` stands for it.
    #[must_use]
    pub fn hidden(value: &str, shown: impl Into<Shown>) -> Self {
        Self {
            value: value.to_owned(),
            shown: shown.into(),
            public: false,
        }
    }

    /// A name, which will stand in every artefact.
    ///
    /// # Errors
    /// It may be a secret that somebody resolved too early.
    pub fn name(value: &str, written: Written<'_>) -> Result<Self, NoName> {
        match written.origin(value) {
            Origin::Literal => Ok(Self::public(value)),
            Origin::Whole {
                written,
                secret: true,
            }
            | Origin::Built {
                written,
                secret: true,
            } => Err(NoName::Secret {
                written: written.into(),
            }),
            Origin::Whole { written, .. } | Origin::Built { written, .. } if is_name(value) => {
                Ok(Self::hidden(value, written))
            }
            Origin::Whole { written, .. } | Origin::Built { written, .. } => {
                Err(NoName::Variable {
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
    pub fn key(key: &str, map: Written<'_>) -> Result<Self, NoName> {
        if map.is_public_key(key) {
            return Ok(Self::public(key));
        }
        match map.text() {
            Some(_) => Self::name(key, map.key(key)),
            None if is_name(key) => Ok(Self::hidden(key, size_of(key))),
            None => Err(NoName::Variable {
                written: size_of(key).into(),
            }),
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
}

/// Whether a text looks like a name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && text.len() <= LONGEST_UNKNOWN
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/'))
}

/// What can be said of a text that is not shown.
#[must_use]
pub fn size_of(text: &str) -> String {
    match text.chars().count() {
        1 => "a text of 1 character".to_owned(),
        count => format!("a text of {count} characters"),
    }
}
