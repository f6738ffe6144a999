//! Every case of the shared vectors, over real HTTP.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::ffi::OsString;
use std::fs;

use secret_baker::Secrets;
use support::Fake;
use support::opening::says;
use support::unseen::nothing_is_seen;
use support::vectors::{Case, Expect, cases};

#[tokio::test]
async fn every_case_ends_as_it_says() {
    let kms = Fake::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.json");
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() > 150, "there are only {} cases", cases.len());
    for case in &cases {
        fs::write(&file, &case.file).unwrap();
        if let Err(what) = check(case, &kms, &file).await {
            wrong.push(format!("{}: {what}", case.title));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

async fn check(case: &Case, kms: &Fake, file: &std::path::Path) -> Result<(), String> {
    kms.own(&case.kms);
    let before = kms.calls().len();
    let opened = Secrets::builder()
        .file(file)
        .endpoint(kms.url())
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
    let calls = (kms.calls().len() - before) as u64;
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
