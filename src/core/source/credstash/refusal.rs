//! Why a credential is not baked, as the user is told of it.

use super::ask::Ask;
use super::fetch::Said;
use super::want::{Reference, unpadded};
use crate::aws::account::Account;
use crate::aws::endpoint::DYNAMODB;
use crate::config::Text;
use crate::config::text::is_name;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::refusal::{ServiceRefusal, words};

/// A credential as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The name of the secret.
    pub secret: Shown,
    /// The name that it has with credstash.
    pub name: Text,
    /// Where it is kept.
    pub table: Shown,
    /// Where the table is.
    pub account: Account,
}

/// Why a credential is not baked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none of that name.
    #[error("secret `{}`: there is no credential `{}` in table `{}` in {}", .0.secret, .0.name.shown(), .0.table, .0.account)]
    NotFound(Credential),
    /// The credential is there, the version is not.
    #[error("secret `{}`: credential `{}` in table `{}` has no version `{version}` in {}", .of.secret, .of.name.shown(), .of.table, .of.account)]
    VersionNotFound {
        /// Whose it is.
        of: Credential,
        /// As users know it.
        version: Shown,
    },
    /// There is no table.
    #[error("secret `{}`: there is no DynamoDB table `{}` in {}", .0.secret, .0.table, .0.account)]
    NoTable(Credential),
    /// The item is none that credstash has written.
    #[error("secret `{}`: the item of credential `{}` in table `{}` in {} is none of credstash: {why}", .of.secret, .of.name.shown(), .of.table, .of.account)]
    Malformed {
        /// Whose it is.
        of: Credential,
        /// In words.
        why: Shown,
    },
    /// What DynamoDB says itself.
    #[error(transparent)]
    Service(ServiceRefusal),
}

impl Refusal {
    /// Why there is not what a reference asks for.
    #[must_use]
    pub fn of(reference: &Reference, ask: Ask<'_>, account: Account, said: &Said) -> Self {
        let credential = Credential {
            secret: reference.name.shown().clone(),
            name: reference.credential.clone(),
            table: ask.table.into(),
            account,
        };
        credential.refusal(ask.version, said)
    }
}

impl Credential {
    /// Why it is not baked in that `version`, or in its latest one.
    fn refusal(self, version: Option<&str>, said: &Said) -> Refusal {
        let doing = format!(
            "reading credential `{}` in table `{}`",
            self.name.shown(),
            self.table
        );
        match said {
            Said::NotFound => Refusal::NotFound(self),
            Said::VersionNotFound => Refusal::VersionNotFound {
                version: unpadded(version.unwrap_or_default()).into(),
                of: self,
            },
            Said::NoTable => Refusal::NoTable(self),
            Said::Malformed(why) => Refusal::Malformed {
                why: why.into(),
                of: self,
            },
            Said::Denied { action, said } => Refusal::Service(ServiceRefusal::Denied {
                who: format!("secret `{}`", self.secret).into(),
                doing: doing.into(),
                account: self.account,
                action,
                on: "this table",
                said: words(&self.name, "credential", said),
            }),
            Said::Other(refused) => Refusal::Service(ServiceRefusal::other(
                DYNAMODB.name,
                self.account,
                format!("{doing} (secret `{}`)", self.secret),
                refused,
                (&self.name, "credential"),
            )),
        }
    }

    /// A command of credstash for this table.
    fn command(&self, rest: &str) -> String {
        let Self { table, account, .. } = self;
        format!("credstash -r {} -t {table} {rest}", account.region)
    }

    /// Its name for a command; `None` where it is not to be shown, or a shell would read it.
    fn argument(&self) -> Option<&str> {
        let name = Some(self.name.value());
        name.filter(|name| self.name.is_public() && is_name(name))
    }
}

impl Explain for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) | Self::NoTable(_) => Code::SecretNotFound,
            Self::VersionNotFound { .. } => Code::VersionNotFound,
            Self::Malformed { .. } => Code::UnknownCiphertext,
            Self::Service(why) => why.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::NotFound(of) => {
                let check = "check the name, the table, the region and the account";
                Some(of.argument().map_or_else(|| check.into(), |name| {
                    let put = of.command(&format!("put {name} @secret.txt"));
                    format!("{check}, or store it: {put}")
                }))
            }
            Self::VersionNotFound { of, .. } => {
                Some(format!("list what there is: {}", of.command("list")))
            }
            Self::NoTable(of) => Some(format!(
                "check `table`, CREDSTASH_DEFAULT_TABLE, the region and the account, or create it: {}",
                of.command("setup")
            )),
            Self::Malformed { .. } => Some("store it again by `credstash put`: what opens a secret takes only what credstash writes".into()),
            Self::Service(why) => why.hint(caller),
        }
    }
}
