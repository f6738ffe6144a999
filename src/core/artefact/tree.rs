//! A folder as an artefact: what of ours lies in it, and the same folder with one file more. Links are neither followed nor changed:
//! what they lead to is somebody else's.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::look::{Found, is_stray};
use super::zip::{Member, Trouble};
use crate::bundle::{self, Bundle};
use crate::folder::turn::{Busy, Turn, Use};
use crate::folder::whole_file::{self, TEMPORARY};

/// A folder that is packed later. Nobody else changes it as long as this is there.
#[derive(Debug)]
pub struct Tree {
    path: PathBuf,
    _turn: Turn,
}

impl Tree {
    /// A folder, or a link to one.
    ///
    /// # Errors
    /// It is none, cannot be read, or another process uses it.
    pub fn open(path: &Path, wanted: Use) -> Result<Self, Trouble> {
        if !fs::metadata(path)?.is_dir() {
            return Err(Trouble::Damaged("it is no folder"));
        }
        Ok(Self {
            path: path.to_owned(),
            _turn: Turn::wait(path, wanted)?,
        })
    }

    /// Whether there is anything of that name at the root.
    pub fn has(&self, name: &OsStr) -> bool {
        fs::symlink_metadata(self.path.join(name)).is_ok()
    }

    /// The folder of that name at the root, if there is one.
    pub fn folder_at(&self, name: &str) -> Option<PathBuf> {
        let path = self.path.join(name);
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        is_folder.then_some(path)
    }

    /// Whether a file is at the root just so.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look(&self, member: &Member<'_>) -> io::Result<Found> {
        match member.is_file(&self.path.join(member.name())) {
            Ok(true) => Ok(Found::Right),
            Ok(false) => Ok(Found::Other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Missing),
            Err(error) => Err(error),
        }
    }

    /// The bundle at the root, if it is a plain file that everybody may read.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn bundle(&self) -> io::Result<Option<Vec<u8>>> {
        bundle_in(&self.path)
    }

    /// The bundles below the root, by their paths within, and what a killed run has left half-written at it.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn strays(&self) -> io::Result<Vec<PathBuf>> {
        let mut strays = Vec::new();
        self.walk(|within, path, found| {
            let name = within.file_name().unwrap_or_default();
            let is_at_root = within.components().count() == 1;
            let is_stray = if is_at_root {
                found.is_file() && name.to_string_lossy().starts_with(TEMPORARY)
            } else {
                name == bundle::FILE
                    && found.is_file()
                    && is_short(found)
                    && is_stray(&fs::read(path)?)
            };
            if is_stray {
                strays.push(within.to_owned());
            }
            Ok(())
        })?;
        strays.sort_unstable();
        Ok(strays)
    }

    /// Puts these files at the root of `target`: of the folder itself, or of a copy there, which replaces one that was made before.
    ///
    /// # Errors
    /// Something cannot be read or written.
    pub fn write(
        &self,
        target: &Path,
        members: &[&Member<'_>],
        strays: &[&Path],
    ) -> Result<(), Trouble> {
        if target == self.path {
            put_into(target, members)?;
            for stray in strays {
                fs::remove_file(target.join(stray))?;
            }
            return Ok(());
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        let (temporary, _own) = temporary_in(folder)?;
        let copy = temporary.path().join("copy");
        self.copy(&copy, strays)?;
        put_into(&copy, members)?;
        // An earlier copy goes with the temporary folder.
        let earlier = temporary.path().join("earlier");
        let _turn = Turn::wait(folder, Use::Change)?;
        let had_one = match fs::rename(target, &earlier) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            renamed => renamed.map(|()| true)?,
        };
        if let Err(error) = fs::rename(&copy, target) {
            if had_one {
                fs::rename(&earlier, target)?;
            }
            return Err(error.into());
        }
        Ok(())
    }

    /// Everything but the strays, links as links, with its permissions and times.
    fn copy(&self, to: &Path, strays: &[&Path]) -> Result<(), Trouble> {
        let mut folders = vec![(self.path.clone(), to.to_owned())];
        fs::create_dir(to)?;
        self.walk(|within, path, found| {
            let target = to.join(within);
            if found.is_dir() {
                fs::create_dir(&target)?;
                folders.push((path.to_owned(), target));
                Ok(())
            } else if found.is_symlink() {
                link(path, &target)
            } else if found.is_file() {
                let is_stray = strays.contains(&within);
                if is_stray {
                    Ok(())
                } else {
                    fs::copy(path, &target)?;
                    keep_time(&target, found)
                }
            } else {
                let what = format!("{} is neither a file nor a folder", within.display());
                Err(io::Error::other(what))
            }
        })?;
        // Once all is in them: they may be read-only.
        for (from, to) in folders.iter().rev() {
            let found = fs::metadata(from)?;
            keep_time(to, &found)?;
            fs::set_permissions(to, found.permissions())?;
        }
        Ok(())
    }

    /// Everything in it, each folder before what is in it: its path within, its path, and what it is.
    fn walk(
        &self,
        mut see: impl FnMut(&Path, &Path, &Metadata) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.path.join(&folder));
            for entry in entries.map_err(|error| at(&folder, &error))? {
                let entry = entry?;
                let within = folder.join(entry.file_name());
                let seen = entry.metadata().and_then(|found| {
                    see(&within, &entry.path(), &found)?;
                    Ok(found)
                });
                let found = seen.map_err(|error| at(&within, &error))?;
                if found.is_dir() {
                    folders.push(within);
                }
            }
        }
        Ok(())
    }
}

