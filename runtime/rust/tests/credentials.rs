//! Where credentials come from, and when.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt as _;
use std::time::Duration;

use secret_baker::Code;
use serde_json::json;
use support::opening::{Environment, Opening, says, served};
use support::{Fault, PLAINTEXT};

/// An environment as `SnapStart` has it, with the fake as the container's server.
fn container(opening: &Opening) -> &Environment {
    let environment = &opening.environment;
    environment.remove("AWS_ACCESS_KEY_ID");
    environment.remove("AWS_SECRET_ACCESS_KEY");
    environment.set(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        format!("{}/credentials", opening.kms.url()),
    );
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "shown-1");
    environment
}

fn access_keys(opening: &Opening) -> Vec<String> {
    opening
        .kms
        .calls()
        .into_iter()
        .map(|call| call.access_key)
        .collect()
}

#[tokio::test]
async fn they_are_read_at_the_time_of_each_call() {
    let opening = Opening::with(["A"]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    opening.environment.set("AWS_ACCESS_KEY_ID", "AKID2");
    opening
        .environment
        .set("AWS_SECRET_ACCESS_KEY", "AKID2+signs");
    opening.environment.set("AWS_SESSION_TOKEN", "the-token");
    secrets.fresh("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["AKID", "AKID2"]);
    let tokens: Vec<_> = opening
        .kms
        .calls()
        .into_iter()
        .map(|call| call.token)
        .collect();
    assert_eq!(tokens, ["", "the-token"]);
}

#[tokio::test]
async fn each_attempt_is_signed_anew() {
    let opening = Opening::with(["A"]);
    let error = Fault::Error(400, "ThrottlingException", "");
    let environment = opening.environment.clone();
    opening
        .kms
        .faults([Fault::Late(std::time::Duration::from_millis(1100)), error]);
    // The first answers after the attempt's time, so that the second is signed in another second.
    let secrets = opening
        .builder()
        .attempt_timeout(std::time::Duration::from_secs(1))
        .open()
        .unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        environment.set("AWS_ACCESS_KEY_ID", "LATER");
        environment.set("AWS_SECRET_ACCESS_KEY", "LATER+signs");
    });
    secrets.secret("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["AKID", "LATER", "LATER"]);
    let calls = opening.kms.calls();
    assert_ne!(calls[0].date, calls[1].date);
}

#[tokio::test]
async fn a_containers_are_fetched_once_until_they_expire() {
    let opening = Opening::with(["A", "B", "C"]);
    let environment = container(&opening);
    opening.kms.credentials([served("FIRST", 3600)]);
    let secrets = opening.open();
    secrets.secrets().await.unwrap();
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "shown-2");
    secrets.fresh("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["FIRST"; 4]);
    assert_eq!(opening.kms.calls()[0].token, "a-token");
    assert_eq!(opening.kms.tokens(), ["shown-1"]);
}

#[tokio::test]
async fn a_containers_that_are_about_to_expire_are_fetched_again() {
    let opening = Opening::with(["A"]);
    let environment = container(&opening);
    opening
        .kms
        .credentials([served("FIRST", 30), served("SECOND", 3600)]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "shown-2");
    secrets.fresh("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["FIRST", "SECOND"]);
    assert_eq!(opening.kms.tokens(), ["shown-1", "shown-2"]);
}

#[tokio::test]
async fn a_containers_that_kms_calls_expired_are_fetched_again() {
    let opening = Opening::with(["A"]);
    container(&opening);
    opening.credentials_that_expire();
    opening.open().secret("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["FIRST", "SECOND"]);
}

#[tokio::test]
async fn the_containers_token_may_be_in_a_file() {
    let opening = Opening::with(["A"]);
    let environment = container(&opening);
    let file = opening.folder.path().join("token");
    environment.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.as_os_str());
    opening.kms.credentials([served("FIRST", 3600)]);
    let secrets = opening.open();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Credentials);
    says(
        &error,
        &["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "cannot be read"],
    );
    fs::write(&file, "from the file\n").unwrap();
    secrets.secret("A").await.unwrap();
    assert_eq!(opening.kms.tokens(), ["from the file"]);
}

#[tokio::test]
async fn a_container_that_serves_none_is_asked_again_and_then_named() {
    for (answer, asked) in [
        ((500, String::new()), 5),
        ((200, PLAINTEXT.to_owned()), 5),
        ((403, PLAINTEXT.to_owned()), 1),
    ] {
        let opening = Opening::with(["A"]);
        container(&opening);
        opening.kms.credentials([answer]);
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Credentials);
        says(&error, &["those of the container cannot be fetched"]);
        assert_eq!(opening.kms.tokens().len(), asked);
        assert!(opening.kms.calls().is_empty());
    }
}

#[tokio::test]
async fn the_containers_token_is_sent_to_no_other_host() {
    let opening = Opening::with(["A"]);
    let environment = container(&opening);
    for url in [
        "http://evil.invalid/credentials",
        "http://127.0.0.1.evil.invalid/",
        "http://169.254.170.3/",
        "http://user:password@127.0.0.1/",
        "file:///etc",
        "127.0.0.1",
    ] {
        environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Credentials, "{url}");
        says(&error, &["AWS_CONTAINER_CREDENTIALS_FULL_URI is neither"]);
    }
}

