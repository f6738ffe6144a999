//! One end for all that a wish waits for.

use std::time::{Duration, Instant};

use tokio::time::timeout;

const TICK: Duration = Duration::from_millis(100);

/// Waits for work no longer than the limit. The time for which a frozen process stood still does not count: of each
/// tick no more is taken than two of them.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    // On the heap: limits are nested, and in place each would hold its work twice, as it came and pinned.
    let mut work = Box::pin(work);
    let mut left = limit;
    while !left.is_zero() {
        let begun = Instant::now();
        if let Ok(done) = timeout(TICK.min(left), &mut work).await {
            return Some(done);
        }
        left = left.saturating_sub(begun.elapsed().min(2 * TICK));
    }
    None
}
