//! A look into an artefact: whether it can be read, what of ours lies in it, and where. Changes nothing.

use std::io;
use std::path::Path;

use super::zip::{Archive, Entry, Member, Trouble};
use crate::bundle::{self, Bundle};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::folder;
use crate::folder::file_error::FileError;

/// Why an artefact cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The packaging tool has not written what it announced.
    #[error("its artefact {path} does not exist")]
    Missing {
        /// The artefact's.
        path: Shown,
    },
    /// No zip archive, or a broken one.
    #[error("its artefact {path} cannot be used: {said}")]
    Damaged {
        /// The artefact's.
        path: Shown,
        /// What is wrong with it.
        said: Shown,
    },
    /// Another process changes it, or looks at it.
    #[error("another run is using {path}")]
    Busy {
        /// The folder's.
        path: Shown,
    },
    /// A file cannot take the place of a folder.
    #[error("{path} is a folder, and a file must go there")]
    FolderThere {
        /// The folder's.
        path: Shown,
    },
    /// The file system's.
    #[error(transparent)]
    File(#[from] FileError),
    /// Somebody else's file or folder where one of ours must go.
    #[error(transparent)]
    Refused(#[from] folder::Refused),
}

impl Explain for Unusable {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. } => Code::ArtefactMissing,
            Self::Damaged { .. } => Code::ArtefactDamaged,
            Self::Busy { .. } => Code::FolderBusy,
            Self::FolderThere { .. } => Code::File,
            Self::File(error) => error.code(),
            Self::Refused(why) => why.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Missing { .. } => Some(caller.no_artefact.clone()),
            Self::Damaged { .. } => Some("build it again; nothing was changed".into()),
            Self::Busy { .. } => Some("wait until it ends, and run this again".into()),
            Self::FolderThere { .. } => Some("move or rename it: nothing was changed".into()),
            Self::File(error) => error.hint(caller),
            Self::Refused(why) => why.hint(caller),
        }
    }
}

impl Unusable {
    /// What reading an artefact has met.
    pub fn of(path: &Path, trouble: &Trouble) -> Self {
        match trouble {
            Trouble::File(error) if error.kind() == io::ErrorKind::NotFound => Self::Missing {
                path: Shown::path(path),
            },
            _ => Self::damaged(path, trouble),
        }
    }

    /// The same of an artefact that was open already.
    pub fn damaged(path: &Path, trouble: &Trouble) -> Self {
        let shown = Shown::path(path);
        match trouble {
            Trouble::File(error) => FileError::of("read", path, error).into(),
            Trouble::Busy => Self::Busy { path: shown },
            Trouble::Damaged(_) => Self::Damaged {
                path: shown,
                said: trouble.to_string().into(),
            },
        }
    }
}

/// What was in an artefact before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The very bundle.
    Right,
    /// No such file.
    Missing,
    /// Another file of that name, or more than one.
    Other,
}

/// Whether a file is in an artefact just so.
pub fn look(archive: &Archive, member: &Member<'_>) -> Result<Found, Trouble> {
    let mut there = archive
        .entries()
        .filter(|entry| is_at(entry, member.name()));
    let Some(first) = there.next() else {
        return Ok(Found::Missing);
    };
    let right = there.next().is_none() && member.is(&first, archive)?;
    Ok(if right { Found::Right } else { Found::Other })
}

/// Whether an entry unpacks to a place at the root, however it is spelt, or to something below it.
pub fn is_at(entry: &Entry<'_>, place: &str) -> bool {
    let mut name = entry.name();
    while let [b'/' | b'\\', rest @ ..] | [b'.', b'/' | b'\\', rest @ ..] = name {
        name = rest;
    }
    let after = name.strip_prefix(place.as_bytes());
    after.is_some_and(|after| matches!(after, [] | [b'/' | b'\\', ..]))
}

/// The bundles below the root of a zip. A killed run leaves them in the build context of an image or in the folder of a
/// bundler, and the next one would pack them: they name secrets that this artefact may not carry, and no reader opens them.
pub fn strays(archive: &Archive) -> Result<Vec<Vec<u8>>, Trouble> {
    let mut strays = Vec::new();
    for entry in archive.entries() {
        if is_below(&entry)
            && let Ok(length) = usize::try_from(entry.length()?)
            && length <= bundle::LONGEST
            && let Some(bytes) = archive.read(&entry, length)?
            && is_stray(&bytes)
        {
            strays.push(entry.name().to_vec());
        }
    }
    Ok(strays)
}

/// Whether a file below the root is a bundle with secrets, and not another's file of that name.
pub fn is_stray(bytes: &[u8]) -> bool {
    Bundle::read(bytes).is_ok_and(|bundle| !bundle.is_empty() && bundle.is_ours())
}

/// Whether it is named like a bundle, but lies in a folder.
pub fn is_below(entry: &Entry<'_>) -> bool {
    let folder = entry.name().strip_suffix(bundle::FILE.as_bytes());
    folder.is_some_and(|folder| matches!(folder, [.., b'/' | b'\\'])) && !is_at(entry, bundle::FILE)
}

#[cfg(test)]
mod tests;
