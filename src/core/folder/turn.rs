//! Whose turn it is in a folder: what one run is writing there, another would take for what a killed one has left, or write over what
//! it has not seen. The kernel ends a turn with its process, and no file is left.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// What is done in the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Others may look at the same time.
    Look,
    /// Nobody else may.
    Change,
}

/// The right to use a folder, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "the lock goes with it")] Option<File>);

/// Another process has not ended its turn in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Another process has edited a file of the folder for too long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run has been writing beside {file} for {} seconds", patience.as_secs())]
pub struct BeingEdited {
    file: Shown,
    patience: Duration,
}

impl Explain for BeingEdited {
    fn code(&self) -> Code {
        Code::FolderBusy
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("wait until it ends, or end it".into())
    }
}

/// A turn takes no longer than a folder's copy does.
const PATIENCE: Duration = Duration::from_secs(30);
/// As long as the calls of one that edits may take.
const LONGEST_EDIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

impl Turn {
    /// Waits for it. Where folders cannot be locked, as on Windows and some network drives, nobody waits for anybody.
    ///
    /// # Errors
    /// Another process uses the folder all the time.
    pub fn wait(folder: &Path, wanted: Use) -> Result<Self, Busy> {
        Self::wait_for(folder, wanted, PATIENCE)
    }

    fn wait_for(folder: &Path, wanted: Use, patience: Duration) -> Result<Self, Busy> {
        let Ok(file) = File::open(folder) else {
            return Ok(Self(None));
        };
        let end = Instant::now() + patience;
        loop {
            match take(&file, wanted) {
                Ok(()) => return Ok(Self(Some(file))),
                Err(TryLockError::Error(_)) => return Ok(Self(None)),
                Err(TryLockError::WouldBlock) if Instant::now() >= end => return Err(Busy),
                Err(TryLockError::WouldBlock) => sleep(PAUSE),
            }
        }
    }

    /// Waits until nobody else looks at a file of the user's and writes it then. Where it is a link, the folder is that of what is written.
    ///
    /// # Errors
    /// Another process edits there all the time.
    pub async fn to_edit(file: &Path) -> Result<Self, BeingEdited> {
        let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let folder = real.parent().unwrap_or(Path::new("."));
        let end = tokio::time::Instant::now() + LONGEST_EDIT;
        loop {
            match Self::wait_for(folder, Use::Change, Duration::ZERO) {
                Ok(turn) => return Ok(turn),
                Err(Busy) if tokio::time::Instant::now() >= end => {
                    return Err(BeingEdited::of(file, LONGEST_EDIT));
                }
                Err(Busy) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// The same, for what is written at once.
    ///
    /// # Errors
    /// As of it.
    pub fn to_write(file: &Path) -> Result<Self, BeingEdited> {
        let folder = file.parent().unwrap_or(Path::new("."));
        Self::wait(folder, Use::Change).map_err(|Busy| BeingEdited::of(file, PATIENCE))
    }

    /// Takes it if nobody has it.
    #[must_use]
    pub fn if_free(folder: &Path) -> Option<Self> {
        let file = File::open(folder).ok()?;
        take(&file, Use::Change).ok()?;
        Some(Self(Some(file)))
    }
}

impl BeingEdited {
    fn of(file: &Path, patience: Duration) -> Self {
        Self {
            file: Shown::path(file),
            patience,
        }
    }
}

fn take(file: &File, wanted: Use) -> Result<(), TryLockError> {
    match wanted {
        Use::Look => file.try_lock_shared(),
        Use::Change => file.try_lock(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(60);

    #[test]
    fn many_may_look_and_one_alone_may_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let looks = [Use::Look, Use::Look].map(|wanted| Turn::wait_for(path, wanted, SOON));
        assert!(looks.iter().all(Result::is_ok));
        assert_eq!(Turn::wait_for(path, Use::Change, SOON).unwrap_err(), Busy);
        drop(looks);
        let change = Turn::wait_for(path, Use::Change, SOON).unwrap();
        assert_eq!(Turn::wait_for(path, Use::Look, SOON).unwrap_err(), Busy);
        assert!(Turn::if_free(path).is_none());
        drop(change);
        assert!(Turn::if_free(path).is_some());
    }

    #[test]
    fn whoever_waits_gets_it_when_the_other_ends() {
        let folder = tempfile::tempdir().unwrap();
        let change = Turn::wait(folder.path(), Use::Change).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Turn::wait(folder.path(), Use::Look).is_ok());
            sleep(SOON);
            assert!(!waiting.is_finished());
            drop(change);
            assert!(waiting.join().unwrap());
        });
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_edits_waits_for_the_other_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let first = Turn::to_edit(&folder.path().join(".env")).await.unwrap();
        let busy = Turn::to_edit(&folder.path().join("other")).await;
        let busy = busy.unwrap_err().to_string();
        assert!(busy.ends_with("for 60 seconds"), "{busy}");
        drop(first);
        assert!(Turn::to_write(&folder.path().join("other")).is_ok());
    }

    #[test]
    fn nobody_waits_for_a_folder_that_is_not_there() {
        assert!(Turn::wait(Path::new("no such folder"), Use::Change).is_ok());
    }
}
