//! One value of a file set as SOPS sets it: a new ciphertext, the time and the MAC. Everything else stays byte for byte.
//!
//! What is given back has been read again and proved: all its other values are as they were, and its MAC is right.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format as TimeFormat;
use serde_json::{Map, Value as Json};

use super::data_key::{ByKms, DataKey, DataKeyOpener};
use super::file::{self, BadFile};
use super::format::Format;
use super::gcm;
use super::kind;
use super::mac::{LAST_MODIFIED, MAC, Mac};
use super::metadata::Metadata;
use super::not_set::{Index, NotSet};
use super::opened::{self, Leaf};
use super::sealed;
use super::target::{Before, Fields, Target};
use crate::aws::Aws;
use crate::config::Text;
use crate::contract::CIPHERTEXT_BYTES;
use crate::failure::Failure;
use crate::failure::shown::Shown;

/// What some editors begin a text with.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file with its new value, which is not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What is new in it.
    pub changed: Change,
}

/// What is new in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The value was there already: the file is as it was.
    Nothing,
    /// Another value, where one or an empty one was.
    Value,
    /// A key that was not there.
    Added,
}

/// A file, and how it is written.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// Where a relative path starts.
    pub folder: &'a Path,
    /// Its path.
    pub file: &'a Text,
    /// As SOPS tells it by the name, or as whoever names the file knows better.
    pub format: Format,
}

/// Sets one value of a file under the data key that a key of KMS opens. `field` is its path joined by `.`; a binary file has none. The
/// file is read, and not written.
///
/// # Errors
/// The file cannot be read, is none of SOPS or was changed without it; there is no such field; no key of KMS opens it.
pub async fn set(
    aws: &Aws,
    folder: &Path,
    file: &Text,
    field: Option<&str>,
    value: &[u8],
) -> Result<Written, Failure> {
    let format = Format::of(file.value());
    let at = At {
        folder,
        file,
        format,
    };
    set_by(&ByKms(aws), at, field, value).await
}

/// The same with whoever opens the data key.
///
/// # Errors
/// As `set`.
pub async fn set_by(
    opener: &dyn DataKeyOpener,
    at: At<'_>,
    field: Option<&str>,
    value: &[u8],
) -> Result<Written, Failure> {
    let text = file::text(at.folder, at.file)?;
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK, text),
        None => ("", text.as_str()),
    };
    let document = Document::of(at.file.shown(), at.format, text)?;
    let target = document.target(field)?;
    document.check(&target, value)?;
    let key = opener.open(document.file, &document.known).await?;
    opened::open(document.file, &document.leaves, &document.metadata, &key)?;
    let changed = target.change(value, &key);
    let bytes = if changed == Change::Nothing {
        [mark, text].concat()
    } else {
        [mark, &document.with(&target, value, &key)?].concat()
    };
    let bytes = bytes.into_bytes();
    Ok(Written { bytes, changed })
}

impl Target {
    fn change(&self, value: &[u8], key: &DataKey) -> Change {
        match &self.before {
            Before::New => Change::Added,
            Before::Empty => Change::Value,
            Before::Encrypted(before) => {
                let (_, value) = kind::of(value, Some(before.kind));
                match sealed::open(before, &self.path.aad(), key) {
                    Some(found) if found == value => Change::Nothing,
                    _ => Change::Value,
                }
            }
        }
    }
}

/// A text of a file, read.
struct Document<'a> {
    file: &'a Shown,
    format: Format,
    text: &'a str,
    leaves: Vec<Leaf>,
    metadata: Map<String, Json>,
    known: Metadata,
}

impl<'a> Document<'a> {
    fn of(file: &'a Shown, format: Format, text: &'a str) -> Result<Self, BadFile> {
        let (leaves, metadata) =
            opened::leaves(format, text).map_err(|unread| BadFile::malformed(file, unread))?;
        let (metadata, known) = file::known(file, metadata)?;
        Ok(Self {
            file,
            format,
            text,
            leaves,
            metadata,
            known,
        })
    }

