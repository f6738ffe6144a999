//! Questions to the user. Each restores the terminal whatever happens, and is asked in a terminal only.

use std::io::{self, IsTerminal as _};

use inquire::{Confirm, InquireError, Password, PasswordDisplayMode};

use crate::ending::Ending;

/// Whether anybody can be asked.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks whether to go on; `false` unless the user says yes.
///
/// # Errors
/// The user has interrupted it, or nobody can be asked: `hint` is then what to type instead.
pub fn confirm(question: &str, hint: &str) -> Result<bool, Ending> {
    if !can_ask() {
        return Err(Ending::Wrong {
            said: "this needs an answer, and there is no terminal to ask in".into(),
            hint: hint.into(),
        });
    }
    Confirm::new(question)
        .with_default(false)
        .prompt()
        .map_err(stopped)
}

/// Asks for a value twice; nothing of it is shown, not its length either.
///
/// # Errors
/// The user has interrupted it.
pub fn hidden(question: &str) -> Result<String, Ending> {
    Password::new(question)
        .with_display_mode(PasswordDisplayMode::Hidden)
        .with_custom_confirmation_message("Once more:")
        .with_custom_confirmation_error_message("The two are not the same.")
        .prompt()
        .map_err(stopped)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn stopped(error: InquireError) -> Ending {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Ending::Stopped,
        other => Ending::Wrong {
            said: format!("the terminal cannot be asked: {other}"),
            hint: "give the value by standard input or a file".into(),
        },
    }
}
