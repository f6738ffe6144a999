use serde_json::{Value, json};

use super::*;

fn parsed(entry: &Value) -> Result<Box<dyn Sealed>, Problem> {
    Sources::default().parse(entry)
}

fn problem(entry: &Value) -> Problem {
    match parsed(entry) {
        Ok(_) => panic!("it is taken for an entry: {entry}"),
        Err(problem) => problem,
    }
}

const ARN: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter/a";

#[test]
fn an_entry_without_a_source_is_parameter_stores() {
    let entry = parsed(&json!({"ciphertext": "AQIC", "arn": ARN, "version": 1})).unwrap();
    let described = entry.describe();
    assert_eq!(
        described.place(),
        format!("parameter {ARN}, region eu-central-1")
    );
    assert_eq!(described.context, format!("PARAMETER_ARN={ARN}"));
}

#[test]
fn a_source_that_is_not_among_the_named_ones_is_unknown_whatever_it_is() {
    for source in [
        json!("ssm"),
        json!(""),
        json!(null),
        json!(5),
        json!(["ssm"]),
        json!({}),
    ] {
        let problem = problem(&json!({"source": source, "ciphertext": "AQIC", "arn": ARN}));
        assert_eq!(problem.code, Code::UnknownSource);
        assert_eq!(problem.reason, source.to_string());
    }
}

#[test]
fn what_is_no_object_is_no_entry() {
    for entry in [json!(null), json!("AQIC"), json!([]), json!(1)] {
        let problem = problem(&entry);
        assert_eq!(problem.code, Code::BundleInvalid);
        assert_eq!(problem.reason, "its entry is not an object");
    }
}

/// The words are its own: those of its operation, and of what it is bound to.
#[test]
fn a_problem_is_told_in_words_of_its_entry() {
    let entry = parsed(&json!({"ciphertext": "AQIC", "arn": ARN})).unwrap();
    let said = |code| entry.describe().fill(Problem::new(code, "")).to_string();
    let denied = said(Code::AccessDenied);
    assert!(denied.starts_with("KMS denies kms:Decrypt; "), "{denied}");
    let context = format!("for the encryption context `PARAMETER_ARN={ARN}`");
    assert!(denied.contains(&context), "{denied}");
    for code in [
        Code::Throttled,
        Code::Unreachable,
        Code::ServiceError,
        Code::WrongContext,
    ] {
        assert!(!said(code).contains(['{', '}']), "{}", said(code));
    }
}
