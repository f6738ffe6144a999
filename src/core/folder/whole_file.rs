//! Files that appear whole or not at all.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

/// Begins the name of every file that is being written. What lies about was left by a killed run.
pub const TEMPORARY: &str = ".secret-baker-secrets.json.";

/// Writes beside the target, to the disk, and renames: never half a file, not after a loss of power either, and never through a
/// symbolic link. The file gets mode 0644 whatever the umask. On failure what was at `path` is still there.
///
/// # Errors
/// Those of `write` and of the file system.
pub fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    replace_with_mode(path, MODE, write)
}

/// The same with another mode, such as that of a program.
///
/// # Errors
/// As `replace`.
pub fn replace_with_mode<E: From<io::Error>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    Ok(stage(path, mode, write)?.appear()?)
}

/// A file that is written whole, and not in its place yet. It is removed where it never gets there.
#[derive(Debug)]
pub struct Staged {
    temporary: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Puts it into its place.
    ///
    /// # Errors
    /// Those of the file system; what was there still is.
    pub fn appear(self) -> io::Result<()> {
        self.temporary
            .persist(&self.path)
            .map_err(|error| error.error)?;
        sync_folder(self.path.parent().unwrap_or(Path::new(".")));
        Ok(())
    }
}

/// Removes what killed runs have left half-written in a folder, and what nobody is writing that is so old. What cannot be removed is
/// left to whoever writes there.
pub fn sweep(folder: &Path, old: Duration) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_temporary = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        if is_temporary && is_left(&entry.path(), old) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether no process has the file under its lock, and none that has just made it may still be about to take that.
fn is_left(path: &Path, old: Duration) -> bool {
    let Ok(found) = fs::symlink_metadata(path) else {
        return false;
    };
    let age = found.modified().ok().and_then(|made| made.elapsed().ok());
    let is_old = old.is_zero() || age.is_some_and(|age| age >= old);
    let is_free = || match File::open(path) {
        Ok(file) => !matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => true,
    };
    found.is_file() && is_old && is_free()
}

/// Writes a file beside its place, to the disk.
///
/// # Errors
/// Those of `write` and of the file system.
pub fn stage<E: From<io::Error>>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<Staged, E> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // A name that nobody can foresee, made anew: removed by itself if anything fails.
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .suffix(".tmp")
        .tempfile_in(folder)?;
    // Where files cannot be locked, nobody takes it for what a killed run has left before it is old.
    let _ = temporary.as_file().try_lock();
    write(temporary.as_file_mut())?;
    set_mode(temporary.as_file(), mode)?;
    temporary.as_file().sync_all()?;
    Ok(Staged {
        temporary,
        path: path.to_owned(),
    })
}

/// Writes a file of the user's anew, in the same way: it keeps its mode and owner, and one that a symbolic link leads to is written where it is.
/// One that is not there is its owner's alone.
///
/// # Errors
/// Those of the file system; the file is then as it was.
pub fn rewrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        found => found?,
    };
    let folder = real.parent().unwrap_or(Path::new("."));
    // Nobody else can read it before it has the mode of the other.
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .suffix(".tmp")
        .tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    if let Ok(found) = fs::metadata(&real) {
        keep_owner(temporary.as_file(), &found);
        temporary.as_file().set_permissions(found.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(&real).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// As far as this user may give a file to others: root, or one of the file's group.
#[cfg(unix)]
fn keep_owner(file: &File, found: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if fchown(file, Some(found.uid()), Some(found.gid())).is_err() {
        let _ = fchown(file, None, Some(found.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) {}

/// The new name is on the disk then. Not every file system can do it, and the file is whole without.
#[cfg(unix)]
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) {}

/// Whether everybody may read a file and its owner may write it, as Lambda's user needs.
#[cfg(unix)]
#[must_use]
pub fn has_mode(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o777 == MODE
}

/// There are no modes.
#[cfg(not(unix))]
#[must_use]
pub fn has_mode(_: &fs::Metadata) -> bool {
    true
}

/// A file's permissions.
#[cfg(unix)]
#[must_use]
pub fn mode_of(found: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & 0o7777
}

/// There are no modes.
#[cfg(not(unix))]
#[must_use]
pub fn mode_of(_: &fs::Metadata) -> u32 {
    MODE
}

/// Whether a file gives everybody these permissions.
#[cfg(unix)]
#[must_use]
pub fn allows(found: &fs::Metadata, permissions: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    found.permissions().mode() & permissions == permissions
}

/// There are no modes.
#[cfg(not(unix))]
#[must_use]
pub fn allows(_: &fs::Metadata, _: u32) -> bool {
    true
}

const MODE: u32 = 0o644;

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
