//! Which lock a bake has, and what it may do with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::format::Lock;
use super::refusal::{BadLock, LockName, Why};
use crate::config::Text;
use crate::failure::Failure;
use crate::folder::file_error::FileError;
use crate::source::input_file;

/// Twice a bundle, of which each lock's entries must be able to make one.
const LONGEST: usize = 2 * crate::bundle::LONGEST;
/// The longest part of the name that a stage gives.
const LONGEST_STAGE: usize = 128;

/// What is to become of a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wish {
    /// Where there is one, what it lacks is asked for and put into it. Where there is none, nothing is locked.
    #[default]
    Keep,
    /// It stays as it is, or the bake fails. With `true` it must be there; with `false` that is because of `CI`, and without one nothing is
    /// locked.
    Frozen(bool),
    /// The same as `Keep`, and it is made where there is none.
    Write,
    /// These secrets, or all, are asked for again.
    Renew(Option<Vec<String>>),
}

/// A service's lock, and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locking {
    folder: PathBuf,
    name: LockName,
    wish: Wish,
}

impl Locking {
    /// The lock of a folder and a stage: each stage has a file of its own, so that two that are packaged at once never change one.
    #[must_use]
    pub fn of(folder: &Path, stage: Option<&str>, wish: Wish) -> Self {
        let file = match stage {
            Some(stage) => format!("secret-baker.lock.{}.json", in_a_name(stage)),
            None => "secret-baker.lock.json".to_owned(),
        };
        let stage = stage.map(str::to_owned);
        Self {
            folder: folder.to_owned(),
            name: LockName { file, stage },
            wish,
        }
    }

    /// The lock of a bake: frozen if that is set, and without a setting if `CI` is.
    #[must_use]
    pub fn of_bake(folder: &Path, stage: Option<&str>, frozen: Option<bool>) -> Self {
        let wish = match frozen {
            Some(true) => Wish::Frozen(true),
            None if is_in_ci() => Wish::Frozen(false),
            Some(false) | None => Wish::Keep,
        };
        Self::of(folder, stage, wish)
    }

    /// What messages call it.
    #[must_use]
    pub fn name(&self) -> &LockName {
        &self.name
    }

    /// What is to become of it.
    #[must_use]
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.name.file)
    }

    /// Reads it. `None`: nothing is locked.
    ///
    /// # Errors
    /// It is not what is written there, or is not there and must be.
    pub fn read(&self) -> Result<Option<Lock>, Failure> {
        match (self.found()?, &self.wish) {
            (Some(lock), _) => Ok(Some(lock)),
            (None, Wish::Keep | Wish::Frozen(false)) => Ok(None),
            (None, Wish::Write) => Ok(Some(Lock::default())),
            (None, Wish::Frozen(true) | Wish::Renew(_)) => {
                Err(self.bad(Why::Missing(self.name.file.clone())).into())
            }
        }
    }

    /// What stands in it. `None`: there is no file.
    ///
    /// # Errors
    /// It is not what is written there.
    pub(super) fn found(&self) -> Result<Option<Lock>, Failure> {
        let path = self.path();
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Err(self.bad(Why::NotAFile(self.name.file.clone())).into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FileError::of("read", &path, &error).into()),
        }
        let bytes = input_file::read(&self.folder, &Text::public(&self.name.file), LONGEST)?;
        let lock = Lock::read(&bytes, &self.name.file);
        Ok(Some(lock.map_err(|why| self.bad(why))?))
    }

    /// What is wrong with it.
    pub(super) fn bad(&self, why: Why) -> BadLock {
        BadLock {
            lock: self.name.clone(),
            why,
        }
    }
}

/// A stage as a part of a file's name.
fn in_a_name(stage: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') {
            c
        } else {
            '-'
        }
    };
    stage.chars().map(plain).take(LONGEST_STAGE).collect()
}

/// As services that build set it.
fn is_in_ci() -> bool {
    std::env::var("CI").is_ok_and(|set| ["true", "1"].contains(&set.to_lowercase().as_str()))
}
