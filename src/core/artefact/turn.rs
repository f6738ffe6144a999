//! Whose turn it is in a folder: what one run is writing there, another would take for what a killed one has left. The kernel ends a
//! turn with its process.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

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

/// A turn takes no longer than a folder's copy does.
const PATIENCE: Duration = Duration::from_secs(30);
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

    /// Takes it if nobody has it.
    pub fn if_free(folder: &Path) -> Option<Self> {
        let file = File::open(folder).ok()?;
        take(&file, Use::Change).ok()?;
        Some(Self(Some(file)))
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
}
