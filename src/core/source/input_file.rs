//! A file that the config names: read whole, if it is a regular one and not longer than it may be.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::config::Text;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// There is none.
    #[error("there is no file `{file}` in the service's folder")]
    Missing {
        /// As the config names it.
        file: Shown,
    },
    /// A folder, a device, a pipe.
    #[error("`{file}` is {what}, and no file")]
    NotAFile {
        /// As the config names it.
        file: Shown,
        /// What it is.
        what: &'static str,
    },
    /// Longer than it may be.
    #[error("`{file}` has more than {most} bytes")]
    TooLong {
        /// As the config names it.
        file: Shown,
        /// How many it may have.
        most: usize,
    },
    /// The file system says no.
    #[error("cannot read `{file}`: {said}")]
    Refused {
        /// As the config names it.
        file: Shown,
        /// What it says.
        said: Shown,
    },
}

impl Explain for Unread {
    fn code(&self) -> Code {
        match self {
            Self::TooLong { .. } => Code::FileInvalid,
            Self::Missing { .. } | Self::NotAFile { .. } | Self::Refused { .. } => Code::File,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        let missing = matches!(self, Self::Missing { .. });
        missing
            .then(|| "write its path from the folder in which the service is configured".to_owned())
    }
}

/// The bytes of a file, which a relative path names from `folder`. Reads no more than `most` of them.
///
/// # Errors
/// It is none, it is longer, or the file system says no.
pub fn read(folder: &Path, path: &Text, most: usize) -> Result<Vec<u8>, Unread> {
    let file = || path.shown().clone();
    let refused = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unread::Missing { file: file() },
        _ => Unread::Refused {
            file: file(),
            said: error.to_string().into(),
        },
    };
    let whole = folder.join(path.value());
    // Asked before it is opened: that of a pipe would wait for somebody who writes.
    let found = fs::metadata(&whole).map_err(|error| refused(&error))?;
    if !found.is_file() {
        let what = if found.is_dir() {
            "a folder"
        } else {
            "a device or a pipe"
        };
        return Err(Unread::NotAFile { file: file(), what });
    }
    let opened = File::open(&whole).map_err(|error| refused(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(most).min(most) + 1);
    let read = opened.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| refused(&error))?;
    if bytes.len() > most {
        return Err(Unread::TooLong { file: file(), most });
    }
    Ok(bytes)
}

/// Whether a text that came out of a variable looks like a file's path, and not like a password.
#[must_use]
pub fn is_path(text: &str) -> bool {
    let of_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    text.len() <= 256 && text.contains(['.', '/']) && text.chars().all(of_path)
}

#[cfg(test)]
mod tests;
