use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::local::process_key::Context;

const BOUND: &str = "arn:aws:ssm:eu-central-1:000000000000:parameter/local/DB";

fn context() -> Context {
    Context::from([("PARAMETER_ARN".to_owned(), BOUND.to_owned())])
}

/// A server, and the base64 of what it opens.
fn started() -> (Kms, String) {
    let key = ProcessKey::new().unwrap();
    let blob = key.seal(&context(), "sécret".as_bytes()).unwrap();
    let kms = Kms::start(key, "eu-central-1").unwrap();
    (kms, STANDARD.encode(blob))
}

fn address(kms: &Kms) -> (String, String) {
    let rest = kms.endpoint().strip_prefix("http://").unwrap();
    let (address, path) = rest.split_once('/').unwrap();
    (address.to_owned(), format!("/{path}"))
}

/// Sends bytes as they are, and gives all that comes back.
async fn raw(kms: &Kms, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address(kms).0).await.unwrap();
    // The server may close before it has read all.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// The status and the body.
async fn call(kms: &Kms, method: &str, path: &str, target: &str, body: &str) -> (u16, String) {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: evil.example\r\nX-Amz-Target: {target}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let answer = raw(kms, format!("{head}{body}").as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or_default(), body.to_owned())
}

async fn decrypt(kms: &Kms, request: Value) -> (u16, Value) {
    let path = address(kms).1;
    let (status, body) = call(kms, "POST", &path, TARGET, &request.to_string()).await;
    (status, serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn it_opens_what_its_process_has_sealed_under_the_right_context() {
    let (kms, blob) = started();
    let request = json!({ "CiphertextBlob": blob, "EncryptionContext": context() });
    let (status, answer) = decrypt(&kms, request.clone()).await;
    assert_eq!(status, 200);
    let key = "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-0000-0000-000000000000";
    let plaintext = STANDARD.encode("sécret");
    assert_eq!(
        answer,
        json!({ "KeyId": key, "Plaintext": plaintext, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" })
    );
    // SDKs put a slash behind the path of an endpoint.
    let path = format!("{}/", address(&kms).1);
    let (status, _) = call(&kms, "POST", &path, TARGET, &request.to_string()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_wrong_context_or_blob_is_refused_as_kms_refuses_it() {
    let (kms, blob) = started();
    let wrong = (400, json!({ "__type": "InvalidCiphertextException" }));
    let other =
        json!({ "PARAMETER_ARN": "arn:aws:ssm:eu-central-1:000000000000:parameter/local/X" });
    for request in [
        json!({ "CiphertextBlob": blob }),
        json!({ "CiphertextBlob": blob, "EncryptionContext": other }),
        json!({ "CiphertextBlob": "AQICAA==", "EncryptionContext": context() }),
        json!({ "CiphertextBlob": "no base64", "EncryptionContext": context() }),
        json!({ "CiphertextBlob": started().1, "EncryptionContext": context() }),
    ] {
        assert_eq!(decrypt(&kms, request.clone()).await, wrong, "{request}");
    }
    let said = |name: &str| (400, json!({ "__type": name }));
    let mut request = json!({ "CiphertextBlob": blob, "EncryptionContext": context() });
    request["DryRun"] = json!(true);
    assert_eq!(
        decrypt(&kms, request.clone()).await,
        said("DryRunOperationException")
    );
    request["KeyId"] = json!("alias/other");
    assert_eq!(decrypt(&kms, request).await, said("IncorrectKeyException"));
    assert_eq!(
        decrypt(&kms, json!([])).await,
        said("SerializationException")
    );
}

#[tokio::test]
async fn who_does_not_know_the_path_learns_nothing() {
    let (kms, blob) = started();
    let body = json!({ "CiphertextBlob": blob, "EncryptionContext": context() }).to_string();
    let path = address(&kms).1;
    assert_eq!(path.len(), 65);
    assert!(path[1..].chars().all(|c| c.is_ascii_hexdigit()));
    let other = format!("/{}", "0".repeat(64));
    let (longer, shorter) = (format!("{path}0"), path[..64].to_owned());
    let twice = format!("{path}//");
    for wrong in [
        "/",
        "",
        "*",
        &other,
        &longer,
        &shorter,
        &twice,
        "//evil.example/",
    ] {
        let (status, body) = call(&kms, "POST", wrong, TARGET, &body).await;
        // Without any path at all the request is none.
        let expected = if wrong.is_empty() { 400 } else { 404 };
        assert_eq!((status, body.as_str()), (expected, ""), "{wrong}");
    }
    assert_ne!(started().0.endpoint(), kms.endpoint());
}

#[tokio::test]
async fn nothing_but_decrypt_by_post_is_answered() {
    let (kms, _) = started();
    let path = address(&kms).1;
    for method in ["GET", "HEAD", "PUT", "OPTIONS", "DELETE"] {
        let (status, body) = call(&kms, method, &path, TARGET, "").await;
        assert_eq!((status, body.as_str()), (405, ""), "{method}");
    }
    for target in ["TrentService.Encrypt", "trentservice.decrypt", ""] {
        let (status, body) = call(&kms, "POST", &path, target, "{}").await;
        let unknown = json!({ "__type": "UnknownOperationException" }).to_string();
        assert_eq!((status, body), (400, unknown), "{target}");
    }
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused() {
    let (kms, blob) = started();
    let path = address(&kms).1;
    let long = format!(
        "{{\"CiphertextBlob\":\"{blob}\",\"Grant\":\"{}\"}}",
        "x".repeat(LONGEST_BODY)
    );
    let (status, body) = call(&kms, "POST", &path, TARGET, &long).await;
    assert!(
        status == 400 && body.contains("SerializationException") || status == 0,
        "{status} {body}"
    );
    let head = format!(
        "POST {path} HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "x".repeat(LONGEST_HEAD)
    );
    let answer = raw(&kms, head.as_bytes()).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_ends_with_its_owner() {
    let (kms, _) = started();
    let address = address(&kms).0;
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let mut open = TcpStream::connect(&address).await.unwrap();
    drop(kms);
    let mut answer = Vec::new();
    // Its connections end, too.
    let _ = open.read_to_end(&mut answer).await;
    assert!(answer.is_empty());
    for _ in 0..1000 {
        if TcpStream::connect(&address).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("it still listens");
}