/// What a system error does not tell: where in the folder it was met.
fn at(within: &Path, error: &io::Error) -> io::Error {
    if within.as_os_str().is_empty() {
        return io::Error::new(error.kind(), error.to_string());
    }
    io::Error::new(error.kind(), format!("{}: {error}", within.display()))
}

/// A folder for a copy, and the turn in it, which tells other runs that somebody is writing there; those that nobody does are removed.
fn temporary_in(folder: &Path) -> Result<(TempDir, Turn), Trouble> {
    let _turn = Turn::wait(folder, Use::Change)?;
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        let is_temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        if is_temporary && path.is_dir() && Turn::if_free(&path).is_some() {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_dir_all(path);
        }
    }
    let temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(folder)?;
    let own = Turn::wait(temporary.path(), Use::Change)?;
    Ok((temporary, own))
}

/// The bundle at a folder's root, if it is a plain file that everybody may read.
fn bundle_in(folder: &Path) -> io::Result<Option<Vec<u8>>> {
    let path = folder.join(bundle::FILE);
    let readable = fs::symlink_metadata(&path).is_ok_and(|found| {
        found.is_file() && whole_file::allows(&found, 0o444) && is_short(&found)
    });
    readable.then(|| fs::read(path)).transpose()
}

/// A copy is no newer than what it is one of.
#[cfg(unix)]
fn keep_time(copy: &Path, of: &Metadata) -> io::Result<()> {
    File::open(copy)?.set_modified(of.modified()?)
}

/// The system's copy keeps it.
#[cfg(not(unix))]
fn keep_time(_: &Path, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether `path` is a folder into which a bake has put a bundle.
pub fn is_copy(path: &Path) -> bool {
    let bytes = bundle_in(path).ok().flatten();
    let is_folder = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    let read = bytes.and_then(|bytes| Bundle::read(&bytes).ok());
    is_folder && read.is_some_and(|bundle| bundle.is_ours())
}

impl From<Busy> for Trouble {
    fn from(Busy: Busy) -> Self {
        Self::Busy
    }
}

fn is_short(found: &Metadata) -> bool {
    found.len() <= bundle::LONGEST as u64
}

/// All of them are written before the first one appears.
fn put_into(folder: &Path, members: &[&Member<'_>]) -> Result<(), Trouble> {
    let staged = members.iter().map(|member| member.stage_in(folder));
    for staged in staged.collect::<io::Result<Vec<_>>>()? {
        staged.appear()?;
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

/// Links need a right of their own there: what they lead to is copied.
#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(drop)
}

#[cfg(test)]
mod tests;
