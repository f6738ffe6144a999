//! What the file system said about a file or folder.

use std::io;
use std::path::Path;

use crate::failure::shown::Shown;
use crate::failure::{Code, Explain};

/// A file or folder that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {what} {path}: {said}")]
pub struct FileError {
    what: &'static str,
    path: Shown,
    said: Shown,
}

impl FileError {
    /// `what` was to be done with it: `write`.
    #[must_use]
    pub fn of(what: &'static str, path: &Path, error: &io::Error) -> Self {
        Self {
            what,
            path: Shown::path(path),
            said: error.to_string().into(),
        }
    }
}

impl Explain for FileError {
    fn code(&self) -> Code {
        Code::File
    }
}
