//! How fast the calls of one bake may follow each other, and how often they are tried again.
//!
//! All calls share a bound, a rate and a deadline. There is no rate until the service
//! throttles; from then on the calls leave one by one, a little slower after each further
//! throttle and a little faster after each success. The AWS SDK's own retries are off: its
//! standard mode lets each call back off by itself, so that a bucket of 40 calls a second
//! stands unused while all of them sleep, and its adaptive mode was seen to sleep for 8 s.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

/// The settings of a [`Pace`].
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls under way at once.
    pub at_once: usize,
    /// For the whole bake, from its first call.
    pub budget: Duration,
}

impl Default for Limits {
    /// 16 at once is one round trip for up to 160 parameters; more at once is throttled more
    /// (measured: docs/decisions.md).
    fn default() -> Self {
        Self {
            at_once: 16,
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

/// What the calls of one bake share.
#[derive(Debug)]
pub struct Pace {
    permits: Semaphore,
    rate: Mutex<Rate>,
    deadline: Instant,
}

impl Pace {
    /// Starts the budget.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            permits: Semaphore::new(limits.at_once),
            rate: Mutex::new(Rate::default()),
            deadline: Instant::now() + limits.budget,
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
            let Ok(result) = timeout_at(self.deadline, self.one(&attempt)).await else {
                return Err(GaveUp::OutOfTime(last));
            };
            let error = match result {
                Ok(answer) => {
                    self.rate().faster();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            match verdict(&error) {
                Verdict::Throttled => self.rate().slower(Instant::now()),
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

    /// One attempt, when there is room for it and its turn has come.
    async fn one<T, E, F>(&self, attempt: impl Fn() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        // The semaphore is never closed; without a permit the call would only be early.
        let _permit = self.permits.acquire().await.ok();
        let turn = self.rate().turn(Instant::now());
        if let Some(turn) = turn {
            sleep_until(turn).await;
        }
        attempt().await
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

/// The rate that all calls share, once there is one.
#[derive(Debug, Default)]
struct Rate {
    interval: Option<Duration>,
    next: Option<Instant>,
    slowed: Option<Instant>,
}

impl Rate {
    /// Parameter Store's default throughput is 40 calls a second for an account and region.
    const FIRST: Duration = Duration::from_millis(25);
    const SLOWEST: Duration = Duration::from_secs(2);
    const FASTEST: Duration = Duration::from_millis(2);
    /// Calls that were under way when the first one was throttled come back throttled too:
    /// together they are one signal.
    const ONE_SIGNAL: Duration = Duration::from_millis(250);

    /// When the next call may leave; `None` is now.
    fn turn(&mut self, now: Instant) -> Option<Instant> {
        let interval = self.interval?;
        let turn = self.next.map_or(now, |next| next.max(now));
        self.next = Some(turn + interval);
        Some(turn)
    }

    fn slower(&mut self, now: Instant) {
        let same_signal = self.slowed.is_some_and(|at| now < at + Self::ONE_SIGNAL);
        if same_signal {
            return;
        }
        self.slowed = Some(now);
        self.interval = Some(match self.interval {
            None => Self::FIRST,
            Some(interval) => interval.mul_f64(1.3).min(Self::SLOWEST),
        });
    }

    fn faster(&mut self) {
        if let Some(interval) = self.interval {
            self.interval = Some(interval.mul_f64(0.99).max(Self::FASTEST));
        }
    }
}

#[cfg(test)]
mod tests;