/// With the feature it would look for them in the whole of this machine.
#[cfg(not(feature = "sdk"))]
#[tokio::test]
async fn without_any_it_is_said_what_is_missing() {
    let opening = Opening::with(["A"]);
    let secrets = opening.builder().environment(|_| None).open().unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Credentials);
    says(
        &error,
        &[
            "AWS_ACCESS_KEY_ID",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "feature `sdk`",
        ],
    );
    assert!(opening.kms.calls().is_empty());
}

#[tokio::test]
async fn what_cannot_be_a_header_is_refused_without_being_shown() {
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ] {
        for value in [
            OsString::from("AKID+signs\n"),
            "AKID +signs".into(),
            "AKID+s\u{ef}gns".into(),
            OsString::from_vec(b"AKID+signs\xff".to_vec()),
        ] {
            let opening = Opening::with(["A"]);
            opening.environment.set(name, value);
            let error = opening.open().secret("A").await.unwrap_err();
            assert_eq!(error.code(), Code::Credentials);
            says(
                &error,
                &[&format!("{name} has white space"), "; set it anew, without"],
            );
            assert!(opening.kms.calls().is_empty());
        }
    }
}

#[tokio::test]
async fn half_of_the_credentials_is_refused_and_none_is_looked_for_elsewhere() {
    for (unset, set) in [
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
    ] {
        let opening = Opening::with(["A"]);
        let url = format!("{}/credentials", opening.kms.url());
        let environment = &opening.environment;
        environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
        environment.set(unset, "");
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Credentials);
        says(
            &error,
            &[&format!(
                "{set} is set, and {unset} is not; set AWS_ACCESS_KEY_ID and"
            )],
        );
        assert!(opening.kms.tokens().is_empty() && opening.kms.calls().is_empty());
    }
}

#[tokio::test]
async fn a_containers_that_are_malformed_are_refused_with_the_part() {
    let of = |key: &str, secret: &str, token: &str| {
        let served = json!({"AccessKeyId": key, "SecretAccessKey": secret, "Token": token});
        (200, served.to_string())
    };
    for (served, part) in [
        (of("", "a+signs", "a"), "AccessKeyId"),
        (of("FIRST", "FIRST+signs\n", "a"), "SecretAccessKey"),
        (of("FIRST", "FIRST+signs", "a token"), "Token"),
    ] {
        let opening = Opening::with(["A"]);
        container(&opening);
        opening.kms.credentials([served]);
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Credentials);
        says(
            &error,
            &[&format!(
                "{part} that the container was served has white space"
            )],
        );
        assert!(opening.kms.calls().is_empty());
    }
}

