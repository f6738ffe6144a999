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
    let limits = Limits {
        at_once,
        most: at_once,
        ..Limits::default()
    };
    Pace::new(limits, Instant::now() + Duration::from_secs(seconds))
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
    let calls = futures_util::future::join_all((0..100).map(|_| pace.call(attempt, verdict))).await;
    assert!(calls.iter().all(Result::is_ok));
    let (took, limit) = (started.elapsed().as_secs_f64(), 60.0 / 40.0);
    assert!(
        took < limit * 1.3,
        "{took} s of virtual time, the bucket's limit is {limit} s"
    );
}
