//! What the codes and sentences have in common with the contract.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use secret_baker::{Code, Error};
use support::unseen::says_what_to_do;
use support::vectors::contract;

const README: &str = include_str!("../README.md");

#[test]
fn the_readme_has_every_code_with_its_meaning() {
    let contract = contract();
    let codes = contract["codes"].as_object().unwrap();
    for (code, what) in codes {
        let meaning = what["meaning"].as_str().unwrap();
        let row = format!("| `SECRET_BAKER_{code}` | {meaning} |");
        assert!(README.lines().any(|line| line == row), "not there: {row}");
    }
    let rows = README
        .lines()
        .filter(|line| line.starts_with("| `SECRET_BAKER_"));
    assert_eq!(rows.count(), codes.len());
}

#[test]
fn the_readmes_have_the_limits_of_the_contract() {
    let contract = contract();
    let limit = |name: &str| contract["limits"][name]["value"].as_u64().unwrap();
    let seconds = |name| limit(name) / 1000;
    for part in [
        format!("A wish has {} s in all", seconds("budgetMs")),
        format!("({} of a process", limit("atOncePerProcess")),
        format!(
            "One attempt has {} s, of which {} s is for connecting",
            seconds("attemptMs"),
            seconds("connectMs")
        ),
        format!("at most {} times", limit("attempts")),
        format!("more than {} minutes", seconds("clockMs") / 60),
    ] {
        assert!(README.contains(&part), "not there: {part}");
    }
    let launcher = include_str!("../../launcher/README.md");
    let budget = format!(
        "All secrets together have {} s",
        seconds("launcherBudgetMs")
    );
    assert!(launcher.contains(&budget), "not there: {budget}");
}

#[test]
fn a_code_has_the_words_of_the_contract() {
    assert_eq!(Code::NotAVariable.as_str(), "SECRET_BAKER_NOT_A_VARIABLE");
    let contract = contract();
    for (code, name) in [
        (Code::AccessDenied, "ACCESS_DENIED"),
        (Code::Tampered, "TAMPERED"),
        (Code::NotInBundle, "NOT_IN_BUNDLE"),
    ] {
        assert_eq!(code.sentence(), contract["codes"][name]["sentence"]);
        assert_eq!(code.hint(), contract["codes"][name]["hint"]);
    }
}

#[test]
fn the_page_of_each_code_is_named_once_and_of_many_codes_the_whole_page() {
    let contract = contract();
    let page = contract["page"].as_str().unwrap();
    let pages = |failures: &[Error]| {
        let several = Error::Several {
            failures: failures.to_vec(),
        };
        let lines = several.to_string();
        let lines: Vec<_> = lines
            .lines()
            .skip(failures.len())
            .map(str::to_owned)
            .collect();
        lines
    };
    let missing = Error::BundleMissing { looked_at: vec![] };
    assert_eq!(
        pages(&[missing.clone(), missing]),
        [format!("  more: {page}#secret_baker_bundle_missing")]
    );
    assert_eq!(
        secret_baker::pages(["A", "B", "C"]),
        ["a", "b", "c"].map(|code| format!("  more: {page}#{code}"))
    );
    assert_eq!(
        secret_baker::pages(["A", "B", "C", "A", "D"]),
        [format!("  more: {page}")]
    );
}

#[test]
fn a_bundle_that_does_not_open_is_told_on_one_line_with_what_to_do() {
    let names = vec!["A\nB".to_owned(), "C\u{2028}".to_owned()];
    for (error, line) in [
        (
            Error::BundleMissing {
                looked_at: vec!["/a\nb".into(), "/c".into()],
            },
            r"there is no bundle: looked at `/a\nb`, `/c`; package the service",
        ),
        (
            Error::BundleInvalid {
                file: "/a\rb".into(),
                problem: "is\nodd".into(),
                hint: Code::BundleInvalid.hint(),
            },
            r"the bundle is invalid: `/a\rb` is\nodd; package and deploy",
        ),
        (
            Error::NotInBundle {
                secret: "X\nY".into(),
                file: "/a".into(),
                names: names.clone(),
                others: 0,
            },
            r"secret `X\nY`: it is not in the bundle: `/a` has it not; add it to custom.secretBaker and deploy; the bundle holds `A\nB`, `C\u{2028}` [",
        ),
        (
            Error::NotInBundle {
                secret: "X".into(),
                file: "/a".into(),
                names,
                others: 7,
            },
            r"`C\u{2028}` and 7 more [SECRET_BAKER_NOT_IN_BUNDLE]",
        ),
        (
            Error::NotInBundle {
                secret: "X".into(),
                file: "/a".into(),
                names: vec![],
                others: 0,
            },
            "; the bundle is empty: add the secret",
        ),
    ] {
        let sentence = error.to_string();
        assert!(sentence.contains(line), "{sentence}");
        assert_eq!(error.line().lines().count(), 1);
        says_what_to_do(&sentence);
    }
}
