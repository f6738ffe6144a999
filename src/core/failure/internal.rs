//! A mistake of ours, as the user is told of it.

use super::shown::Shown;
use super::{Caller, Code, Explain};

/// What should never have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Secret Baker has met a mistake of its own: {said}")]
pub struct Internal {
    /// What is known of it.
    pub said: Shown,
}

impl Explain for Internal {
    fn code(&self) -> Code {
        Code::Internal
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("please report it, with the command and the versions; nothing was deployed".to_owned())
    }
}
