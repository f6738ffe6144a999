//! One call for each secret, however many ask.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use secret_baker::{Code, Error};
use support::opening::{Opening, plaintext, says};
use support::{Fault, vectors};

const SLOW: Fault = Fault::Late(Duration::from_millis(50));

#[tokio::test]
async fn a_hundred_callers_make_one_call() {
    let opening = Opening::with(["A"]);
    opening.kms.always(SLOW);
    let secrets = opening.open();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let secrets = secrets.clone();
            tokio::spawn(async move { secrets.secret("A").await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap().expose(), plaintext("A"));
    }
    secrets.secret("A").await.unwrap();
    secrets.secret_bytes("A").await.unwrap();
    assert_eq!(opening.kms.calls().len(), 1);
}

#[tokio::test]
async fn a_hundred_callers_share_a_failure_and_the_next_one_calls_again() {
    let opening = Opening::with(["A"]);
    opening
        .kms
        .faults([Fault::Error(400, "AccessDeniedException", "")]);
    let secrets = opening.open();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let secrets = secrets.clone();
            tokio::spawn(async move { secrets.secret("A").await })
        })
        .collect();
    for caller in callers {
        assert_eq!(
            caller.await.unwrap().unwrap_err().code(),
            Code::AccessDenied
        );
    }
    assert_eq!(opening.kms.calls().len(), 1);
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn a_caller_who_leaves_takes_nothing_from_the_others() {
    let opening = Opening::with(["A"]);
    opening.kms.always(SLOW);
    let secrets = opening.open();
    let first = secrets.clone();
    let leaving = tokio::spawn(async move { first.secret("A").await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    let second = secrets.clone();
    let staying = tokio::spawn(async move { second.secret("A").await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    leaving.abort();
    assert_eq!(staying.await.unwrap().unwrap().expose(), plaintext("A"));
    assert_eq!(opening.kms.calls().len(), 1);
}

#[tokio::test]
async fn when_all_callers_have_left_the_next_one_calls_again() {
    let opening = Opening::with(["A"]);
    opening.kms.faults([Fault::Hang]);
    let secrets = opening.open();
    let left = tokio::time::timeout(Duration::from_millis(50), secrets.secret("A")).await;
    assert!(left.is_err());
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn fresh_decrypts_again_and_replaces() {
    let opening = Opening::with(["A"]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    let changed = vectors::standard("/t/A", "changed").0;
    opening.kms.replace(&changed);
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
    assert_eq!(secrets.fresh("A").await.unwrap().expose(), "changed");
    assert_eq!(secrets.secret("A").await.unwrap().expose(), "changed");
    assert_eq!(secrets.fresh_bytes("A").await.unwrap().expose(), b"changed");
    assert_eq!(opening.kms.calls().len(), 3);
}

#[tokio::test]
async fn fresh_that_fails_leaves_what_is_remembered() {
    let opening = Opening::with(["A"]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    opening
        .kms
        .faults([Fault::Error(400, "DisabledException", "")]);
    assert_eq!(
        secrets.fresh("A").await.unwrap_err().code(),
        Code::KeyUnusable
    );
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
}

#[tokio::test]
async fn all_failures_are_in_one_error() {
    let opening = Opening::with(["A", "B", "C"]);
    let denied = Fault::Error(400, "AccessDeniedException", "no");
    opening.kms.faults([denied.clone(), denied]);
    let error = opening
        .open()
        .secrets_of(["A", "B", "C", "D"])
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Several { failures } if failures.len() == 3));
    assert_eq!(error.failures().len(), 3);
    assert_eq!(error.failures()[2].code(), Code::NotInBundle);
    assert_eq!(error.line().lines().count(), 3);
    says(
        &error,
        &[
            "secret `D`",
            "SECRET_BAKER_ACCESS_DENIED",
            "SECRET_BAKER_NOT_IN_BUNDLE",
        ],
    );
}

#[tokio::test]
async fn one_failure_of_all_is_that_failure() {
    let opening = Opening::with(["A", "B"]);
    opening
        .kms
        .faults([Fault::Error(400, "AccessDeniedException", "")]);
    let error = opening.open().secrets().await.unwrap_err();
    assert!(matches!(&error, Error::NotOpened { .. }));
    assert_eq!(error.failures().len(), 1);
}

#[tokio::test]
async fn an_entry_that_is_malformed_fails_alone() {
    let kms = support::Fake::new();
    let good = kms.put("/t/A", "good");
    let opening = Opening::of(kms, &serde_json::json!({"A": good, "B": 5}));
    let secrets = opening.open();
    assert_eq!(secrets.secret("A").await.unwrap().expose(), "good");
    assert_eq!(
        secrets.secret("B").await.unwrap_err().code(),
        Code::BundleInvalid
    );
}

#[tokio::test]
async fn ten_names_at_most_are_told_for_one_that_is_not_there() {
    let names: Vec<String> = (10..22).map(|number| format!("N{number}")).collect();
    let opening = Opening::with(names.iter().map(String::as_str));
    let secrets = opening.open();
    let error = secrets.secret("n10").await.unwrap_err();
    says(
        &error,
        &["the bundle holds `N10`, `N11`,", "`N19` and 2 more"],
    );
    assert!(!error.to_string().contains("N20"), "{error}");
    assert_eq!(secrets.names().collect::<Vec<_>>(), names);
    assert!(opening.kms.calls().is_empty());
}

#[tokio::test]
async fn nothing_prints_a_plaintext() {
    let opening = Opening::with(["A"]);
    let secrets = opening.open();
    let secret = secrets.secret("A").await.unwrap();
    let bytes = secrets.secret_bytes("A").await.unwrap();
    assert_eq!(
        format!("{secret:?} {secret:#?} {bytes:?}"),
        "[secret] [secret] [secret]"
    );
    assert_eq!(
        format!("{:?}", secrets.secrets().await.unwrap()),
        r#"{"A": [secret]}"#
    );
    assert!(!format!("{secrets:#?}").contains(support::PLAINTEXT));
}

#[tokio::test]
async fn an_error_is_on_one_line_whatever_the_service_says() {
    let kms = support::Fake::new();
    let entry = kms.put("/t/A", "good");
    let opening = Opening::of(kms, &serde_json::json!({"A\nB": entry}));
    opening.kms.faults([Fault::Error(
        400,
        "AccessDeniedException",
        "first\nsecond\u{1b}[31m\u{2028}third",
    )]);
    let error = opening.open().secret("A\nB").await.unwrap_err();
    assert_eq!(error.line().lines().count(), 1);
    assert!(!error.to_string().contains(['\u{1b}', '\u{2028}']));
    says(&error, &["secret `A\\nB`", "first\\nsecond"]);
}
