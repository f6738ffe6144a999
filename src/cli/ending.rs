//! How a command ends.

use secret_baker_command::opener::Refused;
use secret_baker_core::failure::Failure;
use secret_baker_launcher::failures::Failures;
use serde_json::json;

use crate::context::Context;

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

    /// Tells it, on stderr and with `--json` on standard output too.
    pub fn tell(self, context: &Context) -> Exit {
        let terminal = &context.terminal;
        let caller = context.caller();
        match self {
            Self::Wrong { said, hint } => {
                if terminal.is_json() {
                    terminal.json(&json!({"failure": {"code": "SECRET_BAKER_USAGE", "message": said, "hint": hint}}));
                }
                terminal.complain(&format!("{said}\n  hint: {hint}"));
                Exit::Wrong
            }
            Self::Failed(failure) => {
                if terminal.is_json() {
                    let problems: Vec<_> = failure
                        .problems
                        .iter()
                        .map(|problem| {
                            json!({
                                "code": problem.why.code().as_str(),
                                "place": problem.place.as_ref().map(ToString::to_string),
                                "message": problem.why.to_string(),
                                "hint": problem.why.hint(&caller),
                            })
                        })
                        .collect();
                    terminal.json(&json!({"failure": {"code": failure.code().as_str(), "problems": problems}}));
                }
                terminal.complain(&failure.told(&caller));
                Exit::Failed
            }
            Self::Told { failures, exit } => {
                if terminal.is_json() {
                    let problems: Vec<_> = failures
                        .each()
                        .map(|(code, message)| json!({"code": code, "place": null, "message": message, "hint": null}))
                        .collect();
                    let code = failures.code();
                    terminal.json(&json!({"failure": {"code": code, "problems": problems}}));
                }
                for line in failures.lines() {
                    terminal.complain(&line);
                }
                exit
            }
            Self::Stopped => {
                terminal.note("stopped: nothing was changed");
                Exit::Failed
            }
        }
    }
}
