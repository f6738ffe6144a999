//! One value of a SOPS file: `ENC[AES256_GCM,data:...,iv:...,tag:...,type:...]`, where it is encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::contract::{CIPHERTEXT_BYTES, IV_BYTES};

/// A value of a file, where it stands there. It holds no plaintext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Keys and list indexes, joined by `.`: `users.0.password`.
    pub path: String,
    /// What it is bound to: the keys, each followed by `:`, without list indexes.
    pub aad: String,
    /// What stands there.
    pub value: Value,
}

/// What stands at a place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A ciphertext.
    Encrypted(Encrypted),
    /// What was to be one.
    Damaged(Damage),
    /// An empty text or nothing at all: SOPS leaves that as it is.
    Empty,
    /// Plaintext, which is not kept.
    Plain,
}

/// What opens under the file's data key. All three are canonical base64, of lengths that an opener takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// The ciphertext without its tag.
    pub value: String,
    /// Of any length.
    pub iv: String,
    /// Of 16 bytes.
    pub tag: String,
    /// What the plaintext was.
    pub kind: Kind,
}

/// What a plaintext was before it was written as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Str,
    /// A whole number.
    Int,
    /// Any other number.
    Float,
    /// `True` or `False`.
    Bool,
    /// Bytes.
    Bytes,
    /// A point in time.
    Time,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Str,
        Self::Int,
        Self::Float,
        Self::Bool,
        Self::Bytes,
        Self::Time,
    ];

    /// As it stands in the file and in the bundle.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Bytes => "bytes",
            Self::Time => "time",
        }
    }
}

/// What is wrong with a ciphertext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The brackets, or what stands between them.
    #[error("is not written as SOPS writes a ciphertext")]
    Shape,
    /// A part is no base64, or has not its length.
    #[error("has no right `{part}`")]
    Part {
        /// Which.
        part: &'static str,
    },
    /// More than an opener takes.
    #[error("has {bytes} bytes, and whatever opens it takes at most {CIPHERTEXT_BYTES}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// A type that SOPS does not write, or that of a comment.
    #[error("has a type that is not one of str, int, float, bool, bytes and time")]
    Kind,
}

impl Value {
    /// Reads a text of a file.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.strip_prefix("ENC[") {
            None if text.is_empty() => Self::Empty,
            None => Self::Plain,
            Some(rest) => match encrypted(rest) {
                Ok(encrypted) => Self::Encrypted(encrypted),
                Err(damage) => Self::Damaged(damage),
            },
        }
    }
}

/// Reads what stands behind `ENC[`.
fn encrypted(rest: &str) -> Result<Encrypted, Damage> {
    let inside = rest
        .strip_suffix(']')
        .and_then(|rest| rest.strip_prefix("AES256_GCM,data:"))
        .ok_or(Damage::Shape)?;
    let (value, rest) = inside.split_once(",iv:").ok_or(Damage::Shape)?;
    let (iv, rest) = rest.split_once(",tag:").ok_or(Damage::Shape)?;
    let (tag, kind) = rest.split_once(",type:").ok_or(Damage::Shape)?;
    let bytes = length(value, "data")?;
    if bytes > CIPHERTEXT_BYTES {
        return Err(Damage::TooLong { bytes });
    }
    if bytes == 0 {
        return Err(Damage::Part { part: "data" });
    }
    if !(1..=IV_BYTES).contains(&length(iv, "iv")?) {
        return Err(Damage::Part { part: "iv" });
    }
    if length(tag, "tag")? != 16 {
        return Err(Damage::Part { part: "tag" });
    }
    let mut kinds = Kind::ALL.into_iter();
    let kind = kinds.find(|known| known.as_str() == kind);
    Ok(Encrypted {
        value: value.to_owned(),
        iv: iv.to_owned(),
        tag: tag.to_owned(),
        kind: kind.ok_or(Damage::Kind)?,
    })
}

/// How many bytes a text in base64 stands for.
fn length(base64: &str, part: &'static str) -> Result<usize, Damage> {
    let bytes = STANDARD.decode(base64);
    bytes
        .map(|bytes| bytes.len())
        .map_err(|_| Damage::Part { part })
}
