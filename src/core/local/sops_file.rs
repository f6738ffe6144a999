//! A SOPS file, opened: every value under the data key, and the MAC over all of them. Unlike a bake this sees all plaintexts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::gcm;
use super::hexadecimal;
use super::value::{Plaintext, Values};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::sops::leaf::{Encrypted, Kind, Value};
use crate::source::sops::metadata::Metadata;

/// What SOPS begins the MAC with where it covers encrypted values only.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

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
pub struct Leaf {
    /// Keys and list indexes, joined by `.`.
    pub path: String,
    /// What it is bound to.
    pub aad: String,
    /// What stands there.
    pub content: Content,
}

/// What stands at a place of the file.
pub enum Content {
    /// A text: a ciphertext, or what SOPS was told to leave.
    Text(Value, Plaintext),
    /// A number or a truth value.
    Other(Plaintext),
    /// Nothing.
    Null,
}

/// Opens all values.
///
/// # Errors
/// One of them does not open, or they are not those that SOPS has written.
pub fn open(
    file: &Shown,
    leaves: Vec<Leaf>,
    metadata: &Map<String, Json>,
    key: &gcm::Key,
) -> Result<Opened, NotWhole> {
    let mut mac = Mac::new(metadata);
    let mut opened = Opened::default();
    for Leaf { path, aad, content } in leaves {
        let bad = |path: &str| NotWhole::Value {
            file: file.clone(),
            path: path.into(),
        };
        match content {
            Content::Text(Value::Encrypted(encrypted), _) => {
                let value = value(&encrypted, &aad, key).ok_or_else(|| bad(&path))?;
                mac.encrypted(&value, encrypted.kind);
                opened
                    .values
                    .push((path, shown_kind(value, encrypted.kind)));
            }
            Content::Text(Value::Damaged(_), _) => return Err(bad(&path)),
            // SOPS leaves an empty text as it is, whether or not it was to be encrypted.
            Content::Text(Value::Empty, text) => opened.values.push((path, text)),
            Content::Text(Value::Plain, text) => {
                mac.plain(&text);
                opened.plain.push(path);
            }
            Content::Other(text) => {
                mac.plain(truth(&text));
                opened.plain.push(path);
            }
            Content::Null => {}
        }
    }
    if mac.fits(metadata, key) {
        Ok(opened)
    } else {
        Err(NotWhole::Mac { file: file.clone() })
    }
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

/// `None`: it is another's, or was changed.
fn value(encrypted: &Encrypted, aad: &str, key: &gcm::Key) -> Option<Plaintext> {
    let mut data = Zeroizing::new(STANDARD.decode(&encrypted.value).ok()?);
    let iv = STANDARD.decode(&encrypted.iv).ok()?;
    let tag = STANDARD.decode(&encrypted.tag).ok()?;
    let tag = tag.as_slice().try_into().ok()?;
    gcm::open(key, &iv, aad.as_bytes(), &mut data, tag).ok()?;
    Some(data)
}

/// `True` and `False` become what everybody else writes, as they do in the openers.
fn shown_kind(value: Plaintext, kind: Kind) -> Plaintext {
    match (kind, value.as_slice()) {
        (Kind::Bool, b"True") => Zeroizing::new(b"true".to_vec()),
        (Kind::Bool, b"False") => Zeroizing::new(b"false".to_vec()),
        _ => value,
    }
}

/// As SOPS writes a truth value into its MAC, whatever the file's own format makes of it.
fn truth(value: &[u8]) -> &[u8] {
    match value {
        b"true" => b"True",
        b"false" => b"False",
        _ => value,
    }
}

/// SHA-512 over the values, one after the other.
struct Mac {
    hash: Sha512,
    only_encrypted: bool,
}

impl Mac {
    fn new(metadata: &Map<String, Json>) -> Self {
        let flag = metadata.get("mac_only_encrypted");
        // A dotenv file has it as a text.
        let only_encrypted = flag.is_some_and(|flag| *flag == true || *flag == "true");
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED);
        }
        Self {
            hash,
            only_encrypted,
        }
    }

    fn encrypted(&mut self, value: &[u8], kind: Kind) {
        let is_truth = kind == Kind::Bool;
        self.hash
            .update(if is_truth { truth(value) } else { value });
    }

    fn plain(&mut self, value: &[u8]) {
        if !self.only_encrypted {
            self.hash.update(value);
        }
    }

    fn fits(self, metadata: &Map<String, Json>, key: &gcm::Key) -> bool {
        let text = |key: &str| metadata.get(key).and_then(Json::as_str).unwrap_or_default();
        let Value::Encrypted(mac) = Value::of(text("mac")) else {
            return false;
        };
        let found = value(&mac, text("lastmodified"), key);
        let expected = hexadecimal::of(&self.hash.finalize()).to_uppercase();
        found.is_some_and(|found| found.ct_eq(expected.as_bytes()).into())
    }
}
