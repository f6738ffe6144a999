//! One process at a time in a folder, for as long as it takes to look at a file there and to write it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Nobody looks and writes for a second; who holds the folder longer does something else with it.
const ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// Acts while no other process acts so in this folder. Where the system locks no folders, such as Windows, or somebody holds it for two
/// seconds, it acts nevertheless.
pub fn alone<T>(folder: &Path, act: impl FnOnce() -> T) -> T {
    let folder = File::open(folder);
    if let Ok(folder) = &folder {
        wait_for(folder);
    }
    act()
}

/// The kernel gives it back when the file is closed.
fn wait_for(folder: &File) {
    for _ in 0..ATTEMPTS {
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            Ok(()) | Err(TryLockError::Error(_)) => return,
        }
    }
}

#[cfg(test)]
mod tests;
