//! A local file: what it is, told by its name and what stands in it, and the values in it.

use std::path::Path;

use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::dotenv::{self, BadLine};
use super::identity::Variables;
use super::{data_key, ignored};
use crate::config::Text;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure};
use crate::source::input_file;
use crate::source::sops::file::LONGEST;
use crate::source::sops::format::Format;
use crate::source::sops::metadata::Metadata;
use crate::source::sops::opened::{self, Content, Leaf, Opened};
use crate::source::sops::plaintext::Values;
use crate::source::sops::tree::{Fault, METADATA, Unread, at_line};

/// A file that holds no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoValues {
    /// Its name does not tell what it is.
    #[error("`{file}` is of no kind that local values are taken from")]
    Kind {
        /// As the user wrote it.
        file: Shown,
    },
    /// Bytes that are no text.
    #[error("`{file}` is no text in UTF-8")]
    NotText {
        /// As the user wrote it.
        file: Shown,
    },
    /// Not of its format, or more than anybody writes.
    #[error("`{file}` {fault}{}", at_line(*.line))]
    Malformed {
        /// As the user wrote it.
        file: Shown,
        /// What is wrong.
        fault: Fault,
        /// Where, counted from 1; 0 where nobody knows.
        line: u64,
    },
    /// A dotenv file with a line that is none.
    #[error("`{file}`: {why}")]
    Line {
        /// As the user wrote it.
        file: Shown,
        /// What is wrong.
        why: BadLine,
    },
    /// Metadata that SOPS has not written so.
    #[error("`{file}` has metadata that SOPS has not written so: `{key}`")]
    Metadata {
        /// As the user wrote it.
        file: Shown,
        /// The key whose value is not what it should be.
        key: &'static str,
    },
}

impl Explain for NoValues {
    fn code(&self) -> Code {
        Code::FileInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Kind { .. } => "name a YAML, JSON or dotenv file, by .yaml, .yml, .json or .env".into(),
            Self::Malformed { .. } | Self::NotText { .. } => "correct it: a map from names to values".into(),
            Self::Line { .. } => "correct that line: `NAME=value`, the value in quotes where it has line ends or begins with a quote".into(),
            Self::Metadata { .. } => "look at it by `sops decrypt`, which should refuse it too; a merge of two versions may have damaged it".into(),
        })
    }
}

/// All values of a file, which a relative path names from `folder`. Plain ones only where git ignores the file.
///
/// # Errors
/// It cannot be read, is no file of values, is for others, or is plain and git sees it.
pub fn read(folder: &Path, path: &str, variables: Variables<'_>) -> Result<Opened, Failure> {
    let file = Shown::of(path);
    let kind = Kind::of(path).ok_or_else(|| NoValues::Kind { file: file.clone() })?;
    let text = text(folder, &Text::public(path))?;
    if let Some((leaves, metadata)) = kind.of_sops(&file, &text)? {
        let known = known(&file, &metadata)?;
        return opened(&file, &leaves, (&metadata, &known), variables);
    }
    ignored::check(&folder.join(path), &file)?;
    Ok(Opened {
        values: kind.plain(&file, &text)?,
        plain: Vec::new(),
    })
}

/// The values of a SOPS file, if age has a part in it. `None`: nobody opens it without AWS.
///
/// # Errors
/// As `read`.
pub fn read_sops(
    folder: &Path,
    path: &Text,
    variables: Variables<'_>,
) -> Result<Option<Opened>, Failure> {
    let file = path.shown();
    let text = text(folder, path)?;
    let Some((leaves, metadata)) = of_sops(Format::of(path.value()), file, &text)? else {
        return Ok(None);
    };
    let known = known(file, &metadata)?;
    if known.age.is_empty() {
        return Ok(None);
    }
    Ok(Some(opened(file, &leaves, (&metadata, &known), variables)?))
}

/// How a file is written if SOPS has encrypted it, by its name.
#[must_use]
pub fn format_of(path: &str) -> Format {
    match Kind::of(path) {
        Some(Kind::Map(format)) => format,
        Some(Kind::Dotenv) => Format::Dotenv,
        None => Format::of(path),
    }
}

