//! The vectors that all openers share.

use std::collections::BTreeMap;
use std::ffi::OsString;
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
    /// Of the process's variables, those on which an entry may depend.
    pub environment: Variables,
    /// How many calls AWS gets, where that matters.
    pub calls: Option<u64>,
}

/// Names and values of environment variables.
pub type Variables = BTreeMap<String, OsString>;

/// The file of environment variables.
pub struct VariableTable {
    pub calls: Vec<Value>,
    pub otherwise: String,
    pub cases: Vec<VariableCase>,
}

pub struct VariableCase {
    pub title: String,
    /// What stands in the variable. None: it is not set.
    pub variable: Option<String>,
    pub expect: Expect,
    pub own: Vec<Value>,
    pub environment: Variables,
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

pub fn variables() -> VariableTable {
    let table = read("../../__test__/vectors/variables.json");
    let list = |field: &str| table[field].as_array().unwrap().clone();
    VariableTable {
        calls: list("calls"),
        otherwise: table["otherwise"].as_str().unwrap().into(),
        cases: list("cases").iter().map(variable_case).collect(),
    }
}

/// Of all secrets, and of the data keys.
pub fn plaintexts() -> Vec<Vec<u8>> {
    let mut plaintexts = Vec::new();
    for table in tables() {
        let own = table.cases.iter().flat_map(|case| &case.own);
        plaintexts.extend(table.calls.iter().chain(own).flat_map(plaintexts_of));
        let cases = table.cases.into_iter();
        plaintexts.extend(cases.filter_map(|case| case.expect.plaintext()));
    }
    let variables = variables();
    let own = variables.cases.iter().flat_map(|case| &case.own);
    plaintexts.extend(variables.calls.iter().chain(own).flat_map(plaintexts_of));
    let cases = variables.cases.into_iter();
    plaintexts.extend(cases.filter_map(|case| case.expect.plaintext()));
    plaintexts
}

/// What is a text in the answer of a rule, or base64.
fn plaintexts_of(rule: &Value) -> Vec<Vec<u8>> {
    let text = rule["answer"]["SecretString"].as_str();
    let fields = rule["answer"].as_object().into_iter().flatten();
    let texts = fields.filter_map(|(_, value)| value.as_str());
    let decoded = texts.filter_map(|text| STANDARD.decode(text).ok());
    decoded.chain(text.map(Into::into)).collect()
}

fn case(case: &Value) -> Case {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Case {
        title: text(&case["title"]),
        file: match &case["file"] {
            Value::String(file) => file.as_bytes().to_vec(),
            _ => decoded(&case["fileBase64"]),
        },
        secret: text(&case["secret"]),
        own: own(case),
        environment: environment(case),
        calls: case["expect"]["calls"].as_u64(),
        expect: expect(case),
    }
}

fn variable_case(case: &Value) -> VariableCase {
    VariableCase {
        title: case["title"].as_str().unwrap().into(),
        variable: case["variable"].as_str().map(str::to_owned),
        own: own(case),
        environment: environment(case),
        calls: case["expect"]["calls"].as_u64(),
        expect: expect(case),
    }
}

fn own(case: &Value) -> Vec<Value> {
    case["calls"].as_array().cloned().unwrap_or_default()
}

/// What the case says, or the region in which functions are as a rule.
fn environment(case: &Value) -> Variables {
    let Some(said) = case["environment"].as_object() else {
        return Variables::from([("AWS_REGION".into(), REGION.into())]);
    };
    let text = |value: &Value| value.as_str().unwrap().into();
    said.iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn expect(case: &Value) -> Expect {
    let expect = &case["expect"];
    match (&expect["text"], &expect["bytes"], &expect["fails"]) {
        (Value::String(plaintext), _, _) => Expect::Text(plaintext.clone()),
        (_, bytes @ Value::String(_), _) => Expect::Bytes(decoded(bytes)),
        (_, _, code) => Expect::Fails(code.as_str().unwrap().into()),
    }
}

impl Expect {
    fn plaintext(self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.into_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            Self::Fails(_) => None,
        }
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
