//! The vectors that all openers share.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const REGION: &str = "eu-central-1";

/// A file of the folder `bundles`.
pub struct Table {
    pub name: String,
    /// What AWS answers in all of its cases.
    pub calls: Vec<Value>,
    /// The error of a call without a rule.
    pub otherwise: String,
    pub cases: Vec<Case>,
}

pub struct Case {
    pub title: String,
    pub file: Vec<u8>,
    pub secret: String,
    pub expect: Expect,
    /// Rules that come before those of all.
    pub own: Vec<Value>,
    /// How many calls AWS gets, where that matters.
    pub calls: Option<u64>,
}

pub enum Expect {
    Text(String),
    Bytes(Vec<u8>),
    Fails(String),
}

pub fn contract() -> Value {
    read("../contract.json")
}

pub fn read(path: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// All files: one for the bundle as such, and one a source.
pub fn tables() -> Vec<Table> {
    let folder = "../../__test__/vectors/bundles";
    let listed = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let files = listed.map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "json"));
    let mut names: Vec<String> = files
        .map(|file| file.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    names.into_iter().map(|name| table(folder, name)).collect()
}

fn table(folder: &str, name: String) -> Table {
    let table = read(&format!("{folder}/{name}"));
    let list = |field: &str| table[field].as_array().unwrap().clone();
    Table {
        calls: list("calls"),
        otherwise: table["otherwise"].as_str().unwrap().into(),
        cases: list("cases").iter().map(case).collect(),
        name,
    }
}

/// Of all secrets, and of the data keys.
pub fn plaintexts() -> Vec<Vec<u8>> {
    let mut plaintexts = Vec::new();
    for table in tables() {
        let own = table.cases.iter().flat_map(|case| &case.own);
        plaintexts.extend(table.calls.iter().chain(own).flat_map(plaintexts_of));
        plaintexts.extend(
            table
                .cases
                .into_iter()
                .filter_map(|case| match case.expect {
                    Expect::Text(text) => Some(text.into_bytes()),
                    Expect::Bytes(bytes) => Some(bytes),
                    Expect::Fails(_) => None,
                }),
        );
    }
    plaintexts
}

/// What is base64 in the answer of a rule.
fn plaintexts_of(rule: &Value) -> Vec<Vec<u8>> {
    let fields = rule["answer"].as_object().into_iter().flatten();
    let texts = fields.filter_map(|(_, value)| value.as_str());
    texts
        .filter_map(|text| STANDARD.decode(text).ok())
        .collect()
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
        own: case["calls"].as_array().cloned().unwrap_or_default(),
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

/// A rule of KMS and an entry of a bundle, of the standard tier.
pub fn standard(path: &str, plaintext: &str) -> (Value, Value) {
    let arn = format!("arn:aws:ssm:{REGION}:123456789012:parameter{path}");
    let blob = STANDARD.encode([b"\x01\x02".as_slice(), arn.as_bytes()].concat());
    let rule = json!({
        "service": "kms",
        "target": "TrentService.Decrypt",
        "region": REGION,
        "request": {"CiphertextBlob": blob, "EncryptionContext": {"PARAMETER_ARN": arn}},
        "answer": {"Plaintext": STANDARD.encode(plaintext), "KeyId": "k", "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"},
    });
    (rule, json!({"ciphertext": blob, "arn": arn, "version": 1}))
}