#[tokio::test]
async fn a_containers_without_an_end_are_kept_and_fetched_again_when_they_are_refused() {
    let of = |key: &str, end: &str| {
        let secret = format!("{key}+signs");
        let served = json!({"AccessKeyId": key, "SecretAccessKey": secret, "Expiration": end});
        (200, served.to_string())
    };
    let opening = Opening::with(["A", "B"]);
    container(&opening);
    opening
        .kms
        .credentials([of("FIRST", "some day"), of("SECOND", "some day")]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    secrets.secret("B").await.unwrap();
    assert_eq!(opening.kms.tokens().len(), 1);
    opening
        .kms
        .faults([Fault::Error(400, "ExpiredTokenException", "")]);
    secrets.fresh("A").await.unwrap();
    assert_eq!(access_keys(&opening), ["FIRST", "FIRST", "FIRST", "SECOND"]);
}

#[tokio::test]
async fn credentials_that_stay_refused_are_fetched_anew_once_in_a_call() {
    let opening = Opening::with(["A"]);
    container(&opening);
    opening.kms.credentials([served("FIRST", 3600)]);
    opening
        .kms
        .always(Fault::Error(400, "ExpiredTokenException", ""));
    let error = opening.open().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Credentials);
    says(&error, &["; they have expired: renew them"]);
    assert_eq!(opening.kms.calls().len(), 2);
    assert_eq!(opening.kms.tokens().len(), 2);
}

#[tokio::test]
async fn a_container_that_never_answers_is_said_to_be_the_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let opening = Opening::with(["A"]);
    let environment = container(&opening);
    let url = format!("http://{}/", listener.local_addr().unwrap());
    environment.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    let secrets = opening
        .builder()
        .attempt_timeout(Duration::from_millis(100))
        .call_timeout(Duration::from_millis(500))
        .open()
        .unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Credentials);
    says(&error, &["where they are served, there was no answer"]);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_once_by_that_of_aws() {
    for (off, side) in [(3600, "behind"), (-3600, "ahead of")] {
        for name in ["InvalidSignatureException", "RequestExpired"] {
            let opening = Opening::with(["A", "B"]);
            opening.kms.clock(off);
            opening.kms.faults([Fault::Error(400, name, "")]);
            let secrets = opening.open();
            secrets.secret("A").await.unwrap();
            secrets.secret("B").await.unwrap();
            let calls = opening.kms.calls();
            let dates: Vec<_> = calls.iter().map(|call| seconds(&call.date)).collect();
            assert_eq!(dates.len(), 3, "{name}");
            for date in &dates[1..] {
                assert!((date - dates[0] - off).abs() < 60, "{dates:?}");
            }

            opening.kms.always(Fault::Error(400, name, ""));
            let error = opening.open().secret("A").await.unwrap_err();
            assert_eq!(error.code(), Code::Credentials);
            assert_eq!(opening.kms.calls().len(), 3 + 2);
            // It is right by now, and refused nonetheless.
            let error = secrets.fresh("A").await.unwrap_err();
            assert!(!error.to_string().contains(side), "{error}");
        }
    }
}

/// Each is signed before the answer to the other has told the time.
#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected_for_all_that_are_under_way() {
    for off in [3600, -3600] {
        let opening = Opening::with(["A", "B"]);
        opening.kms.clock(off);
        let late =
            |ms| Fault::LateError(Duration::from_millis(ms), 400, "InvalidSignatureException");
        opening.kms.faults([late(1000), late(1500)]);
        let secrets = opening.open().secrets().await.unwrap();
        assert_eq!(secrets.len(), 2);
        assert_eq!(opening.kms.calls().len(), 4);
    }
}

/// Whose answers say another time at each call.
#[tokio::test]
async fn a_clock_that_stays_wrong_is_told() {
    let opening = Opening::with(["A"]);
    opening.kms.clock_that_runs(3600);
    opening
        .kms
        .always(Fault::Error(400, "InvalidSignatureException", ""));
    let error = opening.open().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Credentials);
    says(
        &error,
        &[" s behind that of AWS", "; set the clock of this machine"],
    );
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn a_clock_that_is_nearly_right_is_left_alone() {
    let opening = Opening::with(["A"]);
    opening.kms.clock(200);
    opening
        .kms
        .faults([Fault::Error(400, "InvalidSignatureException", "")]);
    let error = opening.open().secret("A").await.unwrap_err();
    says(&error, &["; check the secret access key, and the clock"]);
    assert_eq!(opening.kms.calls().len(), 1);
}

/// Of `20300101T000000Z`, since some day.
fn seconds(date: &str) -> i64 {
    let [day, time] = [&date[..8], &date[9..15]];
    let whole = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &day[..4],
        &day[4..6],
        &day[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    );
    let format = aws_smithy_types::date_time::Format::DateTime;
    aws_smithy_types::DateTime::from_str(&whole, format)
        .unwrap()
        .secs()
}
