//! Edits of a user's file, one after the other: whoever edits one has its folder's lock from the reading to the writing, so that none
//! writes over what another has just written. The kernel drops it with the process, and no file is left.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// As long as the calls of one that edits may take.
const LONGEST: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Another process has edited a file of the folder for too long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("another run has been writing beside {file} for {} seconds", LONGEST.as_secs())]
pub struct Busy {
    file: Shown,
}

impl Explain for Busy {
    fn code(&self) -> Code {
        Code::FolderBusy
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("wait until it ends, or end it".into())
    }
}

/// Nobody else edits the file while this lives.
pub struct Turn {
    _folder: Option<File>,
}

/// Waits for the turn, for a minute. A folder that cannot be locked, as on Windows and on some shared disks, is edited without.
///
/// # Errors
/// Another has it all the time.
pub async fn wait(file: &Path) -> Result<Turn, Busy> {
    // Where a link leads is where it is written.
    let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let Some(folder) = real.parent().and_then(|folder| File::open(folder).ok()) else {
        return Ok(Turn { _folder: None });
    };
    let ends = tokio::time::Instant::now() + LONGEST;
    loop {
        match folder.try_lock() {
            Ok(()) => {
                return Ok(Turn {
                    _folder: Some(folder),
                });
            }
            Err(TryLockError::Error(_)) => return Ok(Turn { _folder: None }),
            Err(TryLockError::WouldBlock) if tokio::time::Instant::now() < ends => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(TryLockError::WouldBlock) => {
                let file = Shown::path(file);
                return Err(Busy { file });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_waits_for_the_other_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        let first = wait(&file).await.unwrap();
        let Err(busy) = wait(&folder.path().join("other")).await else {
            panic!("two have their turn at once");
        };
        assert!(busy.to_string().ends_with("for 60 seconds"), "{busy}");
        drop(first);
        assert!(wait(&file).await.is_ok());
    }
}
