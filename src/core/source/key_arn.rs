//! The ARN of a key of KMS, or of an alias of one.

use super::arn::Arn;
use crate::config::Text;
use crate::config::text::NotTaken;
use crate::config::written::Written;
use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// An ARN by which an opener finds KMS and, where it is no alias, proves which key has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyArn(String);

impl KeyArn {
    /// Takes `arn:<partition>:kms:<region>:<account>:key/...` or `alias/...`. `None`: an opener would refuse it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let arn = Arn::of(text, "kms").filter(|arn| contract::is_key(arn.resource));
        arn.map(|_| Self(text.to_owned()))
    }

    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where KMS is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}

/// A text of the config that is no ARN of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// It was written so.
    #[error("`{shown}` is no ARN of a key or alias of KMS")]
    Written {
        /// The text.
        shown: Shown,
    },
    /// It came out of a variable.
    #[error(transparent)]
    NotTaken(#[from] NotTaken),
}

impl Explain for NoKey {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Written { .. } => Some("write it whole, such as `arn:aws:kms:REGION:ACCOUNT:key/ID` or `arn:aws:kms:REGION:ACCOUNT:alias/NAME`; `aws kms encrypt` tells it as `KeyId`".into()),
            Self::NotTaken(why) => why.hint(caller),
        }
    }
}

/// Takes a text of the config. One that is such an ARN is no secret, wherever it comes from.
///
/// # Errors
/// It is none.
pub fn text(text: &str, written: Written<'_>) -> Result<Text, NoKey> {
    if KeyArn::of(text).is_some() {
        return Ok(Text::public(text));
    }
    let taken = Text::taken(text, written, "the ARN of a key of KMS", |_| false)?;
    let shown = taken.shown().clone();
    Err(NoKey::Written { shown })
}

#[cfg(test)]
mod tests;
