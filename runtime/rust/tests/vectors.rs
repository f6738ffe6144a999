//! Every case of the shared vectors, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fs;
use std::path::Path;

use futures_util::future::join_all;
use secret_baker::{Error, Secret, SecretBytes, Secrets};
use support::Fake;
use support::opening::{Environment, says};
use support::unseen::nothing_is_seen;
use support::vectors::{Case, Expect, Table, VariableCase, tables, variables};

/// So many cases have an AWS of their own, so that pauses are waited for side by side.
const PART: usize = 100;

#[tokio::test]
async fn every_case_ends_as_it_says() {
    let tables = tables();
    let count: usize = tables.iter().map(|table| table.cases.len()).sum();
    assert!(count > 150, "there are only {count} cases");
    let parts = tables.iter().flat_map(|table| {
        assert!(!table.cases.is_empty(), "{}", table.name);
        table.cases.chunks(PART).map(|cases| wrong_in(table, cases))
    });
    let wrong = join_all(parts).await.concat();
    assert!(
        wrong.is_empty(),
        "{} of {count} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

async fn wrong_in(table: &Table, cases: &[Case]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    let aws = Fake::of(table);
    let mut wrong = Vec::new();
    for case in cases {
        fs::write(&file, &case.file).unwrap();
        if let Err(what) = check(case, &aws, &file).await {
            wrong.push(format!("{}: {}: {what}", table.name, case.title));
        }
    }
    wrong
}

async fn check(case: &Case, aws: &Fake, file: &Path) -> Result<(), String> {
    aws.own(&case.own);
    let before = aws.calls().len();
    let environment = Environment::with(&case.environment);
    let opened = Secrets::builder()
        .file(file)
        .endpoint(aws.url())
        .environment(environment.reader())
        .open();
    nothing_is_seen(&format!("{opened:?} {opened:#?}"));
    let outcome = match (&opened, &case.expect) {
        (Err(error), _) => Err(error.clone()),
        (Ok(secrets), Expect::Bytes(_)) => bytes(secrets.secret_bytes(&case.secret).await),
        (Ok(secrets), _) => text(secrets.secret(&case.secret).await),
    };
    is_right(&outcome, &case.expect)?;
    were_made(aws.calls().len() - before, case.calls)
}

#[tokio::test]
async fn every_case_of_a_variable_ends_as_it_says() {
    let table = variables();
    let aws = Fake::of_variables(&table);
    assert!(table.cases.len() > 50, "{}", table.cases.len());
    let mut wrong = Vec::new();
    for case in &table.cases {
        if let Err(what) = check_variable(case, &aws).await {
            wrong.push(format!("{}: {what}", case.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn check_variable(case: &VariableCase, aws: &Fake) -> Result<(), String> {
    aws.own(&case.own);
    let before = aws.calls().len();
    let environment = Environment::with(&case.environment);
    if let Some(value) = &case.variable {
        environment.set("DB", value);
    }
    let variables = Secrets::builder()
        .endpoint(aws.url())
        .environment(environment.reader())
        .sealed_variables();
    nothing_is_seen(&format!("{variables:?} {variables:#?}"));
    let outcome = match &case.expect {
        Expect::Bytes(_) => bytes(variables.secret_bytes("DB").await),
        _ => text(variables.secret("DB").await),
    };
    if let Err(error) = &outcome {
        says(error, &["environment variable `DB`"]);
    }
    is_right(&outcome, &case.expect)?;
    were_made(aws.calls().len() - before, case.calls)
}

fn text(opened: Result<Secret, Error>) -> Result<Vec<u8>, Error> {
    let opened = opened.inspect(|text| nothing_is_seen(&format!("{text:?} {text:#?}")));
    opened.map(|text| text.expose().as_bytes().to_vec())
}

fn bytes(opened: Result<SecretBytes, Error>) -> Result<Vec<u8>, Error> {
    let opened = opened.inspect(|bytes| nothing_is_seen(&format!("{bytes:?} {bytes:#?}")));
    opened.map(|bytes| bytes.expose().to_vec())
}

fn is_right(outcome: &Result<Vec<u8>, Error>, expect: &Expect) -> Result<(), String> {
    let is_right = match (outcome, expect) {
        (Ok(plaintext), Expect::Text(text)) => plaintext == text.as_bytes(),
        (Ok(plaintext), Expect::Bytes(bytes)) => plaintext == bytes,
        (Err(error), Expect::Fails(code)) => {
            error.code().as_str() == code && error.line().ends_with(&format!("[{code}]"))
        }
        _ => false,
    };
    if let Err(error) = outcome {
        says(error, &[]);
    }
    is_right.then_some(()).ok_or_else(|| match outcome {
        Ok(_) => "it opened, to something else or to anything".into(),
        Err(error) => error.to_string(),
    })
}

fn were_made(calls: usize, expected: Option<u64>) -> Result<(), String> {
    match expected {
        Some(expected) if expected != calls as u64 => Err(format!("{calls} calls, not {expected}")),
        _ => Ok(()),
    }
}
