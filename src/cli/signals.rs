//! What a signal does while somebody is asked, or something is being written. At any other time it ends the process as it always does.

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// What is going on.
static STATE: AtomicU8 = AtomicU8::new(NOTHING);
const NOTHING: u8 = 0;
const ASKING: u8 = 1;
const WRITING: u8 = 2;
/// A signal has come while something was being written.
const FINISHING: u8 = 3;

/// Whether somebody else has this process's signals, and tells us of them.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// Leaves signals to the caller, who has a way of its own to end the process: two that end it at once would race. When one comes, it calls
/// [`stop_asking`], and else [`finish_writing`].
pub fn leave_signals_to_caller() {
    IS_TOLD.store(true, Ordering::SeqCst);
}

/// Restores the terminal and says so, if a question is open. Returns whether one was: the process should then end with
/// the code of a command that has failed.
#[must_use]
pub fn stop_asking() -> bool {
    if !turn(ASKING, NOTHING) {
        return false;
    }
    let _ = crossterm::terminal::disable_raw_mode();
    let _ = crossterm::execute!(io::stderr(), crossterm::cursor::Show);
    eprintln!("\nstopped: nothing was changed");
    true
}

/// Lets what is being written be the last. Returns whether something was: the process should then go on, and the command ends by itself and
/// tells what was written. A second time it returns `false`.
#[must_use]
pub fn finish_writing() -> bool {
    let was_writing = turn(WRITING, FINISHING);
    if was_writing {
        eprintln!("\nstopping: what is being written is finished first; once more ends it at once");
    }
    was_writing
}

fn turn(from: u8, to: u8) -> bool {
    let turned = STATE.compare_exchange(from, to, Ordering::SeqCst, Ordering::SeqCst);
    turned.is_ok()
}

/// While it lives, a question is open.
pub struct Asking(());

impl Asking {
    /// A signal now restores the terminal.
    #[must_use]
    pub fn begun() -> Self {
        begin(ASKING);
        Self(())
    }
}

/// While it lives, something is being written that is in several parts.
pub struct Writing(());

impl Writing {
    /// A signal now waits for the part that is being written.
    #[must_use]
    pub fn begun() -> Self {
        begin(WRITING);
        Self(())
    }

    /// Whether the next part is to be written.
    #[expect(
        clippy::unused_self,
        reason = "there is something to go on with only while this lives"
    )]
    pub fn go_on(&self) -> ControlFlow<()> {
        if STATE.load(Ordering::SeqCst) == FINISHING {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        STATE.store(NOTHING, Ordering::SeqCst);
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        STATE.store(NOTHING, Ordering::SeqCst);
    }
}

fn begin(state: u8) {
    STATE.store(state, Ordering::SeqCst);
    if !IS_TOLD.load(Ordering::SeqCst) {
        own::listen();
    }
}

#[cfg(unix)]
mod own {
    use std::sync::Once;

    use tokio::signal::unix::{SignalKind, signal};

    use crate::ending::Exit;

    static LISTENING: Once = Once::new();

    /// Listens from the first time to the end of the process: what is listened for once no longer ends it by itself.
    pub fn listen() {
        LISTENING.call_once(|| {
            for kind in [
                SignalKind::terminate(),
                SignalKind::interrupt(),
                SignalKind::hangup(),
            ] {
                if let Ok(mut signal) = signal(kind) {
                    tokio::spawn(async move {
                        while signal.recv().await.is_some() {
                            came(kind);
                        }
                    });
                }
            }
        });
    }

    fn came(kind: SignalKind) {
        if super::stop_asking() {
            std::process::exit(i32::from(Exit::Failed.code()));
        }
        if !super::finish_writing() {
            // As a shell tells of a process that has died of it.
            std::process::exit(128 + kind.as_raw_value());
        }
    }
}

#[cfg(not(unix))]
mod own {
    /// The console restores itself.
    pub fn listen() {}
}
