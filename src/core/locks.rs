//! Who is using a service's folder: locks of the kernel, which it drops with their process, killed or
//! not. The files lie in a folder that only this user can write to.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Cause;

/// The lock file of a service's folder, however the folder is spelt.
///
/// # Errors
/// The folder is not there.
pub fn path(locks: &Path, service: &Path, what: &str) -> io::Result<PathBuf> {
    let service = fs::canonicalize(service)?;
    // Equal for all processes of one build, which is all that meets here in practice.
    let mut hasher = DefaultHasher::new();
    service.hash(&mut hasher);
    Ok(locks.join(format!("{:016x}.{what}", hasher.finish())))
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

/// Whether an open file is still the one at `path`: a lock on a removed one keeps nobody out.
#[cfg(unix)]
#[must_use]
pub fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    let open = file.metadata().map(identity);
    matches!((open, fs::metadata(path).map(identity)), (Ok(open), Ok(there)) if open == there)
}

/// An open file cannot be removed there.
#[cfg(not(unix))]
#[must_use]
pub fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// The right to package a service: one process at a time.
///
/// The framework empties and fills `.serverless` however many runs there are, so two at once, of two
/// stages or of one, would take each other's artefacts.
#[derive(Debug, Default)]
pub struct Packaging(Option<(File, PathBuf)>);

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

    fn lock(service: &Path, locks: &Path) -> Result<(File, PathBuf), Cause> {
        let failed = |error: io::Error| Cause::of_file("lock", service, &error);
        let path = path(locks, service, "package").map_err(failed)?;
        loop {
            let file = open(&path).map_err(failed)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok((file, path)),
                // Its last user has just removed it.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let folder = service.display().to_string();
                    return Err(Cause::PackagingBusy { folder });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }

    /// Gives the right back. May be called again, and at any time: it never fails.
    pub fn release(&mut self) {
        if let Some((_file, path)) = self.0.take() {
            // While we hold it: what cannot be removed is used again by the next run.
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_packages_and_the_next_is_refused_until_it_ends() {
        let (service, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut one, mut other) = (Packaging::default(), Packaging::default());
        let claim = |packaging: &mut Packaging| packaging.claim(service.path(), locks.path());
        claim(&mut one).unwrap();
        claim(&mut one).unwrap();
        let cause = claim(&mut other).unwrap_err();
        assert_eq!(cause.code(), "SECRET_BAKER_FOLDER_BUSY");
        other.release();
        claim(&mut other).unwrap_err();
        one.release();
        claim(&mut other).unwrap();
        other.release();
        assert_eq!(fs::read_dir(locks.path()).unwrap().count(), 0);
    }

    #[test]
    fn of_many_at_once_there_is_never_more_than_one() {
        let (service, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let inside = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let mut packaging = Packaging::default();
                        if packaging.claim(service.path(), locks.path()).is_ok() {
                            let before = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                            assert_eq!(before, 0);
                            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                            packaging.release();
                        }
                    }
                });
            }
        });
    }
}
