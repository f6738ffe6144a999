//! A SOPS file, opened: every value under the data key, and the MAC over all of them. Unlike a bake this sees all plaintexts.

use serde_json::{Map, Value as Json};
use zeroize::Zeroizing;

use super::format::Format;
use super::gcm;
use super::leaf::{Kind, Value};
use super::mac::Mac;
use super::metadata::Metadata;
use super::path::Path;
use super::plaintext::{Plaintext, Values};
use super::sealed;
use super::tree::{Scalar, Unread};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// A file that is not as SOPS has written it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWhole {
    /// Two keys or more are needed at once.
    #[error("`{file}` is opened by several keys at once only (`shamir_threshold`, `key_groups`)")]
    Several {
        /// As the user wrote it.
        file: Shown,
    },
    /// A value that the data key does not open at its place.
    #[error("`{file}` was changed, or is damaged: `{path}` does not open")]
    Value {
        /// As the user wrote it.
        file: Shown,
        /// The value's.
        path: Shown,
    },
    /// All values together are others than SOPS has written.
    #[error("`{file}` was changed without SOPS: its MAC does not fit its values")]
    Mac {
        /// As the user wrote it.
        file: Shown,
    },
}

impl Explain for NotWhole {
    fn code(&self) -> Code {
        Code::FileInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Several { .. } => "take a file with a single group of keys: sops updatekeys".into(),
            Self::Value { .. } | Self::Mac { .. } => "see who changed it; after a merge of two versions that are both right, `sops edit --ignore-mac` writes it anew".into(),
        })
    }
}

/// A value as it stands in the file.
#[derive(PartialEq, Eq)]
pub struct Leaf {
    /// Where it stands.
    pub path: Path,
    /// What stands there.
    pub content: Content,
}

/// What stands at a place of the file.
#[derive(PartialEq, Eq)]
pub enum Content {
    /// A text: a ciphertext, or what SOPS was told to leave.
    Text(Value, Plaintext),
    /// A number or a truth value.
    Other(Plaintext),
    /// Nothing.
    Null,
}

/// All values of a text, and what stands under `sops`, if anything does.
///
/// # Errors
/// It is not of this format, or more than anybody writes.
pub fn leaves(format: Format, text: &str) -> Result<(Vec<Leaf>, Option<Json>), Unread> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut leaves = Vec::new();
    let metadata = format.walk(text, &mut |path, scalar| {
        let content = match scalar {
            Scalar::Text(text) => Content::Text(Value::of(text), copy(text)),
            Scalar::Other(value) => Content::Other(copy(&value.to_string())),
            Scalar::Null => Content::Null,
        };
        let path = path.clone();
        leaves.push(Leaf { path, content });
    })?;
    Ok((leaves, metadata))
}

fn copy(text: &str) -> Plaintext {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// Opens all values.
///
/// # Errors
/// One of them does not open, or they are not those that SOPS has written.
pub fn open(
    file: &Shown,
    leaves: &[Leaf],
    metadata: &Map<String, Json>,
    key: &gcm::Key,
) -> Result<Opened, NotWhole> {
    let mut mac = Mac::new(metadata);
    let opened = without_mac(file, leaves, &mut mac, key)?;
    if mac.fits(metadata, key) {
        Ok(opened)
    } else {
        Err(NotWhole::Mac { file: file.clone() })
    }
}

/// Opens all values and adds them to a MAC, which is not compared with the file's.
///
/// # Errors
/// One of them does not open.
pub fn without_mac(
    file: &Shown,
    leaves: &[Leaf],
    mac: &mut Mac,
    key: &gcm::Key,
) -> Result<Opened, NotWhole> {
    let mut opened = Opened::default();
    for Leaf { path, content } in leaves {
        let bad = |path: &Path| NotWhole::Value {
            file: file.clone(),
            path: path.joined().into(),
        };
        match content {
            Content::Text(Value::Encrypted(encrypted), _) => {
                let value = sealed::open(encrypted, &path.aad(), key).ok_or_else(|| bad(path))?;
                mac.encrypted(&value, encrypted.kind);
                let value = shown_kind(value, encrypted.kind);
                opened.values.push((path.joined(), value));
            }
            Content::Text(Value::Damaged(_), _) => return Err(bad(path)),
            // SOPS leaves an empty text as it is, whether or not it was to be encrypted.
            Content::Text(Value::Empty, text) => {
                opened.values.push((path.joined(), text.clone()));
            }
            Content::Text(Value::Plain, text) => {
                mac.plain(text);
                opened.plain.push(path.joined());
            }
            Content::Other(text) => {
                mac.other(text);
                opened.plain.push(path.joined());
            }
            Content::Null => {}
        }
    }
    Ok(opened)
}

/// What a file holds.
#[derive(Default)]
pub struct Opened {
    /// Its secrets.
    pub values: Values,
    /// The paths of what stands in it for everybody to read.
    pub plain: Vec<String>,
}

/// Whether a single key opens the file.
///
/// # Errors
/// It does not.
pub fn check_groups(file: &Shown, metadata: &Metadata) -> Result<(), NotWhole> {
    if metadata.needs_several() {
        return Err(NotWhole::Several { file: file.clone() });
    }
    Ok(())
}

/// `True` and `False` become what everybody else writes, as they do in the openers.
fn shown_kind(value: Plaintext, kind: Kind) -> Plaintext {
    match (kind, value.as_slice()) {
        (Kind::Bool, b"True") => Zeroizing::new(b"true".to_vec()),
        (Kind::Bool, b"False") => Zeroizing::new(b"false".to_vec()),
        _ => value,
    }
}
