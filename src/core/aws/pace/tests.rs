use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use futures_util::FutureExt as _;
use tokio::time::timeout;

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

/// What a service saw of a hundred calls, and how long all but the first took.
struct Seen {
    throttled: u32,
    most_at_once: u32,
    took: Duration,
}

/// A hundred calls to a service that takes as long as `round_trip` says for the nth attempt, counted from 0.
async fn hundred(bucket: Option<Bucket>, round_trip: fn(u32) -> u64) -> Seen {
    let (now, most, attempts) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let throttled = AtomicU32::new(0);
    let attempt = || async {
        let half = Duration::from_millis(round_trip(attempts.fetch_add(1, Relaxed))) / 2;
        most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
        // The service decides when a call arrives, half way.
        sleep(half).await;
        let answer = bucket.as_ref().map_or(Ok(()), Bucket::take);
        sleep(half).await;
        now.fetch_sub(1, Relaxed);
        throttled.fetch_add(u32::from(answer.is_err()), Relaxed);
        answer
    };
    let started = Instant::now();
    let pace = Pace::new(Limits::default(), started + Duration::from_mins(1));
    let first = pace.call(attempt, verdict);
    let others = async {
        let calls = (1..100).map(|_| pace.call(attempt, verdict));
        let done = futures_util::future::join_all(calls).await;
        assert!(done.iter().all(Result::is_ok), "a failed bake");
        started.elapsed()
    };
    let (first, took) = futures_util::future::join(first, others).await;
    assert_eq!(first, Ok(()), "a failed bake");
    Seen {
        throttled: throttled.load(Relaxed),
        most_at_once: most.load(Relaxed),
        took,
    }
}

fn full() -> Bucket {
    Bucket(Mutex::new((40.0, Instant::now())))
}

/// Of a hundred calls with a bucket of forty a second.
const LIMIT: Duration = Duration::from_millis(1000 * (100 - 40) / 40);

fn steady(_: u32) -> u64 {
    30
}

fn uneven(attempt: u32) -> u64 {
    20 + u64::from(attempt) * 37 % 40
}

fn first_hangs(attempt: u32) -> u64 {
    if attempt == 0 { 14_000 } else { 30 }
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_throttled_a_hundred_calls_take_three_round_trips() {
    let seen = hundred(None, steady).await;
    assert!(
        seen.took < Duration::from_millis(3 * 30 + 10),
        "{:?}",
        seen.took
    );
    assert_eq!((seen.throttled, seen.most_at_once), (0, 52));
}

#[tokio::test(start_paused = true)]
async fn a_bucket_throttles_few_calls_and_is_used_nearly_fully_however_even_its_answers_are() {
    for round_trip in [steady, uneven] {
        let seen = hundred(Some(full()), round_trip).await;
        assert!(seen.took < LIMIT.mul_f64(1.3), "{:?}", seen.took);
        assert!(seen.throttled <= 18, "{} were throttled", seen.throttled);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_holds_up_no_other() {
    let seen = hundred(None, first_hangs).await;
    assert!(seen.took < Duration::from_millis(500), "{:?}", seen.took);
    let seen = hundred(Some(full()), first_hangs).await;
    assert!(seen.took < LIMIT.mul_f64(1.3), "{:?}", seen.took);
}

/// Walks of ten pages each, side by side, of which each page is asked for when the one before has come.
async fn walks(count: u32) -> Duration {
    let started = Instant::now();
    let pace = Pace::new(Limits::default(), started + Duration::from_mins(1));
    let one = || async {
        sleep(Duration::from_millis(30)).await;
        Ok::<_, Fault>(())
    };
    let walk = || async {
        for _ in 0..10 {
            assert_eq!(pace.call(one, verdict).await, Ok(()));
        }
    };
    futures_util::future::join_all((0..count).map(|_| walk())).await;
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn walks_that_are_fewer_than_a_round_wait_for_none() {
    for count in [1, 5, 15] {
        let took = walks(count).await;
        assert!(took < Duration::from_millis(310), "{count}: {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_waits_for_any_more_gives_its_place_back() {
    let pace = pace(4, 60);
    let attempt = || sleep(Duration::from_secs(50)).map(Ok::<_, Fault>);
    for _ in 0..3 {
        let calls = futures_util::future::join_all((0..8).map(|_| pace.call(attempt, verdict)));
        assert!(timeout(Duration::from_millis(10), calls).await.is_err());
    }
    let answer = pace.call(|| async { Ok::<_, Fault>(1) }, verdict);
    assert_eq!(timeout(Duration::from_secs(1), answer).await, Ok(Ok(1)));
}
