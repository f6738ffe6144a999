//! Who is using a service's folder: locks of the kernel, which it drops with their process, killed or
//! not. The files lie in a folder that only this user can write to, and stay there: where a removed file can still be
//! open, two processes could each hold "the" lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file_error::FileError;
use crate::bundle;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// Why a process has no right to package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRight {
    /// Another live process packages the service.
    #[error("another run is packaging {folder}")]
    Busy {
        /// The service's.
        folder: Shown,
    },
    /// The lock file cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Explain for NoRight {
    fn code(&self) -> Code {
        match self {
            Self::Busy { .. } => Code::FolderBusy,
            Self::File(error) => error.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Busy { .. } => Some(format!(
                "wait until it ends, or package from another copy of the folder{}; nothing was baked",
                caller.package_alone
            )),
            Self::File(error) => error.hint(caller),
        }
    }
}

/// The lock file of a service's folder, however the folder is spelt and whatever version of this made it.
///
/// # Errors
/// The folder is not there.
pub fn path(locks: &Path, service: &Path, what: &str) -> io::Result<PathBuf> {
    let service = fs::canonicalize(service)?;
    let name = bundle::digest(service.as_os_str().as_encoded_bytes());
    Ok(locks.join(format!("{name}.{what}")))
}

/// Opens a lock file, or makes it.
///
/// # Errors
/// Those of the file system.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}

/// The right to package a service: one process at a time.
///
/// A packaging tool empties and fills one folder however many runs there are, so two at once, of two
/// stages or of one, would take each other's artefacts.
#[derive(Debug, Default)]
pub struct Packaging(Option<File>);

impl Packaging {
    /// Takes the right, or sees that it is ours already. Waits for nobody.
    ///
    /// # Errors
    /// Another live process has it; the lock file cannot be made.
    pub fn claim(&mut self, service: &Path, locks: &Path) -> Result<(), NoRight> {
        if self.0.is_none() {
            self.0 = Some(Self::lock(service, locks)?);
        }
        Ok(())
    }

    fn lock(service: &Path, locks: &Path) -> Result<File, NoRight> {
        let failed = |error: io::Error| FileError::of("lock", service, &error);
        let path = path(locks, service, "package").map_err(failed)?;
        let file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let folder = Shown::path(service);
                Err(NoRight::Busy { folder })
            }
            Err(TryLockError::Error(error)) => Err(failed(error).into()),
        }
    }

    /// Gives the right back. May be called again, and at any time: it never fails.
    pub fn release(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests;
