//! Who is using a service's folder: locks of the kernel, which it drops with their process, killed or
//! not. The files lie in a folder that only this user can write to, and stay there: where a removed file can still be
//! open, two processes could each hold "the" lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::bundle;
use crate::failure::Cause;
use crate::failure::shown::Shown;

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
/// The framework empties and fills `.serverless` however many runs there are, so two at once, of two
/// stages or of one, would take each other's artefacts.
#[derive(Debug, Default)]
pub struct Packaging(Option<File>);

impl Packaging {
    /// Takes the right, or sees that it is ours already. Waits for nobody.
    ///
    /// # Errors
    /// Another live process has it; the lock file cannot be made.
    pub fn claim(&mut self, service: &Path, locks: &Path) -> Result<(), Cause> {
        if self.0.is_none() {
            self.0 = Some(Self::lock(service, locks)?);
        }
        Ok(())
    }

    fn lock(service: &Path, locks: &Path) -> Result<File, Cause> {
        let failed = |error: io::Error| Cause::of_file("lock", service, &error);
        let path = path(locks, service, "package").map_err(failed)?;
        let file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let folder = Shown::path(service);
                Err(Cause::PackagingBusy { folder })
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Gives the right back. May be called again, and at any time: it never fails.
    pub fn release(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests;
