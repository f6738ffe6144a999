//! How long the launcher takes from its start to its command. A measurement, for a quiet machine:
//!
//! `LAUNCHER=target/x86_64-unknown-linux-gnu/release/secret-baker-launcher cargo test --test start -- --ignored --nocapture`

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "../../rust/tests/support/mod.rs"]
mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use support::Fault;
use support::opening::Opening;

const RUNS: usize = 50;
const ROUND_TRIP: Duration = Duration::from_millis(20);

fn median(command: &mut Command) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            assert!(command.status().unwrap().success());
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

#[test]
#[ignore = "a measurement, of an optimised launcher"]
fn ten_secrets_take_fifteen_milliseconds_and_a_round_trip() {
    let launcher =
        std::env::var("LAUNCHER").unwrap_or(env!("CARGO_BIN_EXE_secret-baker-launcher").into());
    let names: Vec<String> = (0..10).map(|number| format!("N{number}")).collect();
    let opening = Opening::with(names.iter().map(String::as_str));
    let mut opened = Command::new(launcher);
    opened
        .env("SECRET_BAKER_FILE", opening.file())
        .env("AWS_ENDPOINT_URL_KMS", opening.kms.url())
        .arg("true");
    opened
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "AKID+signs");
    let alone = median(&mut Command::new("true"));
    let at_once = median(&mut opened);
    opening.kms.always(Fault::Late(ROUND_TRIP));
    let far = median(&mut opened);
    println!(
        "`true` alone {alone:?}; behind the launcher, 10 secrets: {at_once:?}; with {ROUND_TRIP:?} a call: {far:?}"
    );
    assert!(
        far.saturating_sub(alone) < ROUND_TRIP + Duration::from_millis(15),
        "{far:?}"
    );
}
