//! What can fail: one enum, sentences with a code, a place and a next step. Never a plaintext, a data key or a credential.

use std::fmt;
use std::path::PathBuf;

use crate::shown::{Listed, Shown};

/// The stable code of a failure, the same in all of Secret Baker's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// There is no bundle at any of the places looked at.
    BundleMissing,
    /// The bundle cannot be read, or it or the entry of this secret is malformed.
    BundleInvalid,
    /// The bundle has no secret of that name.
    NotInBundle,
    /// The entry is of a source that this version does not know.
    UnknownSource,
    /// The ciphertext is of no kind that this version knows.
    UnknownCiphertext,
    /// The ciphertext is not that of its entry's parameter, or its key is another.
    WrongContext,
    /// An Encryption SDK message is damaged: its structure, a tag, the commitment or the signature.
    Tampered,
    /// A text was asked for, and the plaintext is not UTF-8.
    NotText,
    /// The role may not use the key.
    AccessDenied,
    /// The key is disabled, deleted, absent or another.
    KeyUnusable,
    /// There are no credentials, or KMS refuses them.
    Credentials,
    /// KMS throttled every attempt.
    Throttled,
    /// KMS could not be reached, or what answered was not KMS.
    Unreachable,
    /// Any other error of KMS.
    ServiceError,
}

impl Code {
    /// The code as it is written in logs and documentation, such as `SECRET_BAKER_NOT_IN_BUNDLE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BundleMissing => "SECRET_BAKER_BUNDLE_MISSING",
            Self::BundleInvalid => "SECRET_BAKER_BUNDLE_INVALID",
            Self::NotInBundle => "SECRET_BAKER_NOT_IN_BUNDLE",
            Self::UnknownSource => "SECRET_BAKER_UNKNOWN_SOURCE",
            Self::UnknownCiphertext => "SECRET_BAKER_UNKNOWN_CIPHERTEXT",
            Self::WrongContext => "SECRET_BAKER_WRONG_CONTEXT",
            Self::Tampered => "SECRET_BAKER_TAMPERED",
            Self::NotText => "SECRET_BAKER_NOT_TEXT",
            Self::AccessDenied => "SECRET_BAKER_ACCESS_DENIED",
            Self::KeyUnusable => "SECRET_BAKER_KEY_UNUSABLE",
            Self::Credentials => "SECRET_BAKER_CREDENTIALS",
            Self::Throttled => "SECRET_BAKER_THROTTLED",
            Self::Unreachable => "SECRET_BAKER_UNREACHABLE",
            Self::ServiceError => "SECRET_BAKER_SERVICE_ERROR",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a bundle or a secret did not open. Its text is one line (one for each failure of
/// [`Several`](Error::Several)), ends with the code, and names what is known: secret, parameter, region, key.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no bundle at any of the places looked at.
    #[error(
        "no bundle was found; looked at {}; bake with serverless-secret-baker and check that the file is in the artefact, or set SECRET_BAKER_FILE [{}]",
        Listed(looked_at.iter().map(|path| path.display())), Code::BundleMissing
    )]
    BundleMissing {
        /// The paths, in the order in which they were tried.
        looked_at: Vec<PathBuf>,
    },

    /// The file is there, and cannot be read or is no bundle: nothing in it opens.
    #[error("the bundle `{}` {}; {hint} [{}]", Shown(&file.to_string_lossy()), Shown(problem), Code::BundleInvalid)]
    BundleInvalid {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, such as "cannot be read: permission denied".
        problem: String,
        /// What to do.
        hint: &'static str,
    },

    /// The bundle has no secret of that name.
    #[error("secret `{}` is not in the bundle `{}`; {} [{}]", Shown(secret), Shown(&file.to_string_lossy()), advice(near), Code::NotInBundle)]
    NotInBundle {
        /// The name asked for.
        secret: String,
        /// The bundle.
        file: PathBuf,
        /// Names in the bundle that are much like it, the nearest first.
        near: Vec<String>,
    },

    /// The bundle has the secret, and it did not open.
    #[error("{place}: {problem} [{}]", problem.code())]
    NotOpened {
        /// Which secret, and where it belongs.
        place: Box<Place>,
        /// What failed.
        problem: Problem,
    },

    /// More than one secret did not open.
    #[error("{}", lines(failures))]
    Several {
        /// Each failure, in the order of the names.
        failures: Vec<Error>,
    },
}

impl Error {
    /// The code; that of the first failure if there are several.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::BundleMissing { .. } => Code::BundleMissing,
            Self::NotInBundle { .. } => Code::NotInBundle,
            Self::NotOpened { problem, .. } => problem.code(),
            Self::BundleInvalid { .. } => Code::BundleInvalid,
            Self::Several { failures } => failures.first().map_or(Code::BundleInvalid, Self::code),
        }
    }

    /// Each failure by itself: those of [`Several`](Error::Several), or this one.
    #[must_use]
    pub fn failures(&self) -> &[Error] {
        match self {
            Self::Several { failures } => failures,
            one => std::slice::from_ref(one),
        }
    }

    /// One error of all that failed, or none.
    pub(crate) fn of(mut failures: Vec<Error>) -> Option<Self> {
        match failures.len() {
            0 | 1 => failures.pop(),
            _ => Some(Self::Several { failures }),
        }
    }
}

