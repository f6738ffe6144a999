//! Whether git keeps a plain file out: git itself is asked.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::program::{self, NotRun};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// Git answers at once; a folder on a network may be slow.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why plain values are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotIgnored {
    /// Git would commit it.
    #[error("`{file}` has secrets in plain text, and git does not ignore it")]
    Seen {
        /// The file, as it was told.
        file: Shown,
        /// What keeps it out.
        line: Shown,
        /// Where that belongs.
        folder: Shown,
    },
    /// Git does not say.
    #[error(
        "`{file}` has secrets in plain text, and git does not say that it ignores it: {reason}"
    )]
    Unknown {
        /// The file, as it was told.
        file: Shown,
        /// In git's words, or about git.
        reason: Shown,
    },
}

impl Explain for NotIgnored {
    fn code(&self) -> Code {
        Code::LocalValues
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Seen { line, folder, .. } => format!(
                "add the line `{line}` to `.gitignore` in {folder}, after `git rm --cached` where git has the file already; or encrypt it: `sops encrypt --in-place --age RECIPIENT`"
            ),
            Self::Unknown { .. } => "keep the file in a git repository that ignores it; or encrypt it: `sops encrypt --in-place --age RECIPIENT`".into(),
        })
    }
}

/// Asks git about the file that is really read.
///
/// # Errors
/// Git does not ignore it, or cannot be asked: nobody then keeps the file out of a commit.
pub fn check(path: &Path, file: &Shown) -> Result<(), NotIgnored> {
    let unknown = |reason: Shown| NotIgnored::Unknown {
        file: file.clone(),
        reason,
    };
    let real = fs::canonicalize(path).map_err(|error| unknown(error.to_string().into()))?;
    ask(&real, file)
}

/// The same of a file that is not there yet, in a folder that is.
///
/// # Errors
/// As `check`.
pub fn check_new(path: &Path, file: &Shown) -> Result<(), NotIgnored> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).map_err(|error| NotIgnored::Unknown {
        file: file.clone(),
        reason: error.to_string().into(),
    })?;
    ask(&folder.join(path.file_name().unwrap_or_default()), file)
}

fn ask(real: &Path, file: &Shown) -> Result<(), NotIgnored> {
    let unknown = |reason: Shown| NotIgnored::Unknown {
        file: file.clone(),
        reason,
    };
    let (Some(folder), Some(name)) = (real.parent(), real.file_name()) else {
        return Err(unknown("it is no file".into()));
    };
    let ended = program::run(&mut question(folder, name), PATIENCE).map_err(|why| match why {
        NotRun::Start(_) => unknown("there is no git on this machine".into()),
        NotRun::Late(_) => unknown(why.to_string().into()),
    })?;
    match ended.status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(NotIgnored::Seen {
            file: file.clone(),
            line: line(&name.to_string_lossy()).into(),
            folder: Shown::path(folder),
        }),
        _ => {
            let said = String::from_utf8_lossy(&ended.complaint);
            Err(unknown(said.lines().next().unwrap_or_default().into()))
        }
    }
}

/// What `git rev-parse --local-env-vars` lists, as far as it tells git of another repository, of another index, or of patterns that only this
/// process has.
const ELSEWHERE: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
];

/// Asked of the repository that the file lies in, whatever the environment says, as it does within a hook of git.
fn question(folder: &Path, name: &OsStr) -> Command {
    let mut git = Command::new("git");
    for variable in ELSEWHERE {
        git.env_remove(variable);
    }
    // What begins with a colon alone would be a pattern.
    let path = Path::new(".").join(name);
    git.arg("-C").arg(folder);
    git.args(["check-ignore", "--quiet", "--"]).arg(path);
    git
}

/// The pattern that stands for just this file in its own folder.
fn line(name: &str) -> String {
    let mut line = "/".to_owned();
    for character in name.chars() {
        if matches!(character, '*' | '?' | '[' | '\\') {
            line.push('\\');
        }
        line.push(character);
    }
    line
}

#[cfg(test)]
mod tests;
