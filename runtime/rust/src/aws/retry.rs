//! Trying again, within limits.

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::sleep;

use super::last::Last;
use super::refusal::{Again, Refusal};
use crate::contract::limit;
use crate::error::Problem;

/// Makes attempts until one succeeds, one is refused for good, or there were enough. `last` is told how each
/// failed.
///
/// # Errors
/// The last attempt's.
pub(super) async fn until_it_passes<T, Attempt>(
    last: &Last,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, Problem>
where
    Attempt: Future<Output = Result<T, Refusal>>,
{
    let mut attempts = 0;
    loop {
        let refusal = match attempt().await {
            Ok(done) => return Ok(done),
            Err(refusal) => refusal,
        };
        attempts += 1;
        let problem = Problem {
            attempts,
            ..refusal.problem
        };
        if refusal.again == Again::Never || attempts as usize >= limit::ATTEMPTS {
            return Err(problem);
        }
        last.replace(Some(problem));
        if refusal.again == Again::AfterPause {
            sleep(pause_after(attempts)).await;
        }
    }
}

/// Full jitter: anything up to a bound that doubles.
fn pause_after(attempts: u32) -> Duration {
    let bound = limit::FIRST_PAUSE
        .saturating_mul(1 << (attempts - 1).min(10))
        .min(limit::LONGEST_PAUSE);
    bound.mul_f64(fastrand::f64())
}
