//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Begins the name of every file that is being written. What lies about was left by a killed run.
pub const TEMPORARY: &str = ".secret-baker-secrets.json.";

/// Writes beside the target and renames: never half a file, never through a symbolic link. The
/// file gets mode 0644 whatever the umask. On failure what was at `path` is still there.
///
/// # Errors
/// Those of `write` and of the file system.
pub fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = path.with_file_name(format!("{TEMPORARY}{}.{name}.tmp", std::process::id()));
    let result = write_new(&temporary, write).and_then(|()| Ok(fs::rename(&temporary, path)?));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn write_new<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    write(&mut file)?;
    set_mode(&file)?;
    Ok(())
}

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

#[cfg(unix)]
const MODE: u32 = 0o644;

#[cfg(unix)]
fn set_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(MODE))
}

#[cfg(not(unix))]
fn set_mode(_: &File) -> io::Result<()> {
    Ok(())
}
