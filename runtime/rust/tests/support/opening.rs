//! Bundles and an environment for the library's tests.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use secret_baker::{Builder, Error, Secrets};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::unseen::{nothing_is_seen_in, says_what_to_do};
use super::vectors::Variables;
use super::{Fake, Fault, PLAINTEXT};

/// Environment variables that can be set while they are in use.
#[derive(Clone, Default)]
pub struct Environment(Arc<Mutex<BTreeMap<String, OsString>>>);

impl Environment {
    /// With credentials that the fake accepts.
    pub fn with_credentials() -> Self {
        let environment = Self::default();
        environment.set("AWS_ACCESS_KEY_ID", "AKID");
        environment.set("AWS_SECRET_ACCESS_KEY", "AKID+signs");
        environment
    }

    /// The same with others.
    pub fn with(variables: &Variables) -> Self {
        let environment = Self::with_credentials();
        environment.0.lock().unwrap().extend(variables.clone());
        environment
    }

    pub fn set(&self, name: &str, value: impl Into<OsString>) {
        self.0.lock().unwrap().insert(name.into(), value.into());
    }

    pub fn remove(&self, name: &str) {
        self.0.lock().unwrap().remove(name);
    }

    pub fn reader(&self) -> impl Fn(&str) -> Option<OsString> + Send + Sync + 'static {
        let variables = Arc::clone(&self.0);
        move |name| variables.lock().unwrap().get(name).cloned()
    }
}

/// A bundle in a folder of its own, beside its KMS.
pub struct Opening {
    pub kms: Fake,
    pub environment: Environment,
    pub folder: TempDir,
}

impl Opening {
    /// A bundle with the secrets of these names, each with the plaintext `<PLAINTEXT> of <name>`.
    pub fn with<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let kms = Fake::new();
        let entry = |name: &str| kms.put(&format!("/t/{name}"), &plaintext(name));
        let bundle: serde_json::Map<_, _> = names
            .into_iter()
            .map(|name| (name.to_owned(), entry(name)))
            .collect();
        Self::of(kms, &Value::Object(bundle))
    }

    pub fn of(kms: Fake, bundle: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("secret-baker-secrets.json"),
            bundle.to_string(),
        )
        .unwrap();
        Self {
            kms,
            environment: Environment::with_credentials(),
            folder,
        }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("secret-baker-secrets.json")
    }

    pub fn builder(&self) -> Builder {
        Secrets::builder()
            .file(self.file())
            .endpoint(self.kms.url())
            .environment(self.environment.reader())
    }

    /// A container serves two, and KMS calls the first ones expired.
    pub fn credentials_that_expire(&self) {
        self.kms
            .credentials([served("FIRST", 3600), served("SECOND", 3600)]);
        self.kms
            .faults([Fault::Error(400, "ExpiredTokenException", "")]);
    }

    pub fn open(&self) -> Secrets {
        self.builder().open().unwrap()
    }
}

pub fn plaintext(name: &str) -> String {
    format!("{PLAINTEXT} of {name}")
}

/// What a container is served; `expires` in seconds from now.
pub fn served(access_key: &str, expires: i64) -> (u16, String) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let time =
        aws_smithy_types::DateTime::from_secs(i64::try_from(now.as_secs()).unwrap() + expires);
    let time = time
        .fmt(aws_smithy_types::date_time::Format::DateTime)
        .unwrap();
    let secret = format!("{access_key}+signs");
    (200, json!({"AccessKeyId": access_key, "SecretAccessKey": secret, "Token": "a-token", "Expiration": time}).to_string())
}

/// An error's sentence has these parts, says what to do, and shows no plaintext and no credential.
#[track_caller]
pub fn says(error: &Error, parts: &[&str]) {
    let sentence = error.to_string();
    for part in parts {
        assert!(sentence.contains(part), "`{part}` is not in: {sentence}");
    }
    says_what_to_do(&sentence);
    nothing_is_seen_in(error);
}
