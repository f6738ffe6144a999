use serde_json::{Value, json};

use super::*;

fn parsed(entry: &Value) -> Result<Box<dyn Sealed>, Problem> {
    Sources::new(&Environment::new(|_| None)).parse(entry)
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

const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/a";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";

fn sops(keys: &Value) -> Value {
    json!({
        "source": "sops", "value": "AAAA", "iv": "AAAA", "tag": "AAAAAAAAAAAAAAAAAAAAAA==", "aad": "db:password:",
        "type": "str", "keys": keys,
    })
}

/// What errors say of an entry, where the function runs in that region.
fn described_in(region: &'static str, entry: &Value) -> (String, String) {
    let environment = Environment::new(move |asked| (asked == "AWS_REGION").then(|| region.into()));
    let Ok(entry) = Sources::new(&environment).parse(entry) else {
        panic!("it is refused: {entry}");
    };
    let described = entry.describe();
    (described.place(), described.context)
}

#[test]
fn an_entry_of_each_source_says_where_it_belongs_and_what_it_is_bound_to() {
    let keys = json!([{"arn": KEY, "ciphertext": "AQIC", "context": {"App": "a", "Stage": "b"}}]);
    for (entry, place, context) in [
        (
            json!({"source": "kms", "ciphertext": "AQIC", "key": KEY, "context": {"a": "b"}}),
            format!("key {KEY}, region eu-central-1"),
            "a=b",
        ),
        (
            json!({"source": "kms", "ciphertext": "AQIC", "key": KEY, "context": {}}),
            format!("key {KEY}, region eu-central-1"),
            "{}",
        ),
        (
            json!({"source": "kmsfile", "key": "AQIC", "contents": "AAAA", "arn": KEY}),
            format!("key {KEY}, region eu-central-1"),
            "{}",
        ),
        (
            sops(&keys),
            format!("SOPS value db:password:, key {KEY}, region eu-central-1"),
            "App=a, Stage=b",
        ),
        (
            json!({
                "source": "credstash", "key": "AQIC", "contents": "AAAA", "hmac": "0".repeat(64), "digest": "SHA256",
                "region": "eu-central-1", "name": "db", "version": "0000000000000000001",
            }),
            "credential db, version 0000000000000000001, region eu-central-1".to_owned(),
            "{}",
        ),
        (
            json!({"source": "secretsManager", "arn": SECRET, "versionId": "1-a", "field": "password"}),
            format!("secret {SECRET}, version 1-a, region eu-west-1"),
            "",
        ),
    ] {
        assert_eq!(
            described_in("us-east-1", &entry),
            (place, context.to_owned()),
            "{entry}"
        );
    }
}

#[test]
fn a_value_of_a_file_is_told_by_the_key_that_is_tried_first() {
    let other = "arn:aws:kms:eu-west-1:123456789012:key/b";
    let keys = json!([{"arn": KEY, "ciphertext": "AQIC"}, {"arn": other, "ciphertext": "AQID"}]);
    for (region, key) in [
        ("eu-west-1", other),
        ("eu-central-1", KEY),
        ("us-east-1", KEY),
    ] {
        let (place, _) = described_in(region, &sops(&keys));
        assert!(place.contains(&format!("key {key}, region ")), "{place}");
    }
}

#[test]
fn a_fault_in_a_key_of_a_file_is_told_as_one() {
    for (key, reason) in [
        (
            json!({"ciphertext": "AQIC"}),
            "its entry has no `arn`, in `keys`",
        ),
        (
            json!(1),
            "its entry has something in `keys` that is not an object",
        ),
    ] {
        let good = json!({"arn": KEY, "ciphertext": "AQIC"});
        assert_eq!(problem(&sops(&json!([good, key]))).reason, reason);
    }
}
