//! How fast calls may follow each other once the service has throttled one.

use std::time::Duration;

use tokio::time::Instant;

/// The rate that all calls share, once there is one.
#[derive(Debug, Default)]
pub struct Rate {
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
    pub fn turn(&mut self, now: Instant) -> Option<Instant> {
        let interval = self.interval?;
        let turn = self.next.map_or(now, |next| next.max(now));
        self.next = Some(turn + interval);
        Some(turn)
    }

    /// A call was throttled.
    pub fn slower(&mut self, now: Instant) {
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

    /// A call was answered.
    pub fn faster(&mut self) {
        if let Some(interval) = self.interval {
            self.interval = Some(interval.mul_f64(0.99).max(Self::FASTEST));
        }
    }
}
