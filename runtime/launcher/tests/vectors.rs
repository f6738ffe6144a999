//! Every case of the shared vectors, by the real binary.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod running;
#[path = "../../rust/tests/support/mod.rs"]
mod support;

use std::fs;
use std::process::Command;
use std::thread;

use running::{Ended, end, launcher};
use serde_json::Value;
use support::Fake;
use support::opening::Opening;
use support::pages::failures_in;
use support::unseen::{nothing_is_seen, says_what_to_do};
use support::vectors::{Case, Expect, Table, VariableCase, tables, variables};

/// So many cases have an AWS of their own, so that pauses are waited for side by side.
const PART: usize = 200;

#[test]
fn every_case_of_the_vectors_ends_as_it_says() {
    let tables = tables();
    let wrong: Vec<String> = thread::scope(|scope| {
        let parts = tables.iter().flat_map(|table| {
            assert!(!table.cases.is_empty(), "{}", table.name);
            table.cases.chunks(PART).map(move |cases| (table, cases))
        });
        let begun: Vec<_> = parts
            .map(|(table, cases)| scope.spawn(|| wrong_in(table, cases)))
            .collect();
        let ended = begun.into_iter().map(|table| table.join().unwrap());
        ended.flatten().collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong_in(table: &Table, cases: &[Case]) -> Vec<String> {
    let opening = Opening::of(Fake::of(table), &Value::Null);
    let mut wrong = Vec::new();
    for case in cases {
        fs::write(opening.file(), &case.file).unwrap();
        opening.kms.own(&case.own);
        if let Err(what) = ends_as_it_says(case, &opening) {
            wrong.push(format!("{}: {}: {what}", table.name, case.title));
        }
    }
    wrong
}

fn ends_as_it_says(case: &Case, opening: &Opening) -> Result<(), String> {
    let is_between = |c: char| c == ',' || c.is_whitespace();
    let is_word = !case.secret.contains(is_between);
    let chosen = if is_word {
        format!("{}=OPENED", case.secret)
    } else {
        "*".to_owned()
    };
    let ended = end(of_all_services(opening)
        .env("SECRET_BAKER_ENV", chosen)
        .envs(&case.environment)
        .args(["env", "-0"]));
    if ended.code != 0 {
        says_what_to_do(&ended.err);
        nothing_is_seen(&ended.out);
    }
    let is_right = match &case.expect {
        // It can be written in no `NAME=VARIABLE`.
        Expect::Text(_) if !is_word => {
            ended.code == 1 && ended.err.contains("[SECRET_BAKER_NOT_A_VARIABLE]")
        }
        expect => is_as_expected(&ended, expect),
    };
    is_right
        .then_some(())
        .ok_or_else(|| format!("{} {}", ended.code, ended.err))
}

/// The variable is set to the plaintext, or the command did not run.
fn is_as_expected(ended: &Ended, expect: &Expect) -> bool {
    let fails_with = |code: &str| {
        let failures = failures_in(&ended.err);
        let is_told = failures
            .iter()
            .all(|line| line.ends_with(&format!("[{code}]")));
        ended.code == 1 && is_told && failures.len() == 1
    };
    let text = match expect {
        Expect::Fails(code) => return fails_with(code),
        Expect::Text(text) => text,
        Expect::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => return fails_with("SECRET_BAKER_NOT_TEXT"),
        },
    };
    if text.contains('\0') {
        return fails_with("SECRET_BAKER_NOT_A_VARIABLE");
    }
    ended.code == 0 && is_set(ended, text)
}

fn is_set(ended: &Ended, value: &str) -> bool {
    let expected = format!("OPENED={value}");
    ended.out.split('\0').any(|line| line == expected)
}

/// Whatever service an entry is of.
fn of_all_services(opening: &Opening) -> Command {
    let mut launcher = launcher(opening);
    launcher.env("AWS_ENDPOINT_URL_SECRETS_MANAGER", opening.kms.url());
    launcher
}

#[test]
fn every_case_of_a_sealed_variable_ends_as_it_says_and_others_stay_as_they_are() {
    let table = variables();
    let opening = Opening::of(Fake::of_variables(&table), &Value::Null);
    fs::remove_file(opening.file()).unwrap();
    let cases = table.cases.iter();
    let (sealed, others): (Vec<_>, Vec<_>) = cases
        .filter(|case| case.variable.is_some())
        .partition(|case| case.variable.as_deref().is_some_and(begins_as_sealed));
    assert!(
        sealed.len() > 20 && others.len() > 10,
        "{} {}",
        sealed.len(),
        others.len()
    );
    let wrong: Vec<_> = sealed
        .into_iter()
        .filter_map(|case| unseals_as_it_says(case, &opening).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Beside one that is sealed, so that no bundle is needed.
    let calls = opening.kms.calls().len();
    fs::write(opening.file(), "{}").unwrap();
    for case in others {
        let value = case.variable.as_deref().unwrap();
        let mut launcher = of_all_services(&opening);
        let ended = end(launcher.env("OPENED", value).args(["env", "-0"]));
        assert!(ended.code == 0 && is_set(&ended, value), "{}", case.title);
    }
    assert_eq!(opening.kms.calls().len(), calls);
}

fn begins_as_sealed(value: &str) -> bool {
    value.starts_with("secret-baker:")
}

fn unseals_as_it_says(case: &VariableCase, opening: &Opening) -> Result<(), String> {
    opening.kms.own(&case.own);
    let before = opening.kms.calls().len();
    let ended = end(of_all_services(opening)
        .env("OPENED", case.variable.as_deref().unwrap())
        .envs(&case.environment)
        .args(["env", "-0"]));
    if ended.code != 0 {
        says_what_to_do(&ended.err);
        nothing_is_seen(&ended.out);
    }
    let calls = (opening.kms.calls().len() - before) as u64;
    let is_right =
        is_as_expected(&ended, &case.expect) && case.calls.is_none_or(|expected| expected == calls);
    is_right
        .then_some(())
        .ok_or_else(|| format!("{}: {} {} {calls} calls", case.title, ended.code, ended.err))
}
