//! How fast the calls to one service in one region may follow each other, and how often they are tried again.
//!
//! All of them share a bound, a rate and a deadline. While nothing is throttled they leave in rounds, each of twice as many calls as
//! the one before. From the first throttle on they leave one by one, a little slower after each further
//! throttle and a little faster after each success. The AWS SDK's own retries are off: its
//! standard mode lets each call back off by itself, so that a bucket of 40 calls a second
//! stands unused while all of them sleep, and its adaptive mode was seen to sleep for 8 s.

mod rate;
mod rounds;

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use self::rate::Rate;
use self::rounds::Rounds;

/// The settings of the way to AWS.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls under way at once, at first and after a throttle.
    pub at_once: usize,
    /// Calls under way at once, while nothing is throttled.
    pub most: usize,
    /// For the whole bake, from its first call.
    pub budget: Duration,
}

impl Default for Limits {
    /// 16 at once is one round trip for up to 160 parameters, and more than 64 gains nothing: docs/decisions.md.
    fn default() -> Self {
        Self {
            at_once: 16,
            most: 64,
            budget: Duration::from_mins(1),
        }
    }
}

/// What an error means for a further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Try again, as often as the budget allows, and let all calls go slower.
    Throttled,
    /// Try again after a pause, until this many attempts were broken.
    Broken {
        /// Counted with the first one, without the throttled ones.
        attempts: u32,
    },
    /// The answer will not change.
    Final,
}

/// Why no answer was had.
#[derive(Debug, PartialEq, Eq)]
pub enum GaveUp<E> {
    /// The last attempt's error.
    Error(E),
    /// The budget was used up; with the error of the last attempt that ended.
    OutOfTime(Option<E>),
}

/// What the calls to one service in one region share.
#[derive(Debug)]
pub struct Pace {
    rounds: Rounds,
    rate: Mutex<Rate>,
    deadline: Instant,
}

impl Pace {
    /// All calls end at `deadline`.
    #[must_use]
    pub fn new(limits: Limits, deadline: Instant) -> Self {
        Self {
            rounds: Rounds::new(limits.at_once, limits.most),
            rate: Mutex::new(Rate::default()),
            deadline,
        }
    }

    /// Makes a call, as often as its errors and the budget allow.
    ///
    /// # Errors
    /// The last attempt's error, or that the budget is used up.
    pub async fn call<T, E, F>(
        &self,
        attempt: impl Fn() -> F + Send + Sync,
        verdict: impl Fn(&E) -> Verdict + Send + Sync,
    ) -> Result<T, GaveUp<E>>
    where
        F: Future<Output = Result<T, E>> + Send,
        T: Send,
        E: Send,
    {
        let (mut last, mut broken) = (None, 0);
        loop {
            let one = self.one(&attempt, &verdict);
            let Ok(result) = timeout_at(self.deadline, one).await else {
                return Err(GaveUp::OutOfTime(last));
            };
            let (error, verdict) = match result {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            match verdict {
                Verdict::Throttled => {}
                Verdict::Broken { attempts } if broken + 1 < attempts => {
                    broken += 1;
                    if timeout_at(self.deadline, sleep(pause(broken)))
                        .await
                        .is_err()
                    {
                        return Err(GaveUp::OutOfTime(Some(error)));
                    }
                }
                Verdict::Broken { .. } | Verdict::Final => return Err(GaveUp::Error(error)),
            }
            last = Some(error);
        }
    }

    /// One attempt, when there is room for it and its turn has come. What it means for the others is known before the next one leaves.
    async fn one<T, E, F>(
        &self,
        attempt: impl Fn() -> F,
        verdict: impl Fn(&E) -> Verdict,
    ) -> Result<T, (E, Verdict)>
    where
        F: Future<Output = Result<T, E>>,
    {
        let _slot = self.rounds.enter().await;
        let turn = self.rate().turn(Instant::now());
        if let Some(turn) = turn {
            sleep_until(turn).await;
        }
        let error = match attempt().await {
            Ok(answer) => {
                self.rate().faster();
                return Ok(answer);
            }
            Err(error) => error,
        };
        let verdict = verdict(&error);
        match verdict {
            Verdict::Throttled => {
                self.rate().slower(Instant::now());
                self.rounds.throttled();
            }
            Verdict::Broken { .. } => self.rounds.broken(),
            Verdict::Final => {}
        }
        Err((error, verdict))
    }

    fn rate(&self) -> std::sync::MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after a broken attempt: 0.2, 0.4, 0.8 ... at most 5 s, less up to half by chance.
fn pause(broken: u32) -> Duration {
    let longest = Duration::from_millis(100 << broken.min(6)).min(Duration::from_secs(5));
    longest.mul_f64(fastrand::f64().mul_add(-0.5, 1.0))
}

#[cfg(test)]
mod tests;
