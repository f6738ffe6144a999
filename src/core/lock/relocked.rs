//! What has become of a lock in a bake: its new text, and what is another in it.

use std::io::Write as _;

use super::file::Locking;
use super::format::Lock;
use super::refusal::{LockName, Why};
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::folder::file_error::FileError;
use crate::folder::turn::Turn;
use crate::folder::whole_file;

/// More names and versions nobody reads in one line.
const MOST_TOLD: usize = 8;

/// What has become of one of its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It was not in it.
    Added,
    /// Its line is another.
    Changed,
    /// It is in it no longer.
    Removed,
    /// Nothing.
    Unchanged,
}

/// One of its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The secret's name.
    pub name: String,
    /// What has become of it.
    pub changed: Changed,
    /// The version that was locked.
    pub before: Option<String>,
    /// The version that is locked now.
    pub now: Option<String>,
    /// Whether the config names that very version.
    pub is_pinned: bool,
}

/// A lock after a bake. It is not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocked {
    /// What messages call it.
    pub name: LockName,
    /// All its secrets by name, those too that were removed.
    pub secrets: Vec<Change>,
    /// The bake's secrets that were taken from it, in the bake's order.
    pub held: Vec<String>,
    pub(super) locking: Locking,
    /// What stood in the file.
    pub(super) before: Lock,
    /// `None`: the file has it already.
    pub(super) lock: Option<Lock>,
}

impl Relocked {
    /// Whether the file is to be written.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.lock.is_some()
    }

    /// Writes the file, whole or not at all and never through a symbolic link, unless it is the same. To be called once all has gone well.
    ///
    /// # Errors
    /// Those of the file system, or somebody else has changed it meanwhile.
    pub fn write(&self) -> Result<(), Failure> {
        let Some(lock) = &self.lock else {
            return Ok(());
        };
        let path = self.locking.path();
        let _turn = Turn::to_write(&path)?;
        let now = self.locking.found()?;
        if now.as_ref() == Some(lock) {
            return Ok(());
        }
        if now.unwrap_or_default() != self.before {
            let why = Why::Changed(self.name.file.clone());
            return Err(self.locking.bad(why).into());
        }
        whole_file::replace(&path, |file| file.write_all(&lock.bytes()))
            .map_err(|error| FileError::of("write", &path, &error))?;
        Ok(())
    }

    /// The same, and the file is to stay as it is.
    #[must_use]
    pub fn unwritten(self) -> Self {
        Self { lock: None, ..self }
    }

    /// Which of some secrets were taken from it, each with its version. `None`: none was.
    #[must_use]
    pub fn held_of(&self, is_one: impl Fn(&str) -> bool) -> Option<String> {
        let held: Vec<&String> = self.held.iter().filter(|name| is_one(name)).collect();
        let versions = held.iter().take(MOST_TOLD).map(|name| {
            let mut all = self.secrets.iter();
            let version = all.find(|one| one.name == **name);
            let version = version.and_then(|one| one.now.as_deref());
            let (name, version) = (Shown::of(name), Shown::of(version.unwrap_or("-")));
            format!("{name} {version}")
        });
        let versions = versions.collect::<Vec<_>>().join(", ");
        let file = &self.name;
        Some(match held.len() {
            0 => return None,
            1 => format!("1 secret is taken from {file}: {versions}"),
            many if many <= MOST_TOLD => {
                format!("{many} secrets are taken from {file}: {versions}")
            }
            many => format!("{many} secrets are taken from {file}: {versions}, ..."),
        })
    }

    /// What the user should know.
    #[must_use]
    pub fn notice(&self) -> String {
        let file = &self.name;
        let count = |changed| {
            let secrets = self.secrets.iter();
            secrets.filter(|one| one.changed == changed).count()
        };
        let held = match self.held.len() {
            0 => format!("no secret is taken from {file}"),
            1 => format!("1 secret is taken from {file}"),
            many => format!("{many} secrets are taken from {file}"),
        };
        let counts = [
            (Changed::Added, "added"),
            (Changed::Changed, "changed"),
            (Changed::Removed, "removed"),
        ];
        let counts = counts.map(|(changed, word)| (count(changed), word));
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let said =
            std::iter::once(held).chain(counts.map(|(count, word)| format!("{count} {word}")));
        let end = if self.is_changed() { ": commit it" } else { "" };
        said.collect::<Vec<_>>().join(", ") + end
    }
}
