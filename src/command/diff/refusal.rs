//! Why what is deployed cannot be compared, as the user is told of it.

use secret_baker_core::aws::account::Account;
use secret_baker_core::aws::trouble::Refused;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain};

/// Why what is deployed cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing of that name is deployed.
    #[error("there is no {kind} `{name}` in {account}")]
    NotFound {
        /// `function`, `stack` or `nested stack`.
        kind: &'static str,
        /// Its name.
        name: Shown,
        /// Where.
        account: Account,
    },
    /// A stack without anything that could be compared.
    #[error("the stack `{name}` in {account} has no function")]
    NoFunction {
        /// Its name.
        name: Shown,
        /// Where.
        account: Account,
    },
    /// IAM says no.
    #[error("{kind} `{name}`: {action} in {account} is denied: {said}")]
    Denied {
        /// `function`, `stack` or `nested stack`.
        kind: &'static str,
        /// Its name.
        name: Shown,
        /// Such as `lambda:GetFunction`.
        action: &'static str,
        /// Where.
        account: Account,
        /// In the service's words.
        said: Shown,
    },
    /// Any other refusal, in the service's own words.
    #[error("{kind} `{name}`: {action} in {account} is refused: {code}: {said}")]
    Other {
        /// `function`, `stack` or `nested stack`.
        kind: &'static str,
        /// Its name.
        name: Shown,
        /// Such as `lambda:GetFunction`.
        action: &'static str,
        /// Where.
        account: Account,
        /// The service's code.
        code: Shown,
        /// Its words.
        said: Shown,
    },
    /// There is no end to the stacks.
    #[error(
        "nested stack `{name}` is not looked at: {most} stacks are at most, and {deepest} within each other"
    )]
    NotFollowed {
        /// The stack's place.
        name: Shown,
        /// How many are.
        most: usize,
        /// How deep they are followed.
        deepest: usize,
    },
    /// A key that the caller may not use.
    #[error("the {what} of function `{name}` may not be read: {said}")]
    NotOpened {
        /// The function's.
        name: Shown,
        /// What of it.
        what: &'static str,
        /// In words.
        said: Shown,
    },
    /// Its zip does not come.
    #[error("the code of function `{name}` cannot be fetched: {said}")]
    NotFetched {
        /// The function's.
        name: Shown,
        /// In words.
        said: Shown,
    },
    /// Its zip cannot be read.
    #[error("the code of function `{name}` cannot be used: {said}")]
    Damaged {
        /// The function's.
        name: Shown,
        /// What is wrong with it.
        said: Shown,
    },
}

impl Explain for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } | Self::NoFunction { .. } => Code::ArtefactMissing,
            Self::Denied { .. } | Self::NotOpened { .. } => Code::AccessDenied,
            Self::NotFollowed { .. } => Code::ConfigInvalid,
            Self::Other { .. } => Code::ServiceError,
            Self::NotFetched { .. } => Code::Unreachable,
            Self::Damaged { .. } => Code::ArtefactDamaged,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::NotFound { .. } => {
                "check the name, the region and the account, or deploy it first".into()
            }
            Self::NoFunction { .. } => "name its functions by --function".into(),
            Self::Denied { kind, action, .. } => {
                format!("allow `{action}` on this {kind} to whoever compares")
            }
            Self::NotFollowed { .. } => "name it by --stack".into(),
            Self::NotOpened { .. } => "allow `kms:Decrypt` on its key to whoever compares".into(),
            Self::NotFetched { .. } => {
                "it lies in S3: check the network and the proxy on the way to there".into()
            }
            Self::Damaged { .. } => "deploy it again".into(),
            Self::Other { .. } => return None,
        })
    }
}

/// Nothing of that kind and name is there.
pub(super) fn not_found((kind, name): (&'static str, Shown), account: Account) -> Refusal {
    Refusal::NotFound {
        kind,
        name,
        account,
    }
}

/// Why an action is refused.
pub(super) fn refused(
    (kind, name): (&'static str, Shown),
    action: &'static str,
    account: Account,
    why: &Refused,
) -> Refusal {
    let is_stack_missing = why.code == "ValidationError" && why.said.contains("not exist");
    if why.code == "ResourceNotFoundException" || is_stack_missing {
        return not_found((kind, name), account);
    }
    let said = Shown::of(&why.said);
    if why.is_denied() {
        return Refusal::Denied {
            kind,
            name,
            action,
            account,
            said,
        };
    }
    Refusal::Other {
        kind,
        name,
        action,
        account,
        code: Shown::of(&why.code),
        said,
    }
}
