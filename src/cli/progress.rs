//! How far something has come, on one line of the terminal that goes when it ends.

use std::io::{self, Write as _};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// What is done at once tells nothing.
const QUIET: Duration = Duration::from_millis(300);
/// Nobody reads faster.
const PAUSE: Duration = Duration::from_millis(100);

/// Tells how far something has come.
pub struct Progress {
    what: &'static str,
    state: Option<Mutex<State>>,
}

struct State {
    next: Instant,
    told: bool,
}

impl Progress {
    /// `what` is such as `asking for secrets`. Says nothing where nobody looks on.
    #[must_use]
    pub fn new(what: &'static str, is_seen: bool) -> Self {
        let state = State {
            next: Instant::now() + QUIET,
            told: false,
        };
        Self {
            what,
            state: is_seen.then(|| Mutex::new(state)),
        }
    }

    /// So many are done.
    pub fn tell(&self, done: usize, total: usize) {
        let Some(state) = &self.state else { return };
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now < state.next {
            return;
        }
        state.next = now + PAUSE;
        state.told = true;
        let _ = write!(io::stderr(), "\r\u{1b}[K{} ({done} of {total})", self.what);
    }
}

/// The line goes.
impl Drop for Progress {
    fn drop(&mut self) {
        let Some(state) = &self.state else { return };
        if state.lock().unwrap_or_else(PoisonError::into_inner).told {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
