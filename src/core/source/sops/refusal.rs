//! What of a file is never baked, and what it does not have: as the user is told of it.

use super::leaf::Damage;
use super::metadata::Metadata;
use crate::contract::FILE_KEYS;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, did_you_mean};
use crate::source::blob::NoBlob;
use crate::source::shell_word;

/// Why no value of a file opens in a function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// Parts of the data key lie under several keys.
    #[error(
        "`{file}` needs keys of several groups at once (`shamir_threshold`, `key_groups`), and a function opens it by one key of KMS"
    )]
    Several { file: Shown },
    /// Only others have it.
    #[error("`{file}` has no key of KMS, which is what a function opens it by, but {has}")]
    NoKms { file: Shown, has: Has },
    /// More than an opener tries.
    #[error("`{file}` has {count} keys of KMS, and whatever opens it takes at most {FILE_KEYS}")]
    TooMany { file: Shown, count: usize },
    /// A key that an opener would not find.
    #[error(
        "`{file}` has as `arn` of its key {number} of KMS what is no ARN of a key or alias: `{arn}`"
    )]
    Arn {
        file: Shown,
        number: usize,
        arn: Shown,
    },
    /// A data key that KMS would not open.
    #[error("`{file}` has as `enc` of its key {number} of KMS what {why}")]
    Enc {
        file: Shown,
        number: usize,
        why: NoBlob,
    },
}

impl Explain for BadKeys {
    fn code(&self) -> Code {
        Code::FileInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        let update = |file: &Shown| format!("sops updatekeys {}", shell_word::of(file.as_str()));
        Some(match self {
            Self::Several { file } => format!(
                "make one group of its keys in .sops.yaml, without `shamir_threshold`, then: {}",
                update(file)
            ),
            Self::NoKms { file, .. } => format!(
                "add a key of KMS to its rule in .sops.yaml, then: {}",
                update(file)
            ),
            Self::TooMany { file, .. } => format!(
                "leave those out of its rule in .sops.yaml that no function uses, then: {}",
                update(file)
            ),
            Self::Arn { file, .. } | Self::Enc { file, .. } => format!(
                "name the key by its whole ARN in .sops.yaml, then: {}",
                update(file)
            ),
        })
    }
}

/// What opens a file in place of KMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Has(Vec<&'static str>);

impl Has {
    /// Of these metadata.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let age = (!metadata.age.is_empty()).then_some("age");
        Self(
            age.into_iter()
                .chain(metadata.others.iter().copied())
                .collect(),
        )
    }
}

impl std::fmt::Display for Has {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0[..] {
            [] => f.write_str("none at all"),
            [one] => write!(f, "{one} alone"),
            _ => f.write_str(&self.0.join(", ")),
        }
    }
}

/// Why a value is not baked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadField {
    /// There is no such value.
    #[error("`{file}` has no field `{field}`{}", did_you_mean(.meant.as_deref()))]
    Missing {
        file: Shown,
        field: Shown,
        meant: Option<String>,
    },
    /// It is no value, but has some.
    #[error("field `{field}` of `{file}` is a map or a list, which has {below}")]
    Above {
        file: Shown,
        field: Shown,
        below: Names,
    },
    /// Two values have the same path.
    #[error("`{file}` has two values called `{field}`, one of them by a key with a `.` in it")]
    Twice { file: Shown, field: Shown },
    /// It is not encrypted.
    #[error("field `{field}` of `{file}` is not encrypted, so it is not baked")]
    Plain {
        file: Shown,
        field: Shown,
        by_rule: bool,
    },
    /// Nothing is there to encrypt.
    #[error("field `{field}` of `{file}` is empty, and SOPS does not encrypt what is empty")]
    Empty { file: Shown, field: Shown },
    /// It is no ciphertext any more.
    #[error("field `{field}` of `{file}` {damage}")]
    Damaged {
        file: Shown,
        field: Shown,
        damage: Damage,
    },
    /// There is no ciphertext in the file.
    #[error("`{file}` has no encrypted value")]
    None { file: Shown },
    /// It has no name to be baked under.
    #[error("`{file}` has an encrypted value whose key is blank, which is no name")]
    Blank { file: Shown },
}

impl Explain for BadField {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. } | Self::Above { .. } | Self::Twice { .. } | Self::None { .. } => {
                Code::FieldNotFound
            }
            Self::Plain { .. } | Self::Empty { .. } => Code::NotEncrypted,
            Self::Damaged { .. } | Self::Blank { .. } => Code::FileInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "write its keys joined by `.`, with a list's index as a number: `users.0.password`".into(),
            Self::Above { .. } => "name one of its values".into(),
            Self::Twice { .. } | Self::Blank { .. } => "rename a key of the file".into(),
            Self::Plain { by_rule: true, .. } => "its key is one that SOPS is told to leave in plaintext (`unencrypted_suffix`, `unencrypted_regex` and their like): rename it or change the rule, or write what is no secret as an ordinary environment variable".into(),
            Self::Plain { file, .. } => format!("somebody has written it without SOPS: take it out, and write another value by: sops edit {}", shell_word::of(file.as_str())),
            Self::Empty { .. } => "leave it out, or give it a value".into(),
            Self::Damaged { damage: Damage::TooLong { .. }, .. } => "split it, or store it elsewhere".into(),
            Self::Damaged { .. } => "a merge of two versions may have damaged it: set it anew by SOPS".into(),
            Self::None { .. } => "check which file it is, and its rule in .sops.yaml".into(),
        })
    }
}

/// Some of many names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(String);

impl Names {
    /// How many are told.
    const TOLD: usize = 5;

    /// `a`, `b` and 3 more.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        let told = names.iter().take(Self::TOLD);
        let told: Vec<_> = told.map(|name| format!("`{}`", Shown::of(name))).collect();
        let told = told.join(", ");
        Self(match names.len().saturating_sub(Self::TOLD) {
            0 => told,
            more => format!("{told} and {more} more"),
        })
    }
}

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