/// Which secret an error is about, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The secret's name.
    pub secret: String,
    /// The ARN of its parameter, if its entry has a valid one.
    pub parameter: Option<String>,
    /// The region in which KMS is asked.
    pub region: Option<String>,
    /// The ARN of the KMS key, if the ciphertext names it (a blob of the standard tier does not) or KMS does.
    pub key: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret `{}`", Shown(&self.secret))?;
        let known = [
            ("parameter", &self.parameter),
            ("region", &self.region),
            ("key", &self.key),
        ];
        let known: Vec<_> = known
            .iter()
            .filter_map(|(what, value)| Some((what, value.as_deref()?)))
            .collect();
        for (at, (what, value)) in known.iter().enumerate() {
            write!(
                f,
                "{}{what} {}",
                if at == 0 { " (" } else { ", " },
                Shown(value)
            )?;
        }
        f.write_str(if known.is_empty() { "" } else { ")" })
    }
}

/// What failed when a secret was opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The entry is malformed.
    #[error("its entry in the bundle {}; package and deploy it again", Shown(.0))]
    EntryInvalid(String),

    /// The entry is of a source that this version does not know.
    #[error("its entry is of the source {}, which this version does not know; use a newer version of the crate secret-baker", Shown(.0))]
    UnknownSource(String),

    /// The ciphertext is of no kind that this version knows.
    #[error("its ciphertext {}; store the parameter as a SecureString under a customer managed key, then package and deploy it again", Shown(.0))]
    UnknownCiphertext(String),

    /// The ciphertext is not that of its entry's parameter, or its key is another.
    #[error("{}, so the entry was changed or mixed up with another one; package and deploy it again", Shown(.0))]
    WrongContext(String),

    /// An Encryption SDK message is damaged.
    #[error("its Encryption SDK message is damaged or was changed: {}; package and deploy it again", Shown(.0))]
    Tampered(String),

    /// A text was asked for, and the plaintext is not UTF-8.
    #[error("its plaintext is not UTF-8; ask for its bytes")]
    NotText,

    /// The role may not use the key.
    #[error(
        "KMS denied kms:Decrypt with the encryption context PARAMETER_ARN{}; allow kms:Decrypt on the parameter's own customer managed key to the function's role (an AWS managed key such as alias/aws/ssm cannot be used)",
        said(.0.as_deref())
    )]
    AccessDenied(Option<String>),

    /// The key is disabled, deleted, absent or another.
    #[error("KMS cannot use the key: {}{}; check that the key is enabled, not scheduled for deletion, and in this region", Shown(name), said(message.as_deref()))]
    KeyUnusable {
        /// KMS's name of the error, such as `DisabledException`.
        name: String,
        /// KMS's own words, if it had any.
        message: Option<String>,
    },

    /// There are no credentials, or KMS refuses them.
    #[error("{}; {hint}", Shown(reason))]
    Credentials {
        /// What is wrong with them.
        reason: String,
        /// What to do.
        hint: &'static str,
    },

    /// KMS throttled every attempt.
    #[error("KMS throttled the call{}; ask for a higher quota of cryptographic operations, or open fewer secrets at once", attempts(*.0))]
    Throttled(
        /// How often it was asked.
        u32,
    ),

    /// KMS could not be reached, or what answered was not KMS.
    #[error("KMS did not answer: {}{}; check the function's way to KMS (subnet, NAT or VPC endpoint, security group, AWS_ENDPOINT_URL_KMS)", Shown(reason), attempts(*tries))]
    Unreachable {
        /// What happened at the last attempt.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },

    /// Any other error of KMS.
    #[error("KMS answered {}{}; look it up in the API reference of kms:Decrypt, and try again later if it is one that passes", Shown(name), said(message.as_deref()))]
    Service {
        /// KMS's name of the error, such as `KMSInternalException`.
        name: String,
        /// KMS's own words, if it had any.
        message: Option<String>,
    },
}

impl Problem {
    pub(crate) fn credentials(reason: impl Into<String>, hint: &'static str) -> Self {
        Self::Credentials {
            reason: reason.into(),
            hint,
        }
    }

    /// The ARN of the key that KMS's own words name.
    pub(crate) fn key(&self) -> Option<&str> {
        let (Self::AccessDenied(message)
        | Self::KeyUnusable { message, .. }
        | Self::Service { message, .. }) = self
        else {
            return None;
        };
        let is_of_arn = |c: char| c.is_ascii_alphanumeric() || ":/-_".contains(c);
        let mut words = message.as_deref()?.split(|c| !is_of_arn(c));
        words.find(|word| {
            word.starts_with("arn:") && word.contains(":kms:") && word.contains(":key/")
        })
    }

    /// The code of this problem.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::EntryInvalid(_) => Code::BundleInvalid,
            Self::UnknownSource(_) => Code::UnknownSource,
            Self::UnknownCiphertext(_) => Code::UnknownCiphertext,
            Self::WrongContext(_) => Code::WrongContext,
            Self::Tampered(_) => Code::Tampered,
            Self::NotText => Code::NotText,
            Self::AccessDenied(_) => Code::AccessDenied,
            Self::KeyUnusable { .. } => Code::KeyUnusable,
            Self::Credentials { .. } => Code::Credentials,
            Self::Throttled(_) => Code::Throttled,
            Self::Unreachable { .. } => Code::Unreachable,
            Self::Service { .. } => Code::ServiceError,
        }
    }
}

fn advice(near: &[String]) -> String {
    if near.is_empty() {
        return "name it under custom.secretBaker and package again".into();
    }
    format!("did you mean {}?", Listed(near))
}

fn said(message: Option<&str>) -> String {
    message.map_or_else(String::new, |message| {
        format!(", saying \"{}\"", Shown(message))
    })
}

fn attempts(count: u32) -> String {
    if count > 1 {
        format!(", in {count} attempts")
    } else {
        String::new()
    }
}

fn lines(failures: &[Error]) -> String {
    failures
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
