//! Becoming the command.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::os::unix::process::CommandExt as _;
use std::process;

use crate::variables::Variables;

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
        let program = self.program.to_string_lossy();
        match error.kind() {
            ErrorKind::NotFound => Failure {
                sentence: format!(
                    "there is no command `{program}`; check its path, and that it is in the artefact or the image"
                ),
                code: 127,
            },
            _ => Failure {
                sentence: format!(
                    "the command `{program}` cannot be run: {error}; check its mode, its first line and its processor"
                ),
                code: 126,
            },
        }
    }
}
