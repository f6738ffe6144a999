//! Secrets that have a call in common: values of one SOPS file, fields of one version in Secrets Manager.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::time::Duration;

use aes_gcm::aead::consts::U32;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, AesGcm, Key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret_baker::{Code, Secrets};
use serde_json::{Map, Value, json};
use support::opening::{Opening, plaintext, says};
use support::{Fake, Fault};
use tokio::time::{sleep, timeout};

const DATA_KEY: [u8; 32] = *b"a data key of thirty-two bytes..";

/// A key of KMS in a region, and what it makes of the data key.
fn key_in(region: &str) -> (Value, Value) {
    let arn = format!("arn:aws:kms:{region}:123456789012:key/of-the-file");
    let blob = STANDARD.encode([b"\x01\x02".as_slice(), region.as_bytes()].concat());
    let rule = json!({
        "service": "kms",
        "target": "TrentService.Decrypt",
        "region": region,
        "request": {"CiphertextBlob": blob, "EncryptionContext": {}},
        "answer": {"Plaintext": STANDARD.encode(DATA_KEY), "KeyId": arn},
    });
    (rule, json!({"arn": arn, "ciphertext": blob}))
}

/// A value of a file, with the plaintext `<PLAINTEXT> of <name>`.
fn value(name: &str, keys: &[Value]) -> Value {
    let (iv, aad) = ([7; 32], format!("{name}:"));
    let mut value = plaintext(name).into_bytes();
    let cipher = AesGcm::<aes::Aes256, U32>::new(&Key::<Aes256Gcm>::from(DATA_KEY));
    let sealed = cipher.encrypt_inout_detached(
        &iv.into(),
        aad.as_bytes(),
        InOutBuf::from(value.as_mut_slice()),
    );
    let (value, iv) = (STANDARD.encode(value), STANDARD.encode(iv));
    let tag = STANDARD.encode(sealed.unwrap());
    json!({"source": "sops", "value": value, "iv": iv, "tag": tag, "aad": aad, "type": "str", "keys": keys})
}

/// A bundle of values of one file, whose data key lies under keys in these regions.
fn file_in(regions: &[&str], names: &[&str]) -> Opening {
    let (rules, keys): (Vec<_>, Vec<_>) = regions.iter().copied().map(key_in).unzip();
    let entry = |name: &&str| ((*name).to_owned(), value(name, &keys));
    let bundle: Map<_, _> = names.iter().map(entry).collect();
    let kms = Fake::answering(&rules, "InvalidCiphertextException");
    Opening::of(kms, &Value::Object(bundle))
}

fn file(names: &[&str]) -> Opening {
    file_in(&["eu-central-1"], names)
}

/// What a task of its own makes of a secret.
fn wish(secrets: &Secrets, name: &'static str) -> tokio::task::JoinHandle<Result<String, Code>> {
    let secrets = secrets.clone();
    tokio::spawn(async move {
        let secret = secrets.secret(name).await;
        secret
            .map(|secret| secret.expose().to_owned())
            .map_err(|error| error.code())
    })
}

/// Until the first call has arrived.
async fn called(opening: &Opening) {
    let arrived = async {
        while opening.kms.calls().is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), arrived).await.unwrap();
}

