//! Why a value is not set in a file: as the user is told of it. The value itself is in none of it.

use super::path::{Path, Step};
use super::refusal::{Has, Names};
use crate::contract::CIPHERTEXT_BYTES;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::shell_word;

/// A value that is not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSet {
    /// Parts of the data key lie under several keys.
    #[error(
        "`{file}` is opened by several keys at once only (`shamir_threshold`, `key_groups`), and a value is set here by one"
    )]
    Several {
        /// As the user wrote it.
        file: Shown,
        /// What SOPS calls the place.
        index: Index,
    },
    /// Only others have the data key.
    #[error("`{file}` has no key by which a value is set here, KMS or age, but {has}")]
    NoKey {
        /// As the user wrote it.
        file: Shown,
        /// What it has.
        has: Has,
    },
    /// It stands in several places at once.
    #[error(
        "`{file}` has a YAML alias among its values, so that one place in it is several values"
    )]
    Alias {
        /// As the user wrote it.
        file: Shown,
    },
    /// The text there is none that is changed without changing more.
    #[error(
        "`{file}` is written in a way in which `{field}` cannot be set without changing more of it"
    )]
    Written {
        /// As the user wrote it.
        file: Shown,
        /// Which value.
        field: Shown,
        /// What SOPS calls the place.
        index: Index,
    },
    /// Nobody has said which value.
    #[error("`{file}` has fields, and none is named")]
    NoField {
        /// As the user wrote it.
        file: Shown,
    },
    /// A binary file has one value, which has no name of its own.
    #[error("`{file}` is binary by its name, which makes it one secret: it has no fields")]
    Binary {
        /// As the user wrote it.
        file: Shown,
    },
    /// It is no value, but has some.
    #[error("field `{field}` of `{file}` is a map or a list, which has {below}")]
    Above {
        /// As the user wrote it.
        file: Shown,
        /// Which.
        field: Shown,
        /// Some of them.
        below: Names,
    },
    /// Two values, or two maps, have the same path.
    #[error("`{file}` has two places called `{field}`, one of them by a key with a `.` in it")]
    Twice {
        /// As the user wrote it.
        file: Shown,
        /// Which.
        field: Shown,
    },
    /// A new value would need a new map, or a new item of a list.
    #[error("`{file}` has no map `{map}`, into which `{field}` could be put")]
    NoMap {
        /// As the user wrote it.
        file: Shown,
        /// The field without its last key.
        map: Shown,
        /// The field.
        field: Shown,
    },
    /// A key that SOPS keeps for itself, or that the format cannot have.
    #[error("`{field}` can be no key of `{file}`")]
    Key {
        /// As the user wrote it.
        file: Shown,
        /// The field.
        field: Shown,
    },
    /// SOPS leaves it in plaintext.
    #[error(
        "field `{field}` of `{file}` is one that SOPS leaves in plaintext, by the file's own rules"
    )]
    Plain {
        /// As the user wrote it.
        file: Shown,
        /// The field.
        field: Shown,
    },
    /// SOPS leaves it as it is.
    #[error(
        "an empty value is not encrypted by SOPS, and `{field}` of `{file}` would be no secret"
    )]
    Empty {
        /// As the user wrote it.
        file: Shown,
        /// The field.
        field: Shown,
    },
    /// More than an opener takes.
    #[error(
        "the value for `{field}` of `{file}` has {bytes} bytes, and whatever opens it takes at most {CIPHERTEXT_BYTES}"
    )]
    TooLong {
        /// As the user wrote it.
        file: Shown,
        /// The field.
        field: Shown,
        /// How many.
        bytes: usize,
    },
    /// Only a binary file holds bytes.
    #[error("the value for `{field}` of `{file}` is no text in UTF-8, and that file holds texts")]
    NotText {
        /// As the user wrote it.
        file: Shown,
        /// The field.
        field: Shown,
    },
    /// Without random bytes nothing is sealed.
    #[error("this machine gives no random bytes: {reason}")]
    NoRandom {
        /// In the system's words.
        reason: Shown,
    },
}

