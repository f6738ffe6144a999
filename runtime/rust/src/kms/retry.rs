//! Trying again, within limits.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use super::{Patience, Refusal};
use crate::error::Problem;

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Makes attempts until one succeeds, one is refused for good, or patience is at its end.
///
/// The time for which a frozen process stood still does not count: of each attempt and each pause no more is taken
/// from the whole than it was allowed.
///
/// # Errors
/// The last attempt's.
pub(super) async fn until_it_passes<T, Attempt>(
    patience: Patience,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, Problem>
where
    Attempt: Future<Output = Result<T, Refusal>>,
{
    let mut left = patience.call;
    let mut tries = 0;
    loop {
        let limit = patience.attempt.min(left);
        let begun = Instant::now();
        let outcome = timeout(limit, attempt()).await;
        left = left.saturating_sub(begun.elapsed().min(limit));
        tries += 1;
        let refusal = match outcome {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(refusal)) => refusal,
            Err(_) => Refusal::unreachable(format!("no answer within {limit:?}")),
        };
        let pause = pause_after(tries);
        if !refusal.again || tries >= patience.attempts || left <= pause {
            return Err(counted(refusal.problem, tries));
        }
        sleep(pause).await;
        left = left.saturating_sub(pause);
    }
}

/// Full jitter: anything up to a bound that doubles.
fn pause_after(tries: u32) -> Duration {
    let bound = SHORTEST
        .saturating_mul(1 << (tries - 1).min(10))
        .min(LONGEST);
    bound.mul_f64(fastrand::f64())
}

fn counted(problem: Problem, count: u32) -> Problem {
    match problem {
        Problem::Throttled(_) => Problem::Throttled(count),
        Problem::Unreachable { reason, .. } => Problem::Unreachable {
            reason,
            tries: count,
        },
        other => other,
    }
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
