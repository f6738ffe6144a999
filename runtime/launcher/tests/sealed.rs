//! Variables of the launcher's own environment that hold a sealed secret.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod running;
#[path = "../../rust/tests/support/mod.rs"]
mod support;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::time::{Duration, Instant};

use running::{end, launcher, stopped};
use serde_json::json;
use support::opening::{Opening, plaintext};
use support::{Fake, Fault, PLAINTEXT};

/// What the framework's variable gives for a secret with the plaintext `<PLAINTEXT> of <name>`.
fn sealed(kms: &Fake, name: &str) -> String {
    sealed_of(kms, name, &plaintext(name))
}

fn sealed_of(kms: &Fake, name: &str, plaintext: &str) -> String {
    format!("secret-baker:{}", kms.put(&format!("/v/{name}"), plaintext))
}

fn without_a_bundle() -> Opening {
    let opening = Opening::with([]);
    fs::remove_file(opening.file()).unwrap();
    opening
}

#[test]
fn they_become_their_plaintexts_beside_the_secrets_of_the_bundle() {
    let opening = Opening::with(["A"]);
    let ended = end(launcher(&opening)
        .env("DB", sealed(&opening.kms, "DB"))
        .env("KEY", sealed(&opening.kms, "KEY"))
        .env("PLAIN", "not secret-baker: sealed")
        .args(["sh", "-c", "echo \"$A|$DB|$KEY|$PLAIN\""]));
    let expected = format!(
        "{}|{}|{}|not secret-baker: sealed\n",
        plaintext("A"),
        plaintext("DB"),
        plaintext("KEY")
    );
    assert_eq!((ended.code, ended.out), (0, expected), "{}", ended.err);
    assert_eq!(opening.kms.calls().len(), 3);
}

#[test]
fn they_need_no_bundle_unless_one_is_asked_for() {
    let opening = without_a_bundle();
    let print = ["sh", "-c", "echo \"$DB\""];
    for (variable, value) in [
        ("OTHER", ""),
        ("SECRET_BAKER_FILE", ""),
        ("SECRET_BAKER_ENV", "*"),
    ] {
        let ended = end(launcher(&opening)
            .env("DB", sealed(&opening.kms, "DB"))
            .env(variable, value)
            .args(print));
        assert_eq!(ended.out, format!("{}\n", plaintext("DB")), "{}", ended.err);
    }
    let calls = opening.kms.calls().len();
    let nowhere = opening.folder.path().join("nowhere.json");
    for (variable, value, said) in [
        (
            "SECRET_BAKER_FILE",
            nowhere.to_str().unwrap(),
            "there is no bundle: looked at",
        ),
        ("SECRET_BAKER_ENV", "A", "there is no bundle: looked at"),
        ("SECRET_BAKER_ENV", "*,A=B", "there is no bundle: looked at"),
        ("SECRET_BAKER_ENV", "", "SECRET_BAKER_ENV is empty"),
    ] {
        let mut launcher = launcher(&opening);
        launcher.env("DB", sealed(&opening.kms, "DB"));
        stopped(launcher.env(variable, value), 1, &[said]);
    }
    // A bundle that is there is read, whatever else there is.
    fs::write(opening.file(), "[]").unwrap();
    let mut invalid = launcher(&opening);
    stopped(
        invalid.env("DB", sealed(&opening.kms, "DB")),
        1,
        &["the bundle is invalid"],
    );
    // What opens without the prefix needs a bundle as it always did.
    fs::remove_file(opening.file()).unwrap();
    let mut bare = launcher(&opening);
    stopped(bare.env("DB", "AQICAAAA"), 1, &["there is no bundle"]);
    assert_eq!(opening.kms.calls().len(), calls);
}

