//! The vectors that all openers share.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const REGION: &str = "eu-central-1";

pub struct Case {
    pub title: String,
    pub file: Vec<u8>,
    pub secret: String,
    pub expect: Expect,
    /// Rules of the KMS that come before those of all.
    pub kms: Vec<Value>,
    /// How many calls it gets, where that matters.
    pub calls: Option<u64>,
}

pub enum Expect {
    Text(String),
    Bytes(Vec<u8>),
    Fails(String),
}

fn vectors() -> Value {
    read("../../__test__/vectors/bundles.json")
}

pub fn contract() -> Value {
    read("../contract.json")
}

pub fn read(path: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

pub fn kms() -> Vec<Value> {
    vectors()["kms"].as_array().unwrap().clone()
}

pub fn cases() -> Vec<Case> {
    vectors()["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(case)
        .collect()
}

/// Of all secrets, and of the data keys.
pub fn plaintexts() -> Vec<Vec<u8>> {
    let of_kms = kms()
        .into_iter()
        .filter(|rule| rule["plaintext"].is_string())
        .map(|rule| decoded(&rule["plaintext"]));
    let of_messages = cases().into_iter().filter_map(|case| match case.expect {
        Expect::Text(text) => Some(text.into_bytes()),
        Expect::Bytes(bytes) => Some(bytes),
        Expect::Fails(_) => None,
    });
    of_kms.chain(of_messages).collect()
}

fn case(case: &Value) -> Case {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let expect = &case["expect"];
    Case {
        title: text(&case["title"]),
        file: match &case["file"] {
            Value::String(file) => file.as_bytes().to_vec(),
            _ => decoded(&case["fileBase64"]),
        },
        secret: text(&case["secret"]),
        kms: case["kms"].as_array().cloned().unwrap_or_default(),
        calls: expect["calls"].as_u64(),
        expect: match (&expect["text"], &expect["bytes"], &expect["fails"]) {
            (Value::String(plaintext), _, _) => Expect::Text(plaintext.clone()),
            (_, bytes @ Value::String(_), _) => Expect::Bytes(decoded(bytes)),
            (_, _, code) => Expect::Fails(text(code)),
        },
    }
}

pub fn decoded(base64: &Value) -> Vec<u8> {
    STANDARD.decode(base64.as_str().unwrap()).unwrap()
}

/// A rule of the KMS and an entry of a bundle, of the standard tier.
pub fn standard(path: &str, plaintext: &str) -> (Value, Value) {
    let arn = format!("arn:aws:ssm:{REGION}:123456789012:parameter{path}");
    let blob = STANDARD.encode([b"\x01\x02".as_slice(), arn.as_bytes()].concat());
    let rule = json!({"region": REGION, "ciphertext": blob, "context": {"PARAMETER_ARN": arn}, "plaintext": STANDARD.encode(plaintext), "keyId": "k"});
    (rule, json!({"ciphertext": blob, "arn": arn, "version": 1}))
}
