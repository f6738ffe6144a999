//! The time with which calls are signed.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::refusal::{Again, Refusal};
use super::reply::Reply;
use crate::contract::{hint, limit};

/// The clock of this machine, corrected by what AWS said of it.
#[derive(Default)]
pub(super) struct Clock {
    /// In seconds; above zero if this machine's clock is late.
    correction: AtomicI64,
}

/// When something was signed.
pub(super) struct Moment {
    pub(super) at: SystemTime,
    correction: i64,
}

impl Moment {
    /// How long ago it was, the time in which the process was frozen included.
    pub(super) fn elapsed(&self) -> Duration {
        let now = moved(SystemTime::now(), self.correction);
        now.duration_since(self.at).unwrap_or_default()
    }
}

impl Clock {
    /// The time to sign with. A call of the same time may correct the clock before this one is answered.
    pub(super) fn now(&self) -> Moment {
        let correction = self.correction.load(Ordering::Relaxed);
        let at = moved(SystemTime::now(), correction);
        Moment { at, correction }
    }

    /// A refusal of the signature, told as one of the clock if that is wrong: then it is corrected by the answer's
    /// `Date`, and the call may be signed anew, once: `is_corrected` tells whether it was.
    pub(super) fn corrected(
        &self,
        refusal: Refusal,
        reply: &Reply,
        is_corrected: &AtomicBool,
        signed: &Moment,
    ) -> Refusal {
        let is_of_signature = [hint::CREDENTIALS_SIGNATURE, hint::CREDENTIALS_CLOCK]
            .contains(&refusal.problem.hint.as_ref());
        let Some(late) = reply.date.as_deref().and_then(late_by) else {
            return refusal;
        };
        let off = late - signed.correction;
        if !is_of_signature || Duration::from_secs(off.unsigned_abs()) <= limit::CLOCK {
            return refusal;
        }
        let mut problem = refusal.problem;
        let side = if late > 0 { "behind" } else { "ahead of" };
        problem.reason = format!(
            "{}; the clock of this machine is {} s {side} that of AWS",
            problem.reason,
            late.unsigned_abs()
        );
        problem.hint = hint::CREDENTIALS_CLOCK.into();
        if is_corrected.swap(true, Ordering::Relaxed) {
            return Refusal::of(problem);
        }
        self.correction.store(late, Ordering::Relaxed);
        Refusal {
            problem,
            again: Again::AtOnce,
        }
    }
}

/// By how many seconds this machine's clock is behind a date of AWS.
fn late_by(date: &str) -> Option<i64> {
    // One that is written in another way, or that is no day, is none.
    let there = DateTime::from_str(date, Format::HttpDate).ok()?;
    let is_of_this_century = date.get(12..14) == Some("20");
    let written = there.fmt(Format::HttpDate).ok()?;
    let there = (is_of_this_century && date.get(5..) == written.get(5..)).then(|| there.secs())?;
    let here = DateTime::from(SystemTime::now()).secs();
    there.checked_sub(here)
}

fn moved(time: SystemTime, seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let moved = if seconds < 0 {
        time.checked_sub(by)
    } else {
        time.checked_add(by)
    };
    moved.unwrap_or(time)
}
