//! Every case of the shared vectors, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::ffi::OsString;
use std::fs;

use secret_baker::Secrets;
use support::Fake;
use support::opening::says;
use support::unseen::nothing_is_seen;
use support::vectors::{Case, Expect, tables};

#[tokio::test]
async fn every_case_ends_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    let mut wrong = Vec::new();
    let mut count = 0;
    for table in tables() {
        let aws = Fake::of(&table);
        assert!(!table.cases.is_empty(), "{}", table.name);
        count += table.cases.len();
        for case in &table.cases {
            fs::write(&file, &case.file).unwrap();
            if let Err(what) = check(case, &aws, &file).await {
                wrong.push(format!("{}: {}: {what}", table.name, case.title));
            }
        }
    }
    assert!(count > 150, "there are only {count} cases");
    assert!(
        wrong.is_empty(),
        "{} of {count} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

async fn check(case: &Case, aws: &Fake, file: &std::path::Path) -> Result<(), String> {
    aws.own(&case.own);
    let before = aws.calls().len();
    let opened = Secrets::builder()
        .file(file)
        .endpoint(aws.url())
        .environment(credentials)
        .open();
    let outcome = match (&opened, &case.expect) {
        (Err(error), _) => Err(error.clone()),
        (Ok(secrets), Expect::Bytes(_)) => secrets
            .secret_bytes(&case.secret)
            .await
            .inspect(|bytes| nothing_is_seen(&format!("{bytes:?} {bytes:#?}")))
            .map(|bytes| bytes.expose().to_vec()),
        (Ok(secrets), _) => secrets
            .secret(&case.secret)
            .await
            .inspect(|text| nothing_is_seen(&format!("{text:?} {text:#?}")))
            .map(|text| text.expose().as_bytes().to_vec()),
    };
    nothing_is_seen(&format!("{opened:?} {opened:#?}"));
    let is_right = match (&outcome, &case.expect) {
        (Ok(plaintext), Expect::Text(text)) => plaintext == text.as_bytes(),
        (Ok(plaintext), Expect::Bytes(bytes)) => plaintext == bytes,
        (Err(error), Expect::Fails(code)) => {
            error.code().as_str() == code && error.to_string().ends_with(&format!("[{code}]"))
        }
        _ => false,
    };
    if let Err(error) = &outcome {
        says(error, &[]);
    }
    let calls = (aws.calls().len() - before) as u64;
    if let Some(expected) = case.calls.filter(|expected| *expected != calls) {
        return Err(format!("{calls} calls, not {expected}"));
    }
    is_right.then_some(()).ok_or_else(|| match outcome {
        Ok(_) => "it opened, to something else or to anything".into(),
        Err(error) => error.to_string(),
    })
}

fn credentials(name: &str) -> Option<OsString> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some("AKID".into()),
        "AWS_SECRET_ACCESS_KEY" => Some("AKID+signs".into()),
        _ => None,
    }
}
