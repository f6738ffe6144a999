//! A folder as an artefact: what of ours lies in it, and the same folder with one file more. Links are neither followed nor changed:
//! what they lead to is somebody else's.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::look::{Found, is_stray};
use super::zip::{Member, Trouble};
use crate::bundle::{self, Bundle};
use crate::folder::whole_file::{self, TEMPORARY};

/// A folder that is packed later.
#[derive(Debug)]
pub struct Tree(PathBuf);

impl Tree {
    /// Whether it is a folder, or a link to one.
    ///
    /// # Errors
    /// It is none, or cannot be read.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        if !fs::metadata(path)?.is_dir() {
            return Err(Trouble::Damaged("it is no folder"));
        }
        Ok(Self(path.to_owned()))
    }

    /// Whether there is anything of that name at the root.
    pub fn has(&self, name: &OsStr) -> bool {
        fs::symlink_metadata(self.0.join(name)).is_ok()
    }

    /// Whether a file is at the root just so.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn look(&self, member: &Member<'_>) -> io::Result<Found> {
        match member.is_file(&self.0.join(member.name())) {
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
        let path = self.0.join(bundle::FILE);
        let readable = fs::symlink_metadata(&path).is_ok_and(|found| {
            found.is_file() && whole_file::allows(&found, 0o444) && is_short(&found)
        });
        readable.then(|| fs::read(path)).transpose()
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
        strays.sort();
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
        if target == self.0 {
            for stray in strays {
                fs::remove_file(target.join(stray))?;
            }
            return put_into(target, members);
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut temporary = tempfile::Builder::new();
        let temporary = temporary.prefix(TEMPORARY).tempdir_in(folder)?;
        let copy = temporary.path().join("copy");
        self.copy(&copy, strays)?;
        put_into(&copy, members)?;
        // An earlier copy goes with the temporary folder.
        let earlier = temporary.path().join("earlier");
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

    /// Everything but the strays, links as links, with its permissions.
    fn copy(&self, to: &Path, strays: &[&Path]) -> Result<(), Trouble> {
        let mut folders = vec![(self.0.clone(), to.to_owned())];
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
                    fs::copy(path, target).map(drop)
                }
            } else {
                let what = format!("{} is neither a file nor a folder", within.display());
                Err(io::Error::other(what))
            }
        })?;
        // Once all is in them: they may be read-only.
        for (from, to) in folders.iter().rev() {
            fs::set_permissions(to, fs::metadata(from)?.permissions())?;
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
            for entry in fs::read_dir(self.0.join(&folder))? {
                let entry = entry?;
                let found = entry.metadata()?;
                let within = folder.join(entry.file_name());
                see(&within, &entry.path(), &found)?;
                if found.is_dir() {
                    folders.push(within);
                }
            }
        }
        Ok(())
    }
}

/// Whether `path` is a folder into which a bake has put a bundle.
pub fn is_copy(path: &Path) -> bool {
    let bytes = Tree(path.to_owned()).bundle().ok().flatten();
    let is_folder = fs::symlink_metadata(path).is_ok_and(|found| found.is_dir());
    let read = bytes.and_then(|bytes| Bundle::read(&bytes).ok());
    is_folder && read.is_some_and(|bundle| bundle.is_ours())
}

fn is_short(found: &Metadata) -> bool {
    found.len() <= bundle::LONGEST as u64
}

fn put_into(folder: &Path, members: &[&Member<'_>]) -> Result<(), Trouble> {
    for member in members {
        member.write_into(folder)?;
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