#[tokio::test]
async fn all_values_of_a_file_cost_one_call_at_once_and_afterwards() {
    let opening = file(&["A", "B", "C"]);
    let secrets = opening.open();
    let both = secrets.secrets_of(["A", "B"]).await.unwrap();
    for name in ["A", "B"] {
        assert_eq!(both[name].expose(), plaintext(name));
    }
    assert_eq!(secrets.secret("C").await.unwrap().expose(), plaintext("C"));
    assert_eq!(opening.kms.calls().len(), 1);
    // What is wanted fresh is asked for again, for all that come after it.
    assert_eq!(secrets.fresh("A").await.unwrap().expose(), plaintext("A"));
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn values_of_other_files_cost_calls_of_their_own() {
    let opening = file_in(&["eu-central-1", "eu-west-1"], &["A"]);
    let (_, first) = key_in("eu-central-1");
    let (_, second) = key_in("eu-west-1");
    let bundle = json!({
        "A": value("A", &[first.clone(), second.clone()]),
        "B": value("B", std::slice::from_ref(&first)),
        "C": value("C", &[second]),
        "D": value("D", &[first]),
    });
    std::fs::write(opening.file(), bundle.to_string()).unwrap();
    let all = opening.open().secrets().await.unwrap();
    for (name, secret) in &all {
        assert_eq!(secret.expose(), plaintext(name));
    }
    assert_eq!((all.len(), opening.kms.calls().len()), (4, 3));
}

#[tokio::test]
async fn a_failure_is_of_all_who_waited_and_of_nobody_else() {
    let opening = file(&["A", "B", "C"]);
    opening
        .kms
        .faults([Fault::Error(400, "AccessDeniedException", "")]);
    let secrets = opening.open();
    let error = secrets.secrets().await.unwrap_err();
    assert_eq!(error.failures().len(), 3);
    for (failure, name) in error.failures().iter().zip(["A", "B", "C"]) {
        assert_eq!(failure.code(), Code::AccessDenied);
        let place = format!(
            "secret `{name}` (SOPS value {name}:, key arn:aws:kms:eu-central-1:123456789012:key/of-the-file, \
             region eu-central-1): KMS denies kms:Decrypt"
        );
        says(failure, &[&place, "for the encryption context `{}`"]);
    }
    assert_eq!(opening.kms.calls().len(), 1);
    assert_eq!(secrets.secrets().await.unwrap().len(), 3);
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn who_leaves_takes_nothing_from_the_others() {
    let opening = file(&["A", "B", "C"]);
    opening
        .kms
        .faults([Fault::Late(Duration::from_millis(300))]);
    let secrets = opening.open();
    let leaving = wish(&secrets, "A");
    called(&opening).await;
    let staying = [wish(&secrets, "B"), wish(&secrets, "C")];
    tokio::task::yield_now().await;
    leaving.abort();
    for (staying, name) in staying.into_iter().zip(["B", "C"]) {
        assert_eq!(staying.await.unwrap(), Ok(plaintext(name)));
    }
    assert_eq!(opening.kms.calls().len(), 1);
}

#[tokio::test]
async fn when_all_have_left_the_next_one_calls_again() {
    let opening = file(&["A", "B"]);
    opening.kms.faults([Fault::Hang]);
    let secrets = opening.open();
    let leaving = wish(&secrets, "A");
    called(&opening).await;
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    assert_eq!(secrets.secret("B").await.unwrap().expose(), plaintext("B"));
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn each_who_waits_has_a_time_of_its_own() {
    let opening = file(&["A", "B"]);
    opening.kms.faults([Fault::Late(Duration::from_secs(2))]);
    let secrets = opening
        .builder()
        .attempt_timeout(Duration::from_secs(20))
        .call_timeout(Duration::from_millis(1500))
        .open()
        .unwrap();
    let first = wish(&secrets, "A");
    called(&opening).await;
    sleep(Duration::from_secs(1)).await;
    let second = wish(&secrets, "B");
    assert_eq!(first.await.unwrap(), Err(Code::Unreachable));
    assert_eq!(second.await.unwrap(), Ok(plaintext("B")));
    assert_eq!(opening.kms.calls().len(), 1);
}

#[tokio::test]
async fn who_gives_up_is_told_how_the_last_attempt_failed_whoever_made_it() {
    let opening = file(&["A", "B"]);
    opening.kms.faults([
        Fault::Error(400, "ThrottlingException", "Rate exceeded"),
        Fault::Hang,
    ]);
    let secrets = opening.builder().call_timeout(Duration::from_secs(1));
    let error = secrets.open().unwrap().secrets().await.unwrap_err();
    assert_eq!(error.failures().len(), 2);
    for failure in error.failures() {
        assert_eq!(failure.code(), Code::Throttled, "{failure}");
    }
}

#[tokio::test]
async fn the_key_of_the_functions_region_is_tried_first_and_its_failure_told() {
    let opening = file_in(&["eu-central-1", "eu-west-1"], &["A"]);
    opening.environment.set("AWS_REGION", "eu-west-1");
    opening.open().secret("A").await.unwrap();
    let denied = Fault::Error(400, "AccessDeniedException", "");
    let disabled = Fault::Error(400, "DisabledException", "");
    opening.kms.faults([denied.clone()]);
    opening.open().secret("A").await.unwrap();
    opening.kms.faults([denied.clone(), disabled]);
    let error = opening.open().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::AccessDenied);
    says(&error, &["key arn:aws:kms:eu-west-1:", "region eu-west-1"]);
    let regions: Vec<_> = opening
        .kms
        .calls()
        .into_iter()
        .map(|call| call.region)
        .collect();
    let (first, second) = ("eu-west-1", "eu-central-1");
    assert_eq!(regions, [first, first, second, first, second]);
    // When there is no time for the others, too.
    opening.kms.faults([denied, Fault::Hang]);
    let impatient = opening.builder().call_timeout(Duration::from_secs(1));
    let error = impatient.open().unwrap().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::AccessDenied);
}

#[tokio::test]
async fn a_bundle_and_the_variables_beside_it_share_their_calls() {
    let opening = file(&["A"]);
    let (_, key) = key_in("eu-central-1");
    let sealed = format!("secret-baker:{}", value("B", &[key]));
    opening.environment.set("DB", sealed);
    let secrets = opening.open();
    let variables = secrets.sealed_variables();
    let (one, other) = tokio::join!(secrets.secret("A"), variables.secret("DB"));
    assert_eq!(one.unwrap().expose(), plaintext("A"));
    assert_eq!(other.unwrap().expose(), plaintext("B"));
    assert_eq!(opening.kms.calls().len(), 1);
}

#[tokio::test]
async fn all_fields_of_a_version_cost_one_call() {
    let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf";
    let rule = |id: &str| {
        let value = json!({"user": format!("user of {id}"), "password": plaintext(id)});
        json!({
            "service": "secretsmanager",
            "target": "secretsmanager.GetSecretValue",
            "region": "eu-central-1",
            "request": {"SecretId": arn, "VersionId": id},
            "answer": {"ARN": arn, "VersionId": id, "SecretString": value.to_string()},
        })
    };
    let entry = |id: &str, field: &str| json!({"source": "secretsManager", "arn": arn, "versionId": id, "field": field});
    let bundle = json!({
        "USER": entry("v1", "user"),
        "PASSWORD": entry("v1", "password"),
        "OLD": entry("v0", "password"),
    });
    let service = Fake::answering(&[rule("v0"), rule("v1")], "ResourceNotFoundException");
    let opening = Opening::of(service, &bundle);
    let secrets = opening.open();
    let all = secrets.secrets().await.unwrap();
    assert_eq!(all["USER"].expose(), "user of v1");
    assert_eq!(all["PASSWORD"].expose(), plaintext("v1"));
    assert_eq!(all["OLD"].expose(), plaintext("v0"));
    assert_eq!(opening.kms.calls().len(), 2);
    secrets.fresh("USER").await.unwrap();
    assert_eq!(opening.kms.calls().len(), 3);
}
