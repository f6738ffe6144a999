//! What a service refuses of one secret in words of its own, whichever source the secret is of.

use crate::aws::account::Account;
use crate::aws::trouble::Refused;
use crate::config::Text;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// A refusal that has no sentence of its source's own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceRefusal {
    /// IAM says no. Never folded into "not found".
    #[error("{who}: {doing} in {account} is denied: {said}")]
    Denied {
        /// Whose secret it is: ``secret `DB` ``.
        who: Shown,
        /// What was to be done, and with what: ``reading `/app/db` ``.
        doing: Shown,
        /// Where.
        account: Account,
        /// Such as `ssm:GetParameter`.
        action: &'static str,
        /// What the action must be allowed on: `this parameter`.
        on: &'static str,
        /// In the service's words.
        said: Shown,
    },
    /// Any other, in the service's own words.
    #[error("{service} in {account} refused {what}: {code}: {said}")]
    Other {
        /// As messages name it.
        service: &'static str,
        /// Where.
        account: Account,
        /// What was asked for.
        what: Shown,
        /// The service's code.
        code: Shown,
        /// Its words.
        said: Shown,
    },
}

impl ServiceRefusal {
    /// A refusal of what was `asked` for, which is a `kind` such as `parameter`.
    #[must_use]
    pub fn other(
        service: &'static str,
        account: Account,
        what: impl Into<Shown>,
        refused: &Refused,
        (asked, kind): (&Text, &str),
    ) -> Self {
        Self::Other {
            service,
            account,
            what: what.into(),
            code: Shown::of(&refused.code),
            said: words(asked, kind, &refused.said),
        }
    }
}

impl Explain for ServiceRefusal {
    fn code(&self) -> Code {
        match self {
            Self::Denied { .. } => Code::AccessDenied,
            Self::Other { .. } => Code::ServiceError,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        match self {
            Self::Denied { action, on, .. } => Some(format!(
                "allow `{action}` on {on} to the role that deploys; kms:Decrypt is not needed"
            )),
            Self::Other { .. } => None,
        }
    }
}

/// What a service says of what was asked for, unless that may hold what is not to be shown.
#[must_use]
pub fn words(asked: &Text, kind: &str, said: &str) -> Shown {
    if asked.is_public() {
        said.into()
    } else {
        format!("its words name the {kind}, so they are not shown").into()
    }
}
