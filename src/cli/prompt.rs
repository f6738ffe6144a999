//! Questions to the user. Each restores the terminal whatever happens, a signal too, and is asked in a terminal only.

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};

use inquire::error::InquireResult;
use inquire::{Confirm, InquireError, Password, PasswordDisplayMode};
use zeroize::Zeroizing;

use crate::ending::Ending;

/// Whether a question is open.
static ASKING: AtomicBool = AtomicBool::new(false);
/// Whether somebody else has this process's signals, and calls [`stop_asking`] when one comes.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// Leaves signals to the caller, who has a way of its own to end the process: two that end it at once would race.
pub fn leave_signals_to_caller() {
    IS_TOLD.store(true, Ordering::SeqCst);
}

/// Restores the terminal and says so, if a question is open. Returns whether one was: the process should then end with
/// the code of a command that has failed.
pub fn stop_asking() -> bool {
    if !ASKING.swap(false, Ordering::SeqCst) {
        return false;
    }
    let _ = crossterm::terminal::disable_raw_mode();
    let _ = crossterm::execute!(io::stderr(), crossterm::cursor::Show);
    eprintln!("\nstopped: nothing was changed");
    true
}

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

/// Asks for a value twice; nothing of it is shown, not its length either.
///
/// # Errors
/// The user has interrupted it.
pub fn hidden(question: &str) -> Result<Zeroizing<String>, Ending> {
    let value = ask(|| {
        Password::new(question)
            .with_display_mode(PasswordDisplayMode::Hidden)
            .with_custom_confirmation_message("Once more:")
            .with_custom_confirmation_error_message("The two are not the same.")
            .prompt()
    });
    value.map(Zeroizing::new)
}

/// Asks, while a signal may come.
fn ask<T>(prompt: impl FnOnce() -> InquireResult<T>) -> Result<T, Ending> {
    if !IS_TOLD.load(Ordering::SeqCst) {
        signals::listen();
    }
    let _asking = Asking::begun();
    // Whoever listens for signals needs a thread, and there may be only this one.
    tokio::task::block_in_place(prompt).map_err(stopped)
}

/// While it lives, a question is open.
struct Asking;

impl Asking {
    fn begun() -> Self {
        ASKING.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::SeqCst);
    }
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

/// A prompt keeps the terminal from echoing: a signal must not end the process before that is undone.
#[cfg(unix)]
mod signals {
    use std::sync::Once;

    use tokio::signal::unix::{SignalKind, signal};

    use crate::ending::Exit;

    static LISTENING: Once = Once::new();

    /// Listens from the first prompt to the end of the process: what is listened for once no longer ends it by itself.
    pub fn listen() {
        LISTENING.call_once(|| {
            for kind in [
                SignalKind::terminate(),
                SignalKind::interrupt(),
                SignalKind::hangup(),
            ] {
                if let Ok(mut signal) = signal(kind) {
                    tokio::spawn(async move {
                        signal.recv().await;
                        end(kind);
                    });
                }
            }
        });
    }

    fn end(kind: SignalKind) -> ! {
        if super::stop_asking() {
            std::process::exit(i32::from(Exit::Failed.code()));
        }
        // As a shell tells of a process that has died of it.
        std::process::exit(128 + kind.as_raw_value());
    }
}

#[cfg(not(unix))]
mod signals {
    /// The console restores itself.
    pub fn listen() {}
}
