//! What is wrong with a lock, or why it may not be changed.

use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::locked::Unfit;

/// A lock as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockName {
    /// The file's, in the service's folder.
    pub file: String,
    /// The stage that it is of.
    pub stage: Option<String>,
}

impl LockName {
    /// What is typed for one of the lock's commands.
    #[must_use]
    pub fn command(&self, caller: &Caller, command: &str) -> String {
        let program = &caller.program;
        match &self.stage {
            Some(stage) => format!("{program} {command} --stage {}", Shown::of(stage)),
            None => format!("{program} {command}"),
        }
    }
}

impl std::fmt::Display for LockName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)
    }
}

/// A lock that cannot be used, or not so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct BadLock {
    /// Which one.
    pub lock: LockName,
    /// Why.
    pub why: Why,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// There is none, and it was to be used.
    #[error("there is no {0} in the service's folder")]
    Missing(String),
    /// A symbolic link, a folder.
    #[error("{0} is no file of its own, such as a symbolic link")]
    NotAFile(String),
    /// Two branches have changed it.
    #[error("{file} has conflicts of a merge, the first on line {line}")]
    Conflicts {
        /// The lock.
        file: String,
        /// Counted from 1.
        line: usize,
    },
    /// Not what is written there.
    #[error("{file} is damaged: {said}")]
    Damaged {
        /// The lock.
        file: String,
        /// In words that quote nothing of it but names.
        said: Shown,
    },
    /// Written by a later release.
    #[error("{file} has the format {version}, which this release does not know")]
    Newer {
        /// The lock.
        file: String,
        /// Its format.
        version: u64,
    },
    /// Of another place.
    #[error("{file} is of {locked}, and this is for {wanted}")]
    Elsewhere {
        /// The lock.
        file: String,
        /// Such as `region eu-west-1`.
        locked: Shown,
        /// The same of the bake.
        wanted: Shown,
    },
    /// A line that cannot belong to its entry.
    #[error("`{name}` in {file} cannot be what is configured here: {why}")]
    Line {
        /// The lock.
        file: String,
        /// The secret's.
        name: Shown,
        /// Why.
        why: Unfit,
    },
    /// It is to stay as it is, and would change.
    #[error("{what}, and {file} is frozen{by}")]
    Frozen {
        /// The lock.
        file: String,
        /// Such as "`DB` is not in it".
        what: Shown,
        /// Who has frozen it.
        by: &'static str,
    },
    /// Another run has written it while this one was asking.
    #[error("{0} was changed by somebody else meanwhile, so it was not written")]
    Changed(String),
    /// `update` names what there is not.
    #[error("there is no secret `{0}`{1}")]
    NoSecret(Shown, String),
}

impl Explain for BadLock {
    fn code(&self) -> Code {
        match &self.why {
            Why::NotAFile(_) | Why::Changed(_) => Code::File,
            Why::Conflicts { .. } | Why::Damaged { .. } | Why::Newer { .. } | Why::Line { .. } => {
                Code::FileInvalid
            }
            Why::Missing(_) | Why::Elsewhere { .. } | Why::Frozen { .. } | Why::NoSecret(..) => {
                Code::ConfigInvalid
            }
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        let lock = self.lock.command(caller, "lock");
        let file = &self.lock.file;
        Some(match &self.why {
            Why::Missing(_) => format!("write it by `{lock}`, and commit it"),
            Why::NotAFile(_) => format!("put the file itself there, or remove it and run `{lock}`"),
            Why::Conflicts { .. } => format!(
                "take one side, and let what it lacks be asked for: `git checkout --ours -- {file} && {lock}`"
            ),
            Why::Damaged { .. } => {
                format!("restore it: `git checkout HEAD -- {file}`; or remove it and run `{lock}`")
            }
            Why::Newer { .. } => "update serverless-secret-baker".into(),
            Why::Elsewhere { .. } => format!(
                "check the region, the endpoint and the credentials; where this place is meant, remove {file} and run `{lock}`, or let each stage have a lock of its own by --stage"
            ),
            Why::Line { .. } => format!(
                "find out who changed it; restore it: `git checkout HEAD -- {file}`, or take that line out and run `{lock}`"
            ),
            Why::Frozen { .. } => format!("run `{lock}` and commit {file}"),
            Why::Changed(_) => "run the command again".into(),
            Why::NoSecret(..) => return None,
        })
    }
}
