//! The service's folder while this process has its bundle in it: claimed, written, released.
//!
//! Two runs may use one folder at once as long as their bundles are the same: a short
//! `invoke local` beside a long `offline`. Each holds a shared lock for its life, which the
//! kernel drops even when the process is killed; the last one removes the bundle. A run with
//! other secrets is refused, so that two stages never swap theirs.

pub mod file_error;
pub mod lock;
pub mod turn;
pub mod whole_file;

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use self::file_error::FileError;
use self::whole_file::{TEMPORARY, has_mode};
use crate::bundle::{self, Bundle};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// Why a bundle cannot lie in a folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Another live process uses the folder with other secrets.
    #[error("another run is using {folder} with other secrets")]
    Busy {
        /// The service's.
        folder: Shown,
    },
    /// A file of the user's where the bundle must go.
    #[error("{path} is no bundle of this plugin, and the bundle must go there")]
    Foreign {
        /// The file's.
        path: Shown,
    },
    /// The file system's.
    #[error(transparent)]
    File(#[from] FileError),
}

impl Explain for Refused {
    fn code(&self) -> Code {
        match self {
            Self::Busy { .. } => Code::FolderBusy,
            Self::Foreign { .. } => Code::File,
            Self::File(error) => error.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::Busy { .. } => Some(
                "wait until it ends, or package from another copy of the folder; nothing was changed".into(),
            ),
            Self::Foreign { .. } => {
                Some("move or rename it: it was neither replaced nor removed".into())
            }
            Self::File(error) => error.hint(caller),
        }
    }
}

/// A folder in use.
#[derive(Debug)]
pub struct Folder {
    service: PathBuf,
    locks: PathBuf,
    bundle: Bundle,
    in_use: Option<File>,
    /// Each file, and what we put there.
    written: Vec<(PathBuf, Bundle)>,
}

impl Folder {
    /// Touches nothing yet. `locks` is a folder that only this user can write to.
    #[must_use]
    pub fn new(service: PathBuf, locks: PathBuf, bundle: Bundle) -> Self {
        Self {
            service,
            locks,
            bundle,
            in_use: None,
            written: Vec::new(),
        }
    }

    /// Writes the bundle into `dir`, the service's folder or one that a tool packages from.
    ///
    /// The file appears whole or not at all, with mode 0644 whatever the umask (bundlers copy
    /// the mode, and Lambda's user must read it); a symbolic link in its place is replaced, not
    /// followed. A file that already holds these bytes is left alone, and so is one of the user's own.
    ///
    /// # Errors
    /// Another live run uses the folder with other secrets; a file that is no bundle lies there; the file cannot be written.
    pub fn write(&mut self, dir: &Path) -> Result<(), Refused> {
        self.write_narrowed(dir, &self.bundle.clone())
    }

    /// Writes another bundle into `dir`: the part that the function of an image carries. As `write`.
    ///
    /// # Errors
    /// As `write`.
    pub fn write_narrowed(&mut self, dir: &Path, bundle: &Bundle) -> Result<(), Refused> {
        let _turn = self.turn().map_err(|error| self.cannot_lock(&error))?;
        if self.in_use.is_none() {
            let in_use = self.claim()?;
            // The service's own copy is what other runs compare theirs with. Without it the folder is not in use.
            let (service, whole) = (self.service.clone(), self.bundle.clone());
            self.put(&service, &whole)?;
            self.in_use = Some(in_use);
        }
        self.put(dir, bundle)
    }

    /// Counts a copy as ours that another tool has made in `dir`, so that it goes with the rest. Whether there is one: a plain file,
    /// in a folder that is no symbolic link, with bytes that this process has written.
    pub fn adopt(&mut self, dir: &Path) -> bool {
        let path = dir.join(bundle::FILE);
        let is_folder = fs::symlink_metadata(dir).is_ok_and(|found| found.is_dir());
        if self.in_use.is_none() || !is_folder || self.written.iter().any(|(own, _)| *own == path) {
            return false;
        }
        let mut written = self.written.iter().map(|(_, bundle)| bundle);
        let Some(bundle) = written.find(|bundle| holds(&path, bundle.bytes())) else {
            return false;
        };
        self.written.push((path, bundle.clone()));
        true
    }

