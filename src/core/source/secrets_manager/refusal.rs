//! Why a secret is not baked, as the user is told of it.

use super::describe::{self, Described, Said};
use super::want::{CURRENT, Pin};
use crate::aws::account::Account;
use crate::aws::endpoint::SECRETS_MANAGER;
use crate::aws::trouble::Refused;
use crate::config::Text;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::refusal::{ServiceRefusal, words};

/// A secret as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name in the bundle.
    pub name: Shown,
    /// Its name or ARN, as it was asked for.
    pub id: Text,
    /// Where it is.
    pub account: Account,
}

/// Why a secret is not baked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is none of that name.
    #[error("secret `{}`: Secrets Manager in {} has no secret `{}`", .0.name, .0.account, .0.id.shown())]
    NotFound(Asked),
    /// There is one that cannot be read any more.
    #[error("secret `{}`: `{}` in {} is scheduled for deletion, so no function could read it", .0.name, .0.id.shown(), .0.account)]
    Deleted(Asked),
    /// The staging label hangs on no version.
    #[error("secret `{}`: `{}` in {} has no version with the staging label `{stage}`; there are: {stages}", .of.name, .of.id.shown(), .of.account)]
    NoStage {
        /// Whose it is.
        of: Asked,
        /// The label that was asked for.
        stage: Shown,
        /// Those that there are.
        stages: Shown,
    },
    /// No version of that id has a staging label.
    #[error("secret `{}`: `{}` in {} has no version `{version}` with a staging label", .of.name, .of.id.shown(), .of.account)]
    NoVersion {
        /// Whose it is.
        of: Asked,
        /// Its id.
        version: Shown,
    },
    /// What came back describes no secret.
    #[error("secret `{}`: what Secrets Manager in {} answers describes no secret `{}`", .0.name, .0.account, .0.id.shown())]
    Odd(Asked),
    /// Two entries want one label on two versions.
    #[error("secret `{}`: the staging label `{label}` is to hang on another version of `{}` already, and it hangs on one only", .of.name, .of.id.shown())]
    LabelledTwice {
        /// Whose it is.
        of: Asked,
        /// The label.
        label: Shown,
    },
    /// What Secrets Manager says itself.
    #[error(transparent)]
    Service(ServiceRefusal),
}

impl Asked {
    /// Why it was not described.
    #[must_use]
    pub fn refusal(self, said: &Said) -> Refusal {
        let doing = format!("describing `{}`", self.id.shown());
        match said {
            Said::NotFound => Refusal::NotFound(self),
            Said::Odd => Refusal::Odd(self),
            Said::Denied(said) => self.denied(doing, describe::ACTION, said),
            Said::Other(refused) => self.other(&doing, refused),
        }
    }

    /// Why a staging label was not moved onto its version.
    #[must_use]
    pub fn not_labelled(self, label: &Text, action: &'static str, refused: &Refused) -> Refusal {
        let doing = format!(
            "moving the staging label `{}` of `{}`",
            label.shown(),
            self.id.shown()
        );
        if refused.is_denied() {
            return self.denied(doing, action, &refused.said);
        }
        self.other(&doing, refused)
    }

    /// A label that hangs elsewhere by another entry's wish.
    #[must_use]
    pub fn labelled_twice(self, label: &Text) -> Refusal {
        Refusal::LabelledTwice {
            of: self,
            label: label.shown().clone(),
        }
    }

    /// A version that there is not.
    #[must_use]
    pub fn no_version(self, pin: &Pin, described: &Described) -> Refusal {
        let stage = match pin {
            Pin::Id(id) => {
                let version = id.shown().clone();
                return Refusal::NoVersion { of: self, version };
            }
            Pin::Stage(stage) => stage.shown().clone(),
            Pin::Current => CURRENT.into(),
        };
        let all = described
            .versions
            .iter()
            .flat_map(|version| &version.stages);
        let mut stages: Vec<_> = all.map(String::as_str).collect();
        stages.sort_unstable();
        let stages = if stages.is_empty() {
            "none".into()
        } else {
            stages.join(", ").into()
        };
        Refusal::NoStage {
            of: self,
            stage,
            stages,
        }
    }

    fn denied(self, doing: String, action: &'static str, said: &str) -> Refusal {
        Refusal::Service(ServiceRefusal::Denied {
            who: format!("secret `{}`", self.name).into(),
            doing: doing.into(),
            account: self.account,
            action,
            on: "this secret",
            said: words(&self.id, "secret", said),
        })
    }

    fn other(self, doing: &str, refused: &Refused) -> Refusal {
        Refusal::Service(ServiceRefusal::other(
            SECRETS_MANAGER.name,
            self.account,
            format!("{doing} (secret `{}`)", self.name),
            refused,
            (&self.id, "secret"),
        ))
    }

    /// A command of the AWS CLI for it; `None` where its name is not to be shown, or a shell would read it.
    fn command(&self, action: &str, option: &str, more: &str) -> Option<String> {
        let id = self.id.value();
        let of_one = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '=' | '.' | '@' | ':' | '-')
        };
        let is_plain = self.id.is_public() && !id.starts_with('-') && id.chars().all(of_one);
        let region = &self.account.region;
        is_plain
            .then(|| format!("aws secretsmanager {action} {option} {id}{more} --region {region}"))
    }
}

impl Explain for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) | Self::Deleted(_) => Code::SecretNotFound,
            Self::NoStage { .. } | Self::NoVersion { .. } => Code::VersionNotFound,
            Self::Odd(_) => Code::ServiceError,
            Self::LabelledTwice { .. } => Code::ConfigInvalid,
            Self::Service(why) => why.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::NotFound(of) => {
                let check = "check the name, the region and the account";
                // An ARN is not for whoever creates a secret to choose.
                let named = Some(of).filter(|of| !of.id.value().starts_with("arn:"));
                let more = " --secret-string file://secret.txt";
                let create = named.and_then(|of| of.command("create-secret", "--name", more));
                Some(create.map_or_else(
                    || check.into(),
                    |create| format!("{check}, or create it: {create}"),
                ))
            }
            Self::Deleted(of) => {
                let restore = of.command("restore-secret", "--secret-id", "")?;
                Some(format!("restore it: {restore}"))
            }
            Self::NoStage { .. } | Self::Odd(_) => None,
            Self::NoVersion { of, .. } => {
                let why = "a version without a staging label may be deleted at any time";
                let list = of.command(
                    "list-secret-version-ids",
                    "--secret-id",
                    " --include-deprecated",
                );
                Some(list.map_or_else(
                    || why.into(),
                    |list| format!("{why}; list what there is: {list}"),
                ))
            }
            Self::LabelledTwice { .. } => {
                Some("name another label there, or leave `label` out".into())
            }
            Self::Service(why) => why.hint(caller),
        }
    }
}
