//! What Parameter Store refuses of one parameter, and what of it is never baked: as the user is told of it.

use std::fmt;

use crate::aws::account::Account;
use crate::aws::trouble::Refused;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::refusal::ServiceRefusal;

/// What Parameter Store says in place of a parameter. Denied and absent stay apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// IAM refuses the action.
    Denied { said: String },
    /// There is no such parameter.
    NotFound,
    /// There is the parameter, without this version or label.
    VersionNotFound,
    /// Any other error.
    Other(Refused),
}

impl From<Refused> for Said {
    fn from(refused: Refused) -> Self {
        match refused.code.as_str() {
            "ParameterNotFound" => Self::NotFound,
            "ParameterVersionNotFound" => Self::VersionNotFound,
            _ if refused.is_denied() => Self::Denied { said: refused.said },
            _ => Self::Other(refused),
        }
    }
}

/// A parameter or prefix as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its path; as it was written, where it may hold a secret.
    pub shown: Shown,
    /// Its name for a command, without ARN, version and label; `None` where it is not to be shown, or has none.
    pub name: Option<String>,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

/// Why a parameter is not baked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Parameter Store knows no such parameter.
    #[error("secret `{name}`: there is no parameter `{path}` in {account}")]
    NotFound {
        name: Shown,
        path: Asked,
        account: Account,
    },
    /// The parameter is there, the version or label is not.
    #[error(
        "secret `{name}`: parameter `{path}` has no version or label `{selector}` in {account}"
    )]
    VersionNotFound {
        name: Shown,
        path: Asked,
        selector: Shown,
        account: Account,
    },
    /// A prefix below which there is no `SecureString`.
    #[error("there is no SecureString parameter below `{path}` in {account}")]
    NothingBelow { path: Asked, account: Account },
    /// A `String` or `StringList`: its value is plaintext and is never baked.
    #[error("secret `{name}`: parameter `{path}` in {account} is a {kind}, which is not encrypted")]
    NotEncrypted {
        name: Shown,
        path: Asked,
        kind: Shown,
        account: Account,
    },
    /// A value with no header that KMS or the Encryption SDK writes.
    #[error(
        "secret `{name}`: the value of parameter `{path}` in {account} begins like no KMS ciphertext and no Encryption SDK message"
    )]
    UnknownCiphertext {
        name: Shown,
        path: Asked,
        account: Account,
        /// Who answered, if that is no host of AWS.
        stranger: Option<Shown>,
    },
    /// The reply does not hold what was asked for.
    #[error("secret `{name}`: Parameter Store in {account} said nothing about `{path}`")]
    NoAnswer {
        name: Shown,
        path: Asked,
        account: Account,
    },
    /// What Parameter Store says itself.
    #[error(transparent)]
    Service(#[from] ServiceRefusal),
}

impl Explain for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } | Self::NothingBelow { .. } => Code::ParameterNotFound,
            Self::VersionNotFound { .. } => Code::VersionNotFound,
            Self::NotEncrypted { .. } => Code::NotEncrypted,
            Self::UnknownCiphertext { .. } => Code::UnknownCiphertext,
            Self::NoAnswer { .. } => Code::ServiceError,
            Self::Service(why) => why.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::NotFound { path, account, .. } => path.name.as_ref().map_or_else(
                || "check the path, the region and the account".into(),
                |name| format!("check the path, the region and the account, or create it: {}", put_parameter(name, &account.region)),
            ),
            Self::VersionNotFound { path, account, .. } => {
                let name = path.name.as_ref()?;
                format!("list what there is: aws ssm get-parameter-history {} --no-with-decryption --region {}", name_option(name), account.region)
            }
            Self::NothingBelow { .. } => "check the path, the region and the account; String parameters are passed over, since only ciphertext is baked".into(),
            Self::NotEncrypted { path, account, .. } => {
                // No command that deletes: pasted as it is, it would lose the value before the new one is stored.
                let why = "a parameter's type cannot be changed, so store the value under another name, under a customer managed key, and write that name here";
                path.name.as_ref().map_or_else(|| why.into(), |name| {
                    format!("{why}: {}", put_parameter(&format!("{name}-secure"), &account.region))
                })
            }
            Self::UnknownCiphertext { stranger: None, .. } => "AWS itself never answers so; an emulator may show the plaintext here, and that is never baked".into(),
            Self::UnknownCiphertext { stranger: Some(stranger), .. } => {
                let local = &caller.local_values;
                let instead = if local.is_empty() { String::new() } else { format!("; for a run on this machine take values from a file instead: {local}") };
                format!("{stranger} is no host of AWS: an emulator answers with the plaintext, and that is never baked{instead}")
            }
            Self::NoAnswer { .. } => return None,
            Self::Service(why) => return why.hint(caller),
        })
    }
}

fn put_parameter(name: &str, region: &str) -> String {
    let name = name_option(name);
    format!(
        "aws ssm put-parameter {name} --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region {region}"
    )
}

/// A name has no character that a shell reads; one that begins with a dash would be an option.
fn name_option(name: &str) -> String {
    if name.starts_with('-') {
        format!("--name={name}")
    } else {
        format!("--name {name}")
    }
}
