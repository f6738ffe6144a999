//! How many calls are under way at once, and what those have that wait. Both are of the whole process, so one test is run
//! after the other.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::{Duration, Instant};

use secret_baker::Code;
use support::Fault;
use support::opening::{Opening, plaintext};
use tokio::sync::Mutex;

static ALONE: Mutex<()> = Mutex::const_new(());

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("N{number}")).collect()
}

#[tokio::test]
async fn all_secrets_are_opened_side_by_side_but_not_too_many() {
    let _alone = ALONE.lock().await;
    let opening = Opening::with(names(100).iter().map(String::as_str));
    opening.kms.always(Fault::Late(Duration::from_millis(50)));
    let all = opening.open().secrets().await.unwrap();
    assert_eq!(all.len(), 100);
    assert!(
        all.iter()
            .all(|(name, secret)| secret.expose() == plaintext(name))
    );
    let most = opening.kms.most_at_once();
    assert!((2..=16).contains(&most), "{most}");
    assert_eq!(opening.kms.calls().len(), 100);
    assert!(opening.kms.calls().iter().all(|call| call.connection <= 16));
}

#[tokio::test]
async fn two_bundles_of_a_process_have_as_many_calls_as_one() {
    let _alone = ALONE.lock().await;
    let opening = Opening::with(names(40).iter().map(String::as_str));
    opening.kms.always(Fault::Late(Duration::from_millis(50)));
    let (one, other) = (opening.open(), opening.open());
    let (one, other) = tokio::join!(one.secrets(), other.secrets());
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 80);
    let most = opening.kms.most_at_once();
    assert!((2..=16).contains(&most), "{most}");
}

#[tokio::test]
async fn all_secrets_have_one_end_whatever_waits_for_what() {
    let _alone = ALONE.lock().await;
    let opening = Opening::with(names(48).iter().map(String::as_str));
    opening.kms.always(Fault::Hang);
    let secrets = opening
        .builder()
        .attempt_timeout(Duration::from_millis(400))
        .call_timeout(Duration::from_secs(1))
        .open()
        .unwrap();
    let begun = Instant::now();
    let error = secrets.secrets().await.unwrap_err();
    // Three rounds of sixteen would take six seconds and more.
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(error.failures().len(), 48);
    let told = |part: &str| {
        let failures = error.failures().iter();
        failures
            .filter(|failure| failure.to_string().contains(part))
            .count()
    };
    for failure in error.failures() {
        assert_eq!(failure.code(), Code::Unreachable);
    }
    assert_eq!(told("no answer within"), 16);
    assert_eq!(
        told("took all the time that there was; open fewer secrets at once"),
        32
    );
}
