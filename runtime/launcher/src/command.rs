//! Becoming the command.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
#[cfg(unix)]
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process;

use crate::shown::shown;
use crate::variables::Variables;
use crate::words::Words;

/// As shells have it.
const NOT_RUN: u8 = 126;
const NOT_THERE: u8 = 127;

const NEXT_WRAPPER: &str = "SECRET_BAKER_NEXT_WRAPPER";
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// A program and its arguments.
pub struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    next_wrapper: Option<OsString>,
    /// The only variables of ours that it gets; `None`: all.
    kept: Option<fn(&str) -> bool>,
}

/// Why a command did not come to run.
pub struct Failure {
    /// For stderr.
    pub sentence: String,
    /// As shells have it.
    pub code: u8,
}

impl Command {
    /// The command, or the next wrapper with the command as its arguments. `None` if there is no command.
    pub fn new(
        mut words: Vec<OsString>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Option<Self> {
        let next_wrapper = environment(NEXT_WRAPPER).filter(|wrapper| !wrapper.is_empty());
        if words.is_empty() {
            return None;
        }
        if let Some(wrapper) = &next_wrapper {
            words.insert(0, wrapper.clone());
        }
        let program = words.remove(0);
        Some(Self {
            program,
            arguments: words,
            next_wrapper,
            kept: None,
        })
    }

    /// Of the variables of this process, it gets only those that `kept` says.
    #[must_use]
    pub fn keeping_only(self, kept: fn(&str) -> bool) -> Self {
        Self {
            kept: Some(kept),
            ..self
        }
    }

    /// Replaces this process. Returns only if that fails.
    #[cfg(unix)]
    #[must_use]
    pub fn become_with(self, variables: &Variables, said: &Words) -> Failure {
        let error = self.with(variables).exec();
        failure(&self.program, &error, said)
    }

    /// Runs it to its end. Returns its exit code.
    ///
    /// # Errors
    /// It does not come to run.
    #[cfg(not(unix))]
    pub fn wait_with(self, variables: &Variables, said: &Words) -> Result<u8, Failure> {
        let ended = crate::wait::for_end(self.with(variables));
        ended.map_err(|error| failure(&self.program, &error, said))
    }

    fn with(&self, variables: &Variables) -> process::Command {
        #[cfg(unix)]
        let program = &self.program;
        #[cfg(not(unix))]
        let program = &crate::wait::program(&self.program);
        let mut command = process::Command::new(program);
        command.args(&self.arguments);
        if let Some(kept) = self.kept {
            command.env_clear();
            command.envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(kept)));
        }
        for (name, plaintext) in variables {
            command.env(name, plaintext.expose());
        }
        if let Some(wrapper) = &self.next_wrapper {
            // What runs next finds the environment as it would be without us.
            command.env(WRAPPER, wrapper).env_remove(NEXT_WRAPPER);
        }
        command
    }
}

fn failure(program: &OsStr, error: &io::Error, said: &Words) -> Failure {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = shown(&program.to_string_lossy());
    let Words { choice, place, .. } = said;
    let (why, hint) = match (error.kind(), found(program, &path)) {
        (ErrorKind::NotFound, None) => {
            return Failure {
                sentence: format!(
                    "there is no command `{name}`; check its path, and that it is {place}"
                ),
                code: NOT_THERE,
            };
        }
        (ErrorKind::NotFound, Some(file)) => without_interpreter(&file, place),
        (ErrorKind::ArgumentListTooLong, _) => (
            format!(
                "{error}, which is what Linux says of environment variables that are too large, one of 128 KiB or all of them \
                 with the arguments"
            ),
            format!("choose fewer secrets in {choice}, or open the large ones with a package"),
        ),
        _ => (
            error.to_string(),
            "check its mode, its first line and its processor".into(),
        ),
    };
    Failure {
        sentence: format!("the command `{name}` cannot be run: {why}; {hint}"),
        code: NOT_RUN,
    }
}

/// Why a file that is there is said not to be there, and what to do.
fn without_interpreter(file: &Path, place: &str) -> (String, String) {
    let Some(line) = interpreter(file) else {
        return (
            "its loader is not there".into(),
            "use one that is built for this system's C library".into(),
        );
    };
    let (name, is_of_windows) = (shown(&line), line.ends_with('\r'));
    if is_of_windows {
        let why = format!(
            "its first line `{name}` ends with a carriage return, which belongs to the interpreter's name"
        );
        return (why, "save it with line ends of Unix (LF)".into());
    }
    (
        format!("the interpreter of its first line `{name}` is not there"),
        format!("check that line, and that it is {place}"),
    )
}

/// The file that `exec` finds for a program.
fn found(program: &OsStr, path: &OsStr) -> Option<PathBuf> {
    if program.as_encoded_bytes().contains(&b'/') {
        return Some(PathBuf::from(program)).filter(|file| file.exists());
    }
    let mut folders = std::env::split_paths(path).filter(|_| !program.is_empty());
    folders.find_map(|folder| Some(folder.join(program)).filter(|file| file.is_file()))
}

/// The first line of a script, as far as Linux reads it.
fn interpreter(file: &Path) -> Option<String> {
    let mut begin = Vec::new();
    let file = File::open(file).ok()?;
    file.take(256).read_to_end(&mut begin).ok()?;
    let line = begin.split(|byte| *byte == b'\n').next()?;
    line.starts_with(b"#!")
        .then(|| String::from_utf8_lossy(line).into_owned())
}
