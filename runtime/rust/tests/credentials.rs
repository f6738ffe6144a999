//! Where credentials come from, and when.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fs;

use secret_baker::Code;
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
        let opening = Opening::with(["A"]);
        opening.environment.set(name, "AKID+signs\n");
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Credentials);
        says(&error, &["white space"]);
        assert!(opening.kms.calls().is_empty());
    }
}