/// Whether SOPS has a part in a file.
///
/// # Errors
/// It cannot be read, or is no file of values.
pub fn is_of_sops(folder: &Path, path: &Text) -> Result<bool, Failure> {
    let file = path.shown();
    let kind = Kind::of(path.value()).ok_or_else(|| NoValues::Kind { file: file.clone() })?;
    let text = text(folder, path)?;
    Ok(kind.of_sops(file, &text)?.is_some())
}

/// Its text.
///
/// # Errors
/// It cannot be read, or is none.
pub fn text(folder: &Path, path: &Text) -> Result<Zeroizing<String>, Failure> {
    let bytes = input_file::read(folder, path, LONGEST)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        // Its bytes may be plaintext.
        drop(Zeroizing::new(error.into_bytes()));
        let file = path.shown().clone();
        NoValues::NotText { file }
    })?;
    Ok(Zeroizing::new(text))
}

type Object = serde_json::Map<String, Json>;
/// What stands in a SOPS file.
type Encrypted = (Vec<Leaf>, Object);

fn known(file: &Shown, metadata: &Object) -> Result<Metadata, NoValues> {
    Metadata::of(metadata).map_err(|malformed| NoValues::Metadata {
        file: file.clone(),
        key: malformed.key,
    })
}

fn opened(
    file: &Shown,
    leaves: &[Leaf],
    (metadata, known): (&Object, &Metadata),
    variables: Variables<'_>,
) -> Result<Opened, Failure> {
    opened::check_groups(file, known)?;
    let key = data_key::open(file, &known.age, variables)?;
    Ok(opened::open(file, leaves, metadata, &key)?)
}

/// What its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A map: YAML, or JSON.
    Map(Format),
    /// Lines.
    Dotenv,
}

impl Kind {
    /// `None`: it tells no kind that values are taken from.
    pub fn of(path: &str) -> Option<Self> {
        let name = Path::new(path).file_name()?.to_str()?;
        match Format::of(path) {
            format @ (Format::Yaml | Format::Json) => Some(Self::Map(format)),
            Format::Dotenv => Some(Self::Dotenv),
            // `.env` itself has no ending, and `.env.local` another.
            _ if name == ".env" || name.starts_with(".env.") => Some(Self::Dotenv),
            _ => None,
        }
    }

    /// As `of_sops`; a dotenv file without metadata may be written as SOPS would not.
    fn of_sops(self, file: &Shown, text: &str) -> Result<Option<Encrypted>, NoValues> {
        match self {
            Self::Map(format) => of_sops(format, file, text),
            Self::Dotenv if text.lines().any(|line| line.starts_with("sops_mac=")) => {
                of_sops(Format::Dotenv, file, text)
            }
            Self::Dotenv => Ok(None),
        }
    }

    fn plain(self, file: &Shown, text: &str) -> Result<Values, NoValues> {
        let format = match self {
            Self::Map(format) => format,
            Self::Dotenv => {
                return dotenv::read(text).map_err(|why| NoValues::Line {
                    file: file.clone(),
                    why,
                });
            }
        };
        let (leaves, _) = walked(format, file, text)?;
        let named = leaves.into_iter().filter_map(|leaf| match leaf.content {
            Content::Text(_, text) | Content::Other(text) => Some((leaf.path.joined(), text)),
            Content::Null => None,
        });
        Ok(named.collect())
    }
}

/// The values of a file and its metadata. `None`: SOPS has no part in it.
fn of_sops(format: Format, file: &Shown, text: &str) -> Result<Option<Encrypted>, NoValues> {
    let (leaves, metadata) = walked(format, file, text)?;
    Ok(match metadata {
        Some(Json::Object(metadata)) => Some((leaves, metadata)),
        Some(_) => {
            return Err(NoValues::Metadata {
                file: file.clone(),
                key: METADATA,
            });
        }
        None => None,
    })
}

fn walked(format: Format, file: &Shown, text: &str) -> Result<(Vec<Leaf>, Option<Json>), NoValues> {
    opened::leaves(format, text).map_err(|Unread { fault, line }| NoValues::Malformed {
        file: file.clone(),
        fault,
        line,
    })
}

#[cfg(test)]
mod tests;