#[test]
fn a_secret_of_the_bundle_replaces_one_that_is_not_opened_then() {
    let opening = Opening::with(["A", "DB"]);
    for (chosen, expected, calls) in [
        ("*", plaintext("DB"), 2),
        ("A=DB", plaintext("A"), 1),
        ("A", plaintext("sealed"), 2),
    ] {
        let before = opening.kms.calls().len();
        let ended = end(launcher(&opening)
            .env("DB", sealed(&opening.kms, "sealed"))
            .env("SECRET_BAKER_ENV", chosen)
            .args(["sh", "-c", "echo \"$DB\""]));
        assert_eq!(ended.out, format!("{expected}\n"), "{}", ended.err);
        assert_eq!(opening.kms.calls().len() - before, calls, "{chosen}");
    }
}

#[test]
fn a_name_that_is_reserved_is_refused_before_any_call() {
    let opening = Opening::with(["A"]);
    let value = sealed(&opening.kms, "x");
    let reserved = |name: &str| {
        format!(
            "environment variable `{name}`: it cannot be an environment variable: `{name}` is reserved; that variable"
        )
    };
    let mut two = launcher(&opening);
    two.env("NODE_OPTIONS", &value)
        .env("AWS_SESSION_TOKEN", &value);
    // With what is wrong with the names of secrets, too.
    two.env("SECRET_BAKER_ENV", "A=PATH");
    let lines = [
        "secret `A`: it cannot be an environment variable: `PATH` is reserved",
        &reserved("AWS_SESSION_TOKEN"),
        &reserved("NODE_OPTIONS"),
    ];
    stopped(&mut two, 1, &lines);
    let mut odd = launcher(&opening);
    odd.env(OsString::from_vec(b"A\xff".to_vec()), &value);
    stopped(&mut odd, 1, &["its name is not UTF-8; rename it"]);
    assert!(opening.kms.calls().is_empty());
    // Its name was written where it was sealed.
    let ended = end(launcher(&opening)
        .env("HTTPS_PROXY_OF_MINE", &value)
        .env("no_proxy", &value)
        .args(["sh", "-c", "echo \"$no_proxy\""]));
    assert_eq!(ended.out, format!("{}\n", plaintext("x")), "{}", ended.err);
}

#[test]
fn all_that_fails_is_told_at_once_and_the_command_does_not_run() {
    let opening = Opening::with(["A"]);
    fs::write(
        opening.file(),
        json!({"A": opening.kms.put("/t/A", "a"), "B": {"source": "new"}}).to_string(),
    )
    .unwrap();
    let mut launcher = launcher(&opening);
    launcher
        .env("GOOD", sealed(&opening.kms, "good"))
        .env("MALFORMED", "secret-baker:not-resolved-here")
        .env("UNKNOWN", "secret-baker:{\"source\":\"new\"}");
    let lines = [
        "secret `B`: its source is not known to this version",
        "environment variable `MALFORMED`: the environment variable holds no sealed secret",
        "environment variable `UNKNOWN`: its source is not known to this version",
    ];
    stopped(&mut launcher, 1, &lines);
}

#[test]
fn a_plaintext_that_no_variable_can_hold_is_refused() {
    let kms = Fake::new();
    let bundle = json!({"A": kms.put("/t/A", &format!("{PLAINTEXT}\0rest"))});
    let opening = Opening::of(kms, &bundle);
    let value = sealed_of(&opening.kms, "x", &format!("{PLAINTEXT}\0other"));
    let holds_nul = "it cannot be an environment variable: its value holds NUL";
    stopped(
        launcher(&opening).env("DB", value),
        1,
        &[
            &format!("secret `A`: {holds_nul}"),
            &format!("environment variable `DB`: {holds_nul}"),
        ],
    );
}

/// Those of the bundle and of the environment wait side by side.
#[test]
fn all_of_a_silent_kms_end_in_eight_seconds() {
    let opening = Opening::with(["A"]);
    opening.kms.always(Fault::Hang);
    let begun = Instant::now();
    let mut launcher = launcher(&opening);
    launcher.env("DB", sealed(&opening.kms, "DB"));
    let no_answer = "no answer within";
    stopped(&mut launcher, 1, &[no_answer, no_answer]);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
}
