//! Becoming the command.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process;

use crate::shown::shown;
use crate::variables::Variables;

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
        })
    }

    /// Replaces this process. Returns only if that fails.
    pub fn become_with(self, variables: &Variables) -> Failure {
        let mut command = process::Command::new(&self.program);
        command.args(&self.arguments);
        for (name, plaintext) in variables {
            command.env(name, plaintext.expose());
        }
        if let Some(wrapper) = &self.next_wrapper {
            // What runs next finds the environment as it would be without us.
            command.env(WRAPPER, wrapper).env_remove(NEXT_WRAPPER);
        }
        let error = command.exec();
        let path = std::env::var_os("PATH").unwrap_or_default();
        failure(&self.program, &path, &error)
    }
}

fn failure(program: &OsStr, path: &OsStr, error: &io::Error) -> Failure {
    let name = shown(&program.to_string_lossy());
    let (why, hint) = match (error.kind(), found(program, path)) {
        (ErrorKind::NotFound, None) => {
            return Failure {
                sentence: format!(
                    "there is no command `{name}`; check its path, and that it is in the artefact or the image"
                ),
                code: NOT_THERE,
            };
        }
        (ErrorKind::NotFound, Some(file)) => without_interpreter(&file),
        (ErrorKind::ArgumentListTooLong, _) => (
            format!(
                "{error}, which is what Linux says of environment variables that are too large, one of 128 KiB or all of them \
                 with the arguments"
            ),
            "choose fewer secrets in SECRET_BAKER_ENV, or open the large ones with a package",
        ),
        _ => (
            error.to_string(),
            "check its mode, its first line and its processor",
        ),
    };
    Failure {
        sentence: format!("the command `{name}` cannot be run: {why}; {hint}"),
        code: NOT_RUN,
    }
}

/// Why a file that is there is said not to be there, and what to do.
fn without_interpreter(file: &Path) -> (String, &'static str) {
    let Some(line) = interpreter(file) else {
        return (
            "its loader is not there".into(),
            "use one that is built for this system's C library",
        );
    };
    let (name, is_of_windows) = (shown(&line), line.ends_with('\r'));
    if is_of_windows {
        let why = format!(
            "its first line `{name}` ends with a carriage return, which belongs to the interpreter's name"
        );
        return (why, "save it with line ends of Unix (LF)");
    }
    (
        format!("the interpreter of its first line `{name}` is not there"),
        "check that line, and that it is in the artefact or the image",
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
