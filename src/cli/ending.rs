//! How a command ends.

use secret_baker_command::opener::Refused;
use secret_baker_core::failure::{Caller, Code, Explain, Failure};
use secret_baker_launcher::failures::Failures;
use serde_json::{Value, json};

use crate::terminal::Terminal;

/// The documented exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is fine.
    Fine,
    /// The command did what it was to do, and has found something.
    Found,
    /// The command line is wrong.
    Wrong,
    /// It could not be done.
    Failed,
    /// That of the command that was run.
    Of(u8),
}

impl Exit {
    /// As the process ends with it.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Found => 1,
            Self::Wrong => 2,
            Self::Failed => 3,
            Self::Of(code) => code,
        }
    }
}

/// Why a command has no result.
pub enum Ending {
    /// What was typed cannot be meant so.
    Wrong {
        /// One sentence.
        said: String,
        /// What to type instead.
        hint: String,
    },
    /// What the core tells.
    Failed(Failure),
    /// In the words of what opens secrets, with its codes.
    Told {
        /// A line each.
        failures: Failures,
        /// As the process ends.
        exit: Exit,
    },
    /// The user has answered no, or has interrupted a question.
    Stopped,
}

impl<E: Into<Failure>> From<E> for Ending {
    fn from(failure: E) -> Self {
        Self::Failed(failure.into())
    }
}

impl Ending {
    /// Secrets that were not opened.
    pub fn refused(refused: Refused) -> Self {
        match refused {
            Refused::Failed(failure) => Self::Failed(failure),
            Refused::Told(failures) => Self::Told {
                failures,
                exit: Exit::Failed,
            },
        }
    }

    /// Tells it, on stderr and with `--json` on standard output too, in one shape.
    pub fn tell(self, terminal: &Terminal, caller: &Caller) -> Exit {
        match self {
            Self::Wrong { said, hint } => {
                tell(&WrongUse { said, hint }.into(), terminal, caller);
                Exit::Wrong
            }
            Self::Failed(failure) => {
                tell(&failure, terminal, caller);
                Exit::Failed
            }
            Self::Told { failures, exit } => {
                if terminal.is_json() {
                    let problems = failures
                        .each()
                        .map(|(code, message)| problem(code, None, message, None));
                    terminal.json(&in_json(failures.code(), &problems.collect::<Vec<_>>()));
                }
                for line in failures.lines() {
                    terminal.complain(&line);
                }
                exit
            }
            Self::Stopped => {
                let said = "stopped: nothing was changed";
                if terminal.is_json() {
                    let code = Code::Cancelled.as_str();
                    terminal.json(&in_json(code, &[problem(code, None, said, None)]));
                }
                terminal.note(said);
                Exit::Failed
            }
        }
    }
}

/// As the process ends. What was to be written and could not be is a failure, whatever the command has found.
pub fn ended(exit: Exit, terminal: &Terminal, caller: &Caller) -> Exit {
    match (terminal.lost(), exit) {
        (Some(lost), Exit::Fine | Exit::Found) => {
            // Standard output takes no more.
            terminal.complain(&Failure::from(lost.clone()).told(caller));
            Exit::Failed
        }
        (_, exit) => exit,
    }
}

/// What was typed cannot be meant so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
struct WrongUse {
    said: String,
    hint: String,
}

impl Explain for WrongUse {
    fn code(&self) -> Code {
        Code::Usage
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(self.hint.clone())
    }
}

fn tell(failure: &Failure, terminal: &Terminal, caller: &Caller) {
    if terminal.is_json() {
        let problems = failure.problems.iter().map(|one| {
            let place = one.place.as_ref().map(ToString::to_string);
            let hint = one.why.hint(caller);
            let (place, hint) = (place.as_deref(), hint.as_deref());
            problem(one.why.code().as_str(), place, &one.why.to_string(), hint)
        });
        terminal.json(&in_json(
            failure.code().as_str(),
            &problems.collect::<Vec<_>>(),
        ));
    }
    terminal.complain(&failure.told(caller));
}

fn in_json(code: &str, problems: &[Value]) -> Value {
    json!({"failure": {"code": code, "problems": problems}})
}

fn problem(code: &str, place: Option<&str>, message: &str, hint: Option<&str>) -> Value {
    json!({"code": code, "place": place, "message": message, "hint": hint})
}