    /// Ends the use of the folder and removes what was written, unless another live run uses
    /// it or it no longer holds our bytes. `keep` leaves the service's own file: copies elsewhere
    /// would be packed by the next run. Returns what was removed.
    ///
    /// May be called again, and at any time: it never fails.
    pub fn release(&mut self, keep: bool) -> Vec<PathBuf> {
        let Some(in_use) = self.in_use.take() else {
            return Vec::new();
        };
        // Without the turn another run might look for its file while we remove it; that is told to it as any other removal.
        let _turn = self.turn();
        let others =
            in_use.unlock().is_ok() && matches!(in_use.try_lock(), Err(TryLockError::WouldBlock));
        let written = std::mem::take(&mut self.written);
        let removed = if others {
            Vec::new()
        } else {
            self.remove(written, keep)
        };
        // Before our turn ends: the next one would take what we hold for another run.
        drop(in_use);
        removed
    }

    fn remove(&self, written: Vec<(PathBuf, Bundle)>, keep: bool) -> Vec<PathBuf> {
        // Another spelling of its path may have been written too.
        let own = self.service.join(bundle::FILE).canonicalize().ok();
        let kept = |path: &Path| keep && path.canonicalize().ok() == own;
        let ours = |(path, bundle): &(PathBuf, Bundle)| {
            !kept(path) && holds(path, bundle.bytes()) && fs::remove_file(path).is_ok()
        };
        let removed = written.into_iter().filter(ours);
        removed.map(|(path, _)| path).collect()
    }

    /// The shared lock, unless another live run has put other secrets here.
    fn claim(&self) -> Result<File, Refused> {
        let failed = |error: io::Error| self.cannot_lock(&error);
        let in_use = self.open_lock("use").map_err(failed)?;
        match in_use.try_lock() {
            // Nobody else: a bundle that lies here is what a killed run has left.
            Ok(()) => in_use.unlock().map_err(failed)?,
            Err(TryLockError::WouldBlock)
                if is_written(&self.service.join(bundle::FILE), self.bundle.bytes()) => {}
            Err(TryLockError::WouldBlock) => {
                let folder = Shown::path(&self.service);
                return Err(Refused::Busy { folder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error).into()),
        }
        in_use.lock_shared().map_err(failed)?;
        Ok(in_use)
    }

    /// Writes one copy. To be called in our turn: then a temporary file that lies there was
    /// left by a killed run, and would be packaged.
    fn put(&mut self, dir: &Path, bundle: &Bundle) -> Result<(), Refused> {
        let path = dir.join(bundle::FILE);
        sweep(dir);
        if !is_written(&path, bundle.bytes()) {
            if is_foreign(&path) {
                let path = Shown::path(&path);
                return Err(Refused::Foreign { path });
            }
            whole_file::replace(&path, |file| file.write_all(bundle.bytes()))
                .map_err(|error| FileError::of("write", &path, &error))?;
        }
        self.written.retain(|(other, _)| *other != path);
        self.written.push((path, bundle.clone()));
        Ok(())
    }

    fn cannot_lock(&self, error: &io::Error) -> FileError {
        FileError::of("lock", &self.service, error)
    }

    /// Held for a moment only, by one process at a time.
    fn turn(&self) -> io::Result<File> {
        let turn = self.open_lock("turn")?;
        turn.lock()?;
        Ok(turn)
    }

    fn open_lock(&self, what: &str) -> io::Result<File> {
        lock::open(&lock::path(&self.locks, &self.service, what)?)
    }
}

/// Whether a regular file with just these bytes and a fitting mode lies at `path`.
fn is_written(path: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| has_mode(&found)) && holds(path, bytes)
}

/// Whether a regular file with just these bytes lies at `path`.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let fits = fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64);
    fits && fs::read(path).is_ok_and(|found| found == bytes)
}

/// Whether a file of the user's own lies at `path`: no bundle, which a killed run may have left. A symbolic link is not followed, and
/// what cannot be read is not known to be ours.
#[must_use]
pub fn is_foreign(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let mut bytes = Vec::new();
    let most = bundle::LONGEST as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    let is_ours = Bundle::read(&bytes).is_ok_and(|bundle| bundle.is_ours());
    read.is_err() || bytes.len() > bundle::LONGEST || !is_ours
}

fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY))
        {
            // What cannot be removed cannot be written either: `replace` reports it.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;
