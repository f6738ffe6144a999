//! Questions to the user. Each restores the terminal whatever happens, a signal too, and is asked in a terminal only.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use inquire::error::InquireResult;
use inquire::validator::Validation;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode};
use zeroize::Zeroizing;

use crate::ending::Ending;
use crate::signals::Asking;

/// More keys than anybody pastes, so that it ends.
const KEYS: usize = 100_000;

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
    ask(|| Confirm::new(question).with_default(false).prompt())
}

/// Asks for a value twice; nothing of it is shown, not its length either. It is not empty.
///
/// # Errors
/// The user has interrupted it.
pub fn hidden(question: &str) -> Result<Zeroizing<String>, Ending> {
    let is_there = |value: &str| {
        Ok(if value.is_empty() {
            Validation::Invalid("The value is empty.".into())
        } else {
            Validation::Valid
        })
    };
    let value = ask(|| {
        let value = Password::new(question)
            .with_display_mode(PasswordDisplayMode::Hidden)
            .with_custom_confirmation_message("Once more:")
            .with_custom_confirmation_error_message("The two are not the same.")
            .with_validator(is_there)
            .prompt();
        forget_rest();
        value
    });
    value.map(Zeroizing::new)
}

/// Of a value of several lines, pasted into a terminal that does not say that it was, the rest would be typed into the shell: seen, and run.
fn forget_rest() {
    use crossterm::{event, terminal};
    if terminal::enable_raw_mode().is_err() {
        return;
    }
    for _ in 0..KEYS {
        if !event::poll(Duration::ZERO).unwrap_or(false) || event::read().is_err() {
            break;
        }
    }
    let _ = terminal::disable_raw_mode();
}

/// Asks, while a signal may come.
fn ask<T>(prompt: impl FnOnce() -> InquireResult<T>) -> Result<T, Ending> {
    let _asking = Asking::begun();
    // Whoever listens for signals needs a thread, and there may be only this one.
    tokio::task::block_in_place(prompt).map_err(stopped)
}

fn stopped(error: InquireError) -> Ending {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => Ending::Stopped,
        other => Ending::Wrong {
            said: format!("the terminal cannot be asked: {other}"),
            hint: "give the value by standard input or a file".into(),
        },
    }
}