    fn target(&self, field: Option<&str>) -> Result<Target, NotSet> {
        let fields = Fields {
            file: self.file,
            format: self.format,
            leaves: &self.leaves,
            rule: &self.known.rule,
        };
        fields.find(field)
    }

    /// What can be told before anybody is asked for the data key.
    fn check(&self, target: &Target, value: &[u8]) -> Result<(), NotSet> {
        let file = self.file.clone();
        let field = || Shown::of(&target.path.joined());
        if self.known.needs_several() {
            let index = Index::of(&target.path);
            return Err(NotSet::Several { file, index });
        }
        match self.format.has_alias(self.text) {
            None => return Err(self.written(target)),
            Some(true) => return Err(NotSet::Alias { file }),
            Some(false) => {}
        }
        if value.is_empty() {
            let field = field();
            return Err(NotSet::Empty { file, field });
        }
        if value.len() > CIPHERTEXT_BYTES {
            let (field, bytes) = (field(), value.len());
            return Err(NotSet::TooLong { file, field, bytes });
        }
        if self.format != Format::Binary && std::str::from_utf8(value).is_err() {
            let field = field();
            return Err(NotSet::NotText { file, field });
        }
        Ok(())
    }

    /// The text with another value, time and MAC.
    fn with(&self, target: &Target, value: &[u8], key: &gcm::Key) -> Result<String, Failure> {
        let kind = match &target.before {
            Before::Encrypted(before) => Some(before.kind),
            Before::Empty | Before::New => None,
        };
        let (kind, value) = kind::of(value, kind);
        let ciphertext = sealed::seal(&value, kind, &target.path.aad(), key).map_err(no_random)?;
        let text = match target.before {
            Before::New => self.format.add(self.text, &target.path, &ciphertext),
            _ => self.format.replace(self.text, &target.path, &ciphertext),
        };
        let text = text.ok_or_else(|| self.written(target))?;
        let mut mac = Mac::new(&self.metadata);
        opened::without_mac(
            self.file,
            &self.proved(&text, target)?.leaves,
            &mut mac,
            key,
        )?;
        let time = now();
        let mac = mac.sealed(&time, key).map_err(no_random)?;
        let text = self
            .format
            .replace_metadata(&text, LAST_MODIFIED, &time)
            .and_then(|text| self.format.replace_metadata(&text, MAC, &mac));
        let text = text.ok_or_else(|| self.written(target))?;
        let after = self.proved(&text, target)?;
        opened::open(self.file, &after.leaves, &after.metadata, key)?;
        Ok(text)
    }

    /// A text of the same file that differs in the target's value, the time and the MAC, and in nothing else that is read.
    fn proved<'t>(&self, text: &'t str, target: &Target) -> Result<Document<'t>, NotSet>
    where
        'a: 't,
    {
        let after = Document::of(self.file, self.format, text);
        let after = after.map_err(|_| self.written(target))?;
        let is_same = after.others(target).eq(self.others(target));
        let is_new = matches!(target.before, Before::New);
        let count = self.leaves.len() + usize::from(is_new);
        if is_same && after.leaves.len() == count && after.rules() == self.rules() {
            Ok(after)
        } else {
            Err(self.written(target))
        }
    }

    /// All values but the target's.
    fn others(&self, target: &Target) -> impl Iterator<Item = &Leaf> {
        self.leaves.iter().filter(|leaf| leaf.path != target.path)
    }

    /// All metadata but the time and the MAC.
    fn rules(&self) -> Map<String, Json> {
        let mut rules = self.metadata.clone();
        rules.remove(LAST_MODIFIED);
        rules.remove(MAC);
        rules
    }

    fn written(&self, target: &Target) -> NotSet {
        NotSet::Written {
            file: self.file.clone(),
            field: Shown::of(&target.path.joined()),
            index: Index::of(&target.path),
        }
    }
}

fn no_random(error: getrandom::Error) -> NotSet {
    NotSet::NoRandom {
        reason: error.to_string().into(),
    }
}

/// As SOPS writes a time: in UTC, by the second.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let time = DateTime::from_secs(i64::try_from(seconds).unwrap_or_default());
    time.fmt(TimeFormat::DateTime).unwrap_or_default()
}

#[cfg(test)]
mod tests;
