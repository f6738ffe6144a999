//! Secrets that stand, sealed, in environment variables.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret_baker::{Code, Error, SealedVariables, Secrets};
use serde_json::{Value, json};
use support::opening::{Environment, plaintext, says};
use support::{Fake, Fault, vectors};

/// Variables, and the KMS that opens what is in them. There is no bundle.
struct Process {
    kms: Fake,
    environment: Environment,
}

impl Process {
    fn new() -> Self {
        let environment = Environment::with_credentials();
        environment.set("AWS_REGION", "eu-central-1");
        Self {
            kms: Fake::new(),
            environment,
        }
    }

    /// A variable with an entry for the plaintext `<PLAINTEXT> of <path>`.
    fn set(&self, variable: &str, path: &str) {
        let entry = self.kms.put(path, &plaintext(path));
        self.environment
            .set(variable, format!("secret-baker:{entry}"));
    }

    fn variables(&self) -> SealedVariables {
        Secrets::builder()
            .endpoint(self.kms.url())
            .environment(self.environment.reader())
            .sealed_variables()
    }
}

#[tokio::test]
async fn a_hundred_wishes_are_one_call_until_something_else_stands_there() {
    let process = Process::new();
    process.set("DB", "/a");
    let variables = process.variables();
    let wishes: Vec<_> = (0..100)
        .map(|_| {
            let variables = variables.clone();
            tokio::spawn(async move { variables.secret("DB").await })
        })
        .collect();
    for wish in wishes {
        assert_eq!(wish.await.unwrap().unwrap().expose(), plaintext("/a"));
    }
    let bytes = variables.secret_bytes("DB").await.unwrap();
    assert_eq!(bytes.expose(), plaintext("/a").as_bytes());
    assert_eq!(process.kms.calls().len(), 1);
    process.set("DB", "/b");
    assert_eq!(
        variables.secret("DB").await.unwrap().expose(),
        plaintext("/b")
    );
    process.set("OTHER", "/b");
    assert_eq!(
        variables.secret("OTHER").await.unwrap().expose(),
        plaintext("/b")
    );
    assert_eq!(process.kms.calls().len(), 2);
}

#[tokio::test]
async fn a_failure_names_the_variable_and_is_not_remembered() {
    let process = Process::new();
    process.set("ONE", "/a");
    process.set("OTHER", "/a");
    process
        .kms
        .faults([Fault::Error(400, "DisabledException", "")]);
    let variables = process.variables();
    let error = variables.secrets_of(["ONE", "OTHER", "NONE"]).await;
    let error = error.unwrap_err();
    assert!(matches!(&error, Error::Several { failures } if failures.len() == 3));
    let place = |name: &str| {
        format!(
            "environment variable `{name}` (parameter arn:aws:ssm:eu-central-1:123456789012:parameter/a, region"
        )
    };
    let unset = "environment variable `NONE`: the environment variable holds no sealed secret; it is not set: set it where";
    says(&error, &[&place("ONE"), &place("OTHER"), unset]);
    assert_eq!(process.kms.calls().len(), 1);
    let all = variables.secrets_of(["ONE", "OTHER"]).await.unwrap();
    assert_eq!(all["OTHER"].expose(), plaintext("/a"));
    assert_eq!(process.kms.calls().len(), 2);
}

#[tokio::test]
async fn what_holds_no_sealed_secret_is_told_with_its_fault() {
    let process = Process::new();
    for (value, reason) in [
        (
            "secret-baker:not-resolved-here",
            "behind `secret-baker:` stands no entry as a bundle has one: ",
        ),
        ("secret-baker:{}", "its entry has no `arn`; set it"),
        (
            "plain text",
            "it does not begin with `secret-baker:`, and is not base64; set it",
        ),
        (
            " AQIC",
            "it does not begin with `secret-baker:`, and is not base64; set it",
        ),
    ] {
        process.environment.set("DB", value);
        let error = process.variables().secret("DB").await.unwrap_err();
        assert_eq!(error.code(), Code::VariableInvalid);
        says(&error, &["environment variable `DB`: ", reason]);
    }
    assert!(process.kms.calls().is_empty());
}

fn blob_rule(context: &Value, plaintext: &[u8]) -> Value {
    json!({
        "service": "kms",
        "target": "TrentService.Decrypt",
        "region": "eu-central-1",
        "request": {"CiphertextBlob": "AQICAAAA", "EncryptionContext": context},
        "answer": {"Plaintext": STANDARD.encode(plaintext)},
    })
}

/// The encryption helpers of Lambda's console bind what they encrypt to the function; `aws kms encrypt` does not.
#[tokio::test]
async fn a_ciphertext_alone_is_opened_under_the_functions_name_or_under_nothing() {
    for (context, function, calls) in [
        (json!({"LambdaFunctionName": "f"}), Some("f"), 1),
        (json!({}), Some("f"), 2),
        (json!({}), None, 1),
    ] {
        let process = Process::new();
        process.kms.replace(&blob_rule(&context, b"of the console"));
        process.environment.set("DB", "AQICAAAA");
        if let Some(function) = function {
            process
                .environment
                .set("AWS_LAMBDA_FUNCTION_NAME", function);
        }
        let opened = process.variables().secret("DB").await.unwrap();
        assert_eq!(opened.expose(), "of the console");
        assert_eq!(process.kms.calls().len(), calls);
    }
    let process = Process::new();
    process.environment.set("DB", "AQICAAAA");
    process.environment.set("AWS_LAMBDA_FUNCTION_NAME", "f");
    let error = process.variables().secret("DB").await.unwrap_err();
    assert_eq!(error.code(), Code::WrongContext);
    says(
        &error,
        &[
            "environment variable `DB` (region eu-central-1): ",
            "under the encryption context `LambdaFunctionName=f` or `{}` only",
        ],
    );
    assert_eq!(process.kms.calls().len(), 2);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_read_as_bytes() {
    let process = Process::new();
    process.kms.replace(&blob_rule(&json!({}), b"\xff\x00"));
    process.environment.set("DB", "AQICAAAA");
    let variables = process.variables();
    let error = variables.secret("DB").await.unwrap_err();
    assert_eq!(error.code(), Code::NotText);
    says(
        &error,
        &["environment variable `DB` (region eu-central-1): "],
    );
    let bytes = variables.secret_bytes("DB").await.unwrap();
    assert_eq!(bytes.expose(), b"\xff\x00");
    assert_eq!(process.kms.calls().len(), 1);
}

#[tokio::test]
async fn a_variable_has_the_values_of_the_function_at_the_time_of_the_wish() {
    let process = Process::new();
    process.environment.remove("AWS_REGION");
    process.environment.set("DB", "AQICAAAA");
    process.kms.replace(&blob_rule(&json!({}), b"x"));
    let variables = process.variables();
    let error = variables.secret("DB").await.unwrap_err();
    assert_eq!(error.code(), Code::VariableInvalid);
    says(&error, &["neither AWS_REGION nor AWS_DEFAULT_REGION tells"]);
    process
        .environment
        .set("AWS_DEFAULT_REGION", "eu-central-1");
    assert_eq!(variables.secret("DB").await.unwrap().expose(), "x");
    let (_, entry) = vectors::standard("/a", "x");
    assert!(!format!("{variables:?}").contains(entry["ciphertext"].as_str().unwrap()));
}
