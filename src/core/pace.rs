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
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Fault {
        Throttled,
        Broken,
        Final,
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that `call` asks for"
    )]
    fn verdict(fault: &Fault) -> Verdict {
        match fault {
            Fault::Throttled => Verdict::Throttled,
            Fault::Broken => Verdict::Broken { attempts: 3 },
            Fault::Final => Verdict::Final,
        }
    }

    fn pace(at_once: usize, seconds: u64) -> Pace {
        Pace::new(Limits {
            at_once,
            budget: Duration::from_secs(seconds),
        })
    }

    /// Fails `times` times, then answers with the number of attempts.
    async fn fails(times: u32, fault: Fault, seconds: u64) -> Result<u32, GaveUp<Fault>> {
        let tried = AtomicU32::new(0);
        let attempt = || async {
            let now = tried.fetch_add(1, Relaxed) + 1;
            if now > times { Ok(now) } else { Err(fault) }
        };
        pace(4, seconds).call(attempt, verdict).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_call_is_tried_three_times() {
        assert_eq!(fails(2, Fault::Broken, 60).await, Ok(3));
        assert_eq!(
            fails(3, Fault::Broken, 60).await,
            Err(GaveUp::Error(Fault::Broken))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_final_error_is_not_tried_again() {
        assert_eq!(
            fails(1, Fault::Final, 60).await,
            Err(GaveUp::Error(Fault::Final))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn throttling_is_waited_out_within_the_budget() {
        assert_eq!(fails(30, Fault::Throttled, 60).await, Ok(31));
        let spent = GaveUp::OutOfTime(Some(Fault::Throttled));
        assert_eq!(fails(u32::MAX, Fault::Throttled, 60).await, Err(spent));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_ends_with_the_budget() {
        let attempt = || std::future::pending::<Result<(), Fault>>();
        let started = Instant::now();
        let result = pace(1, 7).call(attempt, verdict).await;
        assert_eq!(result, Err(GaveUp::OutOfTime(None)));
        assert_eq!(started.elapsed().as_secs(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_calls_at_once_than_allowed() {
        let (now, most) = (AtomicU32::new(0), AtomicU32::new(0));
        let attempt = || async {
            most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
            sleep(Duration::from_millis(30)).await;
            now.fetch_sub(1, Relaxed);
            Ok::<_, Fault>(())
        };
        let pace = pace(4, 60);
        futures_util::future::join_all((0..20).map(|_| pace.call(attempt, verdict))).await;
        assert_eq!(most.load(Relaxed), 4);
    }

    /// A bucket of 40 calls that refills with 40 a second, in virtual time.
    struct Bucket(Mutex<(f64, Instant)>);

    impl Bucket {
        fn take(&self) -> Result<(), Fault> {
            let mut state = self.0.lock().unwrap();
            let now = Instant::now();
            let refilled = state.0 + (now - state.1).as_secs_f64() * 40.0;
            *state = (refilled.min(40.0), now);
            if state.0 < 1.0 {
                return Err(Fault::Throttled);
            }
            state.0 -= 1.0;
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_of_forty_a_second_is_used_nearly_fully() {
        let bucket = Bucket(Mutex::new((40.0, Instant::now())));
        let attempt = || async {
            sleep(Duration::from_millis(30)).await;
            bucket.take()
        };
        let (pace, started) = (pace(16, 60), Instant::now());
        let calls =
            futures_util::future::join_all((0..100).map(|_| pace.call(attempt, verdict))).await;
        assert!(calls.iter().all(Result::is_ok));
        let (took, limit) = (started.elapsed().as_secs_f64(), 60.0 / 40.0);
        assert!(
            took < limit * 1.3,
            "{took} s of virtual time, the bucket's limit is {limit} s"
        );
    }
}
