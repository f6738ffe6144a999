//! What was read of artefacts and functions, and what of it could not be.

use std::fmt;

use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Explain, Problem};

use super::differences::{self, Difference, Entry};

/// What nobody knows the secrets of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCompared {
    /// An artefact, or a function.
    pub place: Shown,
    /// In words.
    pub why: Shown,
}

/// What is compared with a bake.
pub(super) enum Carried {
    Bundle {
        place: Shown,
        /// `None`: there is none.
        bundle: Option<Bundle>,
        /// The only secrets that it would carry. `None`: all.
        only: Option<Vec<String>>,
    },
    Variable {
        place: Shown,
        variable: String,
        entry: Entry,
    },
}

impl Carried {
    /// What a bake would give otherwise.
    pub(super) fn differences(&self, baked: &Bundle) -> Vec<Difference> {
        match self {
            Self::Bundle {
                place,
                bundle,
                only,
            } => {
                let now = baked.narrowed(only.as_deref());
                differences::in_bundle(place, bundle.as_ref(), &now)
            }
            Self::Variable {
                place,
                variable,
                entry,
            } => differences::in_variable(place, variable, entry, baked)
                .into_iter()
                .collect(),
        }
    }
}

/// All that was looked at.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) carried: Vec<Carried>,
    pub(super) not_compared: Vec<NotCompared>,
    /// What could not be read and should have been.
    pub(super) unread: Vec<Problem>,
}

impl Looked {
    pub(super) fn add(&mut self, other: Self) {
        self.carried.extend(other.carried);
        self.not_compared.extend(other.not_compared);
        self.unread.extend(other.unread);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.carried.is_empty() && self.not_compared.is_empty() && self.unread.is_empty()
    }

    pub(super) fn unread(&mut self, why: impl Explain) {
        self.unread.push(Problem::general(why));
    }

    pub(super) fn not_compared(&mut self, place: &Shown, why: impl fmt::Display) {
        self.not_compared.push(NotCompared {
            place: place.clone(),
            why: why.to_string().into(),
        });
    }

    /// A variable, with what stands behind the mark of a sealed secret.
    pub(super) fn variable(&mut self, place: &Shown, variable: String, sealed: &str) {
        match serde_json::from_str(sealed) {
            Ok(entry) => self.carried.push(Carried::Variable {
                place: place.clone(),
                variable,
                entry,
            }),
            Err(_) => self.not_compared(
                place,
                format_args!("its environment variable `{variable}` holds no sealed secret"),
            ),
        }
    }
}