/// A key of KMS that does not open a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotByKms {
    /// It is none.
    #[error("`{file}` names as a key of KMS what is no ARN of a key or alias: `{arn}`")]
    Arn {
        /// As the user wrote it.
        file: Shown,
        /// What it names.
        arn: Shown,
    },
    /// KMS says no.
    #[error("KMS does not open `{file}` by `{arn}`: {code}: {said}")]
    Refused {
        /// As the user wrote it.
        file: Shown,
        /// The key.
        arn: Shown,
        /// Whether IAM refuses it.
        is_denied: bool,
        /// The service's code.
        code: Shown,
        /// Its words.
        said: Shown,
    },
    /// It is no key of SOPS.
    #[error("what KMS opens of `{file}` by `{arn}` is no data key of SOPS")]
    Key {
        /// As the user wrote it.
        file: Shown,
        /// The key.
        arn: Shown,
    },
}

impl Explain for NotSet {
    fn code(&self) -> Code {
        match self {
            Self::Several { .. }
            | Self::NoKey { .. }
            | Self::Alias { .. }
            | Self::Written { .. }
            | Self::NoRandom { .. } => Code::FileInvalid,
            Self::NoField { .. }
            | Self::Binary { .. }
            | Self::Key { .. }
            | Self::Empty { .. }
            | Self::TooLong { .. }
            | Self::NotText { .. } => Code::ConfigInvalid,
            Self::Above { .. } | Self::Twice { .. } | Self::NoMap { .. } => Code::FieldNotFound,
            Self::Plain { .. } => Code::NotEncrypted,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Several { file, index } | Self::Written { file, index, .. } => by_sops(file, index),
            Self::NoKey { file, .. } => format!(
                "SOPS itself can, by `sops set` or `sops edit`; or add a key of KMS or an age recipient to its rule in .sops.yaml, then: sops updatekeys {}",
                shell_word::of(file.as_str())
            ),
            Self::Alias { file } => format!(
                "SOPS writes none: write the values out, by `sops set` or `sops edit {}`",
                shell_word::of(file.as_str())
            ),
            Self::NoField { .. } => "write its keys joined by `.`, with a list's index as a number: `users.0.password`".into(),
            Self::Binary { .. } => "leave out the field; a file with fields is called `.yaml`, `.json` or `.env`".into(),
            Self::Above { .. } => "name one of its values".into(),
            Self::Twice { .. } => "rename a key of the file".into(),
            Self::NoMap { file, .. } => format!(
                "only a new key of a map that has some is added here: `sops set` or `sops edit {}` makes maps and items of lists",
                shell_word::of(file.as_str())
            ),
            Self::Key { .. } => "take another key".into(),
            Self::Plain { .. } => "take a key that its rules (`unencrypted_suffix`, `encrypted_regex` and their like) encrypt".into(),
            Self::Empty { .. } => "give it a value, or take its key out of the file by `sops unset`".into(),
            Self::TooLong { .. } => "split it, or store it elsewhere".into(),
            Self::NotText { .. } => "write it in base64, or encrypt it as a binary file of its own".into(),
            Self::NoRandom { .. } => return None,
        })
    }
}

impl Explain for NotByKms {
    fn code(&self) -> Code {
        match self {
            Self::Arn { .. } | Self::Key { .. } => Code::FileInvalid,
            Self::Refused {
                is_denied: true, ..
            } => Code::AccessDenied,
            Self::Refused { .. } => Code::ServiceError,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        match self {
            Self::Arn { file, .. } | Self::Key { file, .. } => Some(format!(
                "name the key by its whole ARN in .sops.yaml, then: sops updatekeys {}",
                shell_word::of(file.as_str())
            )),
            Self::Refused { is_denied: true, .. } => Some(
                "allow `kms:Decrypt` on this key to whoever sets values, or use another profile: a file is changed with its data key, which opens all of it".into(),
            ),
            Self::Refused { .. } => None,
        }
    }
}

fn by_sops(file: &Shown, index: &Index) -> String {
    format!(
        "SOPS itself can, with the value in JSON on its standard input: sops set --value-stdin {} {}",
        shell_word::of(file.as_str()),
        shell_word::of(index.0.as_str())
    )
}

/// What SOPS calls a place: `["db"]["password"]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index(Shown);

impl Index {
    /// Of a path.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let steps = path.steps().iter().map(|step| match step {
            Step::Key(key) => format!("[{}]", serde_json::Value::from(key.as_str())),
            Step::Index(index) => format!("[{index}]"),
        });
        Self(steps.collect::<String>().into())
    }
}
