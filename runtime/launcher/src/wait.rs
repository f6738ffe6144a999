//! Where no process can become another: finding the command as shells do, and ending as it does.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// As shells try them. The system itself finds the first alone, and `npm` is none.
const ENDS: [&str; 3] = ["exe", "cmd", "bat"];

/// The exit code of a command that was run to its end; 1 for one that an `u8` does not hold.
///
/// # Errors
/// It does not come to run.
pub fn for_end(mut command: Command) -> io::Result<u8> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The file of a program that was named without its end.
pub fn program(name: &OsStr) -> OsString {
    let path = Path::new(name);
    let is_path = path.parent().is_some_and(|parent| parent != Path::new(""));
    let variable = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = if is_path {
        vec![PathBuf::new()]
    } else {
        std::env::split_paths(&variable).collect()
    };
    let ends = ENDS.iter().filter(|_| path.extension().is_none());
    let files = ends.map(|end| path.with_extension(end));
    let files: Vec<PathBuf> = files.collect();
    folders
        .iter()
        .flat_map(|folder| files.iter().map(|file| folder.join(file)))
        .find(|file| file.is_file())
        .map_or_else(|| name.into(), Into::into)
}
