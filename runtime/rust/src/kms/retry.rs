//! Trying again, within limits.

use std::time::Duration;

use tokio::time::sleep;

use super::{Again, Refusal};
use crate::contract::limit;
use crate::error::Problem;

/// Makes attempts until one succeeds, one is refused for good, or there were enough. `last` is how the last one
/// failed.
///
/// # Errors
/// The last attempt's.
pub(super) async fn until_it_passes<T, Attempt>(
    last: &mut Option<Problem>,
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
        *last = Some(problem);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn pauses_are_anything_up_to_a_bound_that_doubles() {
        for (tries, bound) in [
            (1, 50),
            (2, 100),
            (3, 200),
            (4, 400),
            (5, 800),
            (6, 1000),
            (99, 1000),
        ] {
            let bound = Duration::from_millis(bound);
            let pauses: BTreeSet<_> = (0..100).map(|_| pause_after(tries)).collect();
            assert!(pauses.len() > 1, "they are all alike");
            assert!(pauses.iter().all(|pause| *pause <= bound), "{pauses:?}");
            // Half of them are on each side, so a hundred are never on one.
            let (least, most) = (pauses.first().unwrap(), pauses.last().unwrap());
            assert!(*least < bound / 2 && bound / 2 < *most, "{pauses:?}");
        }
    }
}
