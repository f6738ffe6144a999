//! Every code has a sentence that says what to do.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::collections::BTreeSet;

use secret_baker::{Error, Problem};
use support::unseen::says_what_to_do;

const README: &str = include_str!("../README.md");

#[test]
fn the_sentence_of_every_code_says_what_to_do() {
    let said = || "words".to_owned();
    let errors = [
        Error::BundleMissing {
            looked_at: vec!["a".into()],
        },
        Error::BundleInvalid {
            file: "a".into(),
            problem: said(),
            hint: "set it",
        },
        Error::NotInBundle {
            secret: said(),
            file: "a".into(),
            near: vec![],
        },
        Error::NotInBundle {
            secret: said(),
            file: "a".into(),
            near: vec![said()],
        },
    ];
    let problems = [
        Problem::EntryInvalid(said()),
        Problem::UnknownSource(said()),
        Problem::UnknownCiphertext(said()),
        Problem::WrongContext(said()),
        Problem::Tampered(said()),
        Problem::NotText,
        Problem::AccessDenied(None),
        Problem::AccessDenied(Some(said())),
        Problem::KeyUnusable {
            name: said(),
            message: Some(said()),
        },
        Problem::Credentials {
            reason: said(),
            hint: "set them",
        },
        Problem::Throttled(5),
        Problem::Unreachable {
            reason: said(),
            tries: 5,
        },
        Problem::Service {
            name: said(),
            message: None,
        },
    ];
    let mut said: BTreeSet<_> = errors.iter().map(|error| error.code().as_str()).collect();
    said.extend(problems.iter().map(|problem| problem.code().as_str()));
    let rows = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `SECRET_BAKER_"));
    let codes = rows.filter_map(|row| row.split('`').next());
    let documented: BTreeSet<_> = codes.map(|code| format!("SECRET_BAKER_{code}")).collect();
    assert_eq!(said, documented.iter().map(String::as_str).collect());
    for error in errors {
        says_what_to_do(&error.to_string());
    }
    for problem in problems {
        says_what_to_do(&problem.to_string());
    }
}
