//! How many calls may be under way at once: rounds of 16, 32, 64 calls while nothing is throttled.
//!
//! A round begins when the one before has been answered whole. Calls that followed each answer at once would be more, but those that
//! leave between a round's first answer and its first throttle would all be throttled too: a service that has had enough answers
//! what it takes first. A round that is late, since one of its calls hangs, holds up nobody: then each answer lets one more call go.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// A round is late after a silence of this long, or of as long as it had taken until then.
const SILENCE: Duration = Duration::from_millis(100);

/// The bound that all calls share.
#[derive(Debug)]
pub struct Rounds {
    permits: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Whether calls wait for the end of a round; else for the end of any call.
    in_rounds: bool,
    /// Calls of a round, or under way at once.
    size: usize,
    /// Permits that are free or in use.
    issued: usize,
    /// When the first call of this round left.
    began: Option<Instant>,
    /// When the last call of this round ended.
    heard: Option<Instant>,
    at_once: usize,
    most: usize,
}

/// The place of a call under way.
#[derive(Debug)]
pub struct Slot<'a>(&'a Rounds);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Rounds {
    /// `at_once` calls in the first round and after a throttle, at most `most` in any.
    pub fn new(at_once: usize, most: usize) -> Self {
        let state = State {
            in_rounds: true,
            size: at_once,
            issued: at_once,
            began: None,
            heard: None,
            at_once,
            most,
        };
        Self {
            permits: Semaphore::new(at_once),
            state: Mutex::new(state),
        }
    }

    /// Waits for a place, in the order of those who ask.
    pub async fn enter(&self) -> Slot<'_> {
        let mut permit = pin!(self.permits.acquire());
        loop {
            match timeout(SILENCE, &mut permit).await {
                Ok(permit) => {
                    // It is given back when the round is over. An error would be that of a semaphore that was closed, which this one never is.
                    if let Ok(permit) = permit {
                        permit.forget();
                    }
                    self.state().began.get_or_insert_with(Instant::now);
                    return Slot(self);
                }
                Err(_) if self.state().is_late(Instant::now()) => self.end_rounds(usize::MAX),
                Err(_) => {}
            }
        }
    }

    /// A call was throttled: from now on the rate counts, and few calls at once are enough for it.
    pub fn throttled(&self) {
        let at_once = self.state().at_once;
        self.end_rounds(at_once);
        let mut state = self.state();
        let unused = state.issued.saturating_sub(at_once);
        state.issued -= self.permits.forget_permits(unused);
    }

    /// A call was broken: the service may have too much to do already.
    pub fn broken(&self) {
        self.end_rounds(usize::MAX);
    }

    fn leave(&self) {
        let mut state = self.state();
        state.issued = state.issued.saturating_sub(1);
        state.heard = Some(Instant::now());
        if state.in_rounds {
            let is_over = state.issued == 0;
            // Of a round that is not full nobody waits for the end: the place is free again, as if it had not been used.
            let is_full = self.permits.available_permits() == 0;
            if is_full && !is_over {
                return;
            }
            if is_over {
                state.size = (state.size * 2).min(state.most);
            }
            (state.began, state.heard) = (None, None);
        }
        self.fill(&mut state);
    }

    /// From now on each call that ends lets one more go, up to as many at once as now and at most `most`.
    fn end_rounds(&self, most: usize) {
        let mut state = self.state();
        state.in_rounds = false;
        state.size = state.size.min(most);
        self.fill(&mut state);
    }

    fn fill(&self, state: &mut State) {
        let missing = state.size.saturating_sub(state.issued);
        state.issued += missing;
        self.permits.add_permits(missing);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a call of the round seems to hang: the others have been answered, and nothing came since.
    fn is_late(&self, now: Instant) -> bool {
        let (Some(began), Some(heard)) = (self.began, self.heard) else {
            return false;
        };
        self.in_rounds && now >= heard + (heard - began).max(SILENCE)
    }
}
