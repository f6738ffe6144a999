//! A file of SOPS: its values, none of them as plaintext, and its metadata.

use std::path::Path;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::format::Format;
use super::leaf::{self, Leaf};
use super::metadata::Metadata;
use super::path;
use super::tree::{Fault, Scalar, Unread, at_line};
use super::typed::Malformed;
use crate::config::Text;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::input_file;
use crate::source::shell_word;

/// The longest file that is read.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SopsFile {
    /// All its values, in its order.
    pub leaves: Vec<Leaf>,
    /// What SOPS has written of it.
    pub metadata: Metadata,
}

/// A file that is none of SOPS, or that cannot be read. Nothing of what is in it is told: it may hold plaintexts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// The file system.
    #[error(transparent)]
    Unread(#[from] input_file::Unread),
    /// Bytes that are no text.
    #[error("`{file}` is no text in UTF-8")]
    NotText {
        /// As the config names it.
        file: Shown,
    },
    /// Nothing in it.
    #[error("`{file}` is empty")]
    Empty {
        /// As the config names it.
        file: Shown,
    },
    /// No metadata, so that nothing in it is encrypted by SOPS.
    #[error(
        "`{file}` is no file of SOPS: it has no `sops` in it that tells by which keys it is encrypted"
    )]
    NotSops {
        /// As the config names it.
        file: Shown,
    },
    /// Not of its format, or more than anybody writes.
    #[error("`{file}` {fault}{}", at_line(*.line))]
    Malformed {
        /// As the config names it.
        file: Shown,
        /// What is wrong.
        fault: Fault,
        /// Where, counted from 1; 0 where nobody knows.
        line: u64,
    },
    /// Metadata that SOPS has not written so.
    #[error("`{file}` has metadata that SOPS has not written so: `{key}`")]
    Metadata {
        /// As the config names it.
        file: Shown,
        /// The key whose value is not what it should be.
        key: &'static str,
    },
}

impl Explain for BadFile {
    fn code(&self) -> Code {
        match self {
            Self::Unread(unread) => unread.code(),
            _ => Code::FileInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Unread(unread) => return unread.hint(caller),
            Self::NotText { .. } => {
                "a binary file is encrypted by SOPS into JSON, which is a text: name that one"
                    .into()
            }
            Self::Empty { .. } => "check which file it is".into(),
            Self::NotSops { file } => format!(
                "it may hold plaintexts: sops encrypt --in-place {}",
                shell_word::of(file.as_str())
            ),
            Self::Malformed {
                fault: Fault::Documents,
                ..
            } => "make a file of each of them".into(),
            Self::Malformed {
                fault: Fault::Ini, ..
            } => "write it as YAML, JSON or dotenv, and encrypt that by SOPS".into(),
            Self::Malformed { file, .. } | Self::Metadata { file, .. } => format!(
                "a merge of two versions may have damaged it; SOPS should refuse it too: sops filestatus {}",
                shell_word::of(file.as_str())
            ),
        })
    }
}

impl SopsFile {
    /// Reads a file, which a relative path names from `folder`.
    ///
    /// # Errors
    /// It cannot be read, or is none of SOPS.
    pub fn read(folder: &Path, path: &Text) -> Result<Self, BadFile> {
        let text = text(folder, path)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut leaves = Vec::new();
        let walked = Format::of(path.value()).walk(text, &mut |path, scalar| {
            leaves.push(leaf(path, scalar));
        });
        let metadata = walked.map_err(|unread| BadFile::malformed(path.shown(), unread))?;
        let (_, metadata) = known(path.shown(), metadata)?;
        Ok(Self { leaves, metadata })
    }
}

impl BadFile {
    /// A text that is none of its format.
    #[must_use]
    pub fn malformed(file: &Shown, Unread { fault, line }: Unread) -> Self {
        let file = file.clone();
        Self::Malformed { file, fault, line }
    }
}

/// The text of a file, which a relative path names from `folder`. It may hold plaintexts.
///
/// # Errors
/// It cannot be read, is no text or has none.
pub fn text(folder: &Path, path: &Text) -> Result<Zeroizing<String>, BadFile> {
    let file = || path.shown().clone();
    let bytes = input_file::read(folder, path, LONGEST)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        BadFile::NotText { file: file() }
    })?;
    let text = Zeroizing::new(text);
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(BadFile::Empty { file: file() });
    }
    Ok(text)
}

/// What stands under `sops`, as it is and as it is understood.
///
/// # Errors
/// There is nothing, or what SOPS has not written so.
pub fn known(
    file: &Shown,
    metadata: Option<Value>,
) -> Result<(Map<String, Value>, Metadata), BadFile> {
    let file = file.clone();
    let Some(Value::Object(metadata)) = metadata else {
        return Err(BadFile::NotSops { file });
    };
    match Metadata::of(&metadata) {
        Ok(known) => Ok((metadata, known)),
        Err(Malformed { key }) => Err(BadFile::Metadata { file, key }),
    }
}

fn leaf(path: &path::Path, scalar: Scalar<'_>) -> Leaf {
    let value = match scalar {
        Scalar::Text(text) => leaf::Value::of(text),
        Scalar::Other(_) => leaf::Value::Plain,
        Scalar::Null => leaf::Value::Empty,
    };
    Leaf {
        path: path.joined(),
        aad: path.aad(),
        value,
    }
}

#[cfg(test)]
mod tests;
