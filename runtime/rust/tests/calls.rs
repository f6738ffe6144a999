//! What happens to a call: retries, time-outs, connections that die.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use secret_baker::{Code, Error};
use support::opening::{Opening, plaintext, says};
use support::{Fake, Fault};

#[tokio::test]
async fn passing_errors_are_tried_again() {
    for fault in [
        Fault::Error(400, "ThrottlingException", "Rate exceeded"),
        Fault::Error(400, "RequestLimitExceeded", ""),
        Fault::Error(500, "KMSInternalException", ""),
        Fault::Error(400, "KMSInternalException", ""),
        Fault::Error(500, "KeyUnavailableException", ""),
        Fault::Error(503, "DependencyTimeoutException", ""),
        Fault::Error(500, "StrangeException", ""),
        Fault::Raw(429, "slow down"),
        Fault::Raw(503, "<html>"),
        Fault::Raw(200, "<html>a captive portal</html>"),
        Fault::Raw(200, r#"{"Plaintext": "no base64!"}"#),
        Fault::Raw(302, ""),
        Fault::Close,
        Fault::Reset,
        Fault::Truncate,
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.faults([fault.clone(), fault.clone()]);
        let secret = opening.open().secret("A").await;
        assert_eq!(
            secret
                .map_err(|error| format!("{fault:?}: {error}"))
                .unwrap()
                .expose(),
            plaintext("A")
        );
        assert_eq!(opening.kms.calls().len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn errors_for_good_are_not_tried_again() {
    for (name, code) in [
        ("AccessDeniedException", Code::AccessDenied),
        ("DisabledException", Code::KeyUnusable),
        ("InvalidCiphertextException", Code::WrongContext),
        ("ExpiredTokenException", Code::Credentials),
        ("InvalidSignatureException", Code::Credentials),
        ("StrangeException", Code::ServiceError),
    ] {
        let opening = Opening::with(["A"]);
        opening
            .kms
            .faults([Fault::Error(400, name, "KMS's own words")]);
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), code);
        says(
            &error,
            &[
                "secret `A`",
                "arn:aws:ssm:eu-central-1:123456789012:parameter/t/A",
                "region eu-central-1",
                code.as_str(),
            ],
        );
        assert_eq!(opening.kms.calls().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn after_five_attempts_it_is_said_which_failure_stayed() {
    for (fault, code, words) in [
        (
            Fault::Error(400, "ThrottlingException", "Rate exceeded"),
            Code::Throttled,
            "5 attempts",
        ),
        (
            Fault::Error(500, "KMSInternalException", "own words"),
            Code::ServiceError,
            "KMSInternalException, saying \"own words\", in 5 attempts",
        ),
        (Fault::Close, Code::Unreachable, "5 attempts"),
        (Fault::Reset, Code::Unreachable, "reset"),
        (Fault::Raw(200, "<html>"), Code::Unreachable, "is not KMS"),
        (Fault::Raw(503, ""), Code::Unreachable, "status 503"),
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.always(fault);
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        says(&error, &[words]);
        assert_eq!(opening.kms.calls().len(), 5);
    }
}

/// Whatever stands between KMS and the function, or is wrong with KMS itself.
#[tokio::test]
async fn an_answer_that_fails_and_has_a_plaintext_is_not_shown() {
    let ends = [
        (Fault::Truncate, Code::Unreachable),
        (
            Fault::Raw(200, r#"{"Plaintext":"<base64>"#),
            Code::Unreachable,
        ),
        (
            Fault::Raw(200, r#"{"Plaintext":"<base64>"}<text>"#),
            Code::Unreachable,
        ),
        (
            Fault::Raw(200, r#"{"Plaintext":"<base64>!"}"#),
            Code::Unreachable,
        ),
        (
            Fault::Raw(200, r#"{"Plaintext":"<text>"}"#),
            Code::Unreachable,
        ),
        (
            Fault::Raw(200, r#"{"<base64>":["<text>"]}"#),
            Code::Unreachable,
        ),
        (Fault::Raw(200, "<text> <base64>"), Code::Unreachable),
        (
            Fault::Raw(400, r#"{"Plaintext":"<base64>"}"#),
            Code::Unreachable,
        ),
        (Fault::Raw(400, r#"{"__type":"<text>"}"#), Code::Unreachable),
        (
            Fault::Raw(
                400,
                r#"{"__type":"AccessDeniedException","Plaintext":"<base64>"}"#,
            ),
            Code::AccessDenied,
        ),
        (
            Fault::Raw(
                500,
                r#"{"__type":"KMSInternalException","Plaintext":"<base64>"}<text>"#,
            ),
            Code::Unreachable,
        ),
        (Fault::Raw(503, "<text> <base64>"), Code::Unreachable),
    ];
    let failing = ends.map(|(fault, code)| async move {
        let opening = Opening::with(["A"]);
        opening.kms.always(fault.clone());
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), code, "{fault:?}: {error}");
        says(&error, &["secret `A`"]);
    });
    futures_util::future::join_all(failing).await;
}

#[tokio::test]
async fn the_key_that_kms_names_is_that_of_the_place() {
    let key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (name, words) in [
        (
            "AccessDeniedException",
            "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: kms:Decrypt on resource: \
             arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab because no policy allows it",
        ),
        (
            "DisabledException",
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is disabled.",
        ),
        (
            "NotFoundException",
            "Key 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist.",
        ),
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.faults([Fault::Error(400, name, words)]);
        let error = opening.open().secret("A").await.unwrap_err();
        let Error::NotOpened { place, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(place.secret, "A");
        let entry =
            "parameter arn:aws:ssm:eu-central-1:123456789012:parameter/t/A, region eu-central-1";
        assert_eq!(place.entry.as_deref(), Some(entry));
        assert_eq!(place.key.as_deref(), Some(key));
        says(&error, &[&format!("region eu-central-1, key {key})")]);
    }
}

/// A listener whose queue is full drops what asks for a connection, as a security group does.
#[tokio::test]
async fn a_connection_that_is_not_made_is_given_up() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connection) = TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        waiting.push(connection);
        assert!(waiting.len() < 100, "the queue is never full");
    }
    let opening = Opening::with(["A"]);
    let builder = opening.builder().endpoint(format!("http://{address}"));
    let secrets = builder
        .connect_timeout(Duration::from_millis(50))
        .open()
        .unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(
        &error,
        &[&format!(
            "no connection to {address} within 50ms, in 5 attempts"
        )],
    );
}

#[tokio::test]
async fn nobody_listening_is_said_with_the_address() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let opening = Opening::with(["A"]);
    let error = opening
        .builder()
        .endpoint(format!("http://{free}"))
        .open()
        .unwrap()
        .secret("A")
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(
        &error,
        &[
            &free.to_string(),
            "refused",
            "5 attempts",
            "; nothing listens there",
        ],
    );
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_refused_at_once() {
    for url in [
        "kms",
        "ftp://kms",
        "https://",
        "http://never:never@kms",
        "https://kms/?a=never",
        "https://kms/#never",
        "",
    ] {
        let opening = Opening::with(["A"]);
        let error = opening
            .builder()
            .endpoint(url)
            .open()
            .unwrap()
            .secret("A")
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::Unreachable, "{url}");
        says(
            &error,
            &[
                "of endpoint(), is not an http or https URL",
                "set endpoint() to",
            ],
        );
        assert!(!error.to_string().contains("never"), "{error}");
    }
}

#[tokio::test]
async fn an_attempt_that_hangs_is_given_up_and_made_again() {
    let opening = Opening::with(["A"]);
    opening.kms.faults([Fault::Hang]);
    let begun = Instant::now();
    let secrets = opening
        .builder()
        .attempt_timeout(Duration::from_millis(100))
        .open()
        .unwrap();
    secrets.secret("A").await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn a_call_ends_in_its_time() {
    let opening = Opening::with(["A"]);
    opening.kms.always(Fault::Hang);
    let begun = Instant::now();
    let builder = opening
        .builder()
        .attempt_timeout(Duration::from_millis(400));
    let error = builder
        .call_timeout(Duration::from_secs(1))
        .open()
        .unwrap()
        .secret("A")
        .await
        .unwrap_err();
    // Five attempts would take two seconds by themselves.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(opening.kms.calls().len() < 5, "{error}");
    assert_eq!(error.code(), Code::Unreachable);
    says(&error, &["no answer within"]);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_call() {
    let opening = Opening::with(["A", "B", "C"]);
    let secrets = opening.open();
    for name in ["A", "B", "C"] {
        secrets.secret(name).await.unwrap();
    }
    assert!(opening.kms.calls().iter().all(|call| call.connection == 1));
}

#[tokio::test]
async fn a_kept_connection_that_died_is_no_outage() {
    let opening = Opening::with(["A", "B"]);
    opening.kms.faults([Fault::CloseAfterwards]);
    let secrets = opening.open();
    secrets.secret("A").await.unwrap();
    // Long enough for the close to arrive, or not noticed until the next request: both must do.
    tokio::time::sleep(Duration::from_millis(20)).await;
    secrets.secret("B").await.unwrap();
    assert_eq!(opening.kms.calls().last().unwrap().connection, 2);
}

#[tokio::test]
async fn a_kept_connection_that_dies_under_the_request_takes_no_attempt() {
    for dies in [Fault::Close, Fault::Reset] {
        let opening = Opening::with(["A", "B"]);
        // On the kept connection the second request gets no answer; then four errors leave the fifth attempt.
        let error = Fault::Error(400, "ThrottlingException", "");
        let errors = std::iter::repeat_n(error, 4);
        opening
            .kms
            .faults([Fault::None, dies].into_iter().chain(errors));
        let secrets = opening.open();
        secrets.secret("A").await.unwrap();
        secrets.secret("B").await.unwrap();
        assert_eq!(opening.kms.calls().len(), 7);
    }
}

#[tokio::test]
async fn no_connection_outlives_the_runtime_that_made_it() {
    let opening = Opening::with(["A", "B"]);
    let secrets = opening.open();
    let other = secrets.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(other.secret("A")).unwrap();
    })
    .join()
    .unwrap();
    secrets.secret("B").await.unwrap();
}

#[tokio::test]
async fn the_region_and_the_host_are_those_of_the_parameter() {
    let kms = Fake::new();
    let entry = |arn: &str| serde_json::json!({"ciphertext": "AQIC", "arn": arn});
    let bundle = serde_json::json!({
        "FAR": entry("arn:aws:ssm:us-west-2:123456789012:parameter/a"),
        "CHINA": entry("arn:aws-cn:ssm:cn-north-1:123456789012:parameter/a"),
    });
    let opening = Opening::of(kms, &bundle);
    let secrets = opening.open();
    let _ = secrets.secret("FAR").await;
    let _ = secrets.secret("CHINA").await;
    let regions: Vec<_> = opening
        .kms
        .calls()
        .into_iter()
        .map(|call| call.region)
        .collect();
    assert_eq!(regions, ["us-west-2", "cn-north-1"]);
}

#[tokio::test]
async fn the_endpoint_comes_from_the_environment() {
    let opening = Opening::with(["A"]);
    let nobody = "http://127.0.0.1:1";
    for (kms, all) in [
        (Some(opening.kms.url()), Some(nobody.to_owned())),
        (None, Some(opening.kms.url())),
    ] {
        for (name, value) in [("AWS_ENDPOINT_URL_KMS", kms), ("AWS_ENDPOINT_URL", all)] {
            opening.environment.remove(name);
            if let Some(value) = value {
                opening.environment.set(name, value);
            }
        }
        let secrets = secret_baker::Secrets::builder()
            .file(opening.file())
            .environment(opening.environment.reader());
        secrets.open().unwrap().secret("A").await.unwrap();
    }
    assert_eq!(opening.kms.calls().len(), 2);
}

#[tokio::test]
async fn an_endpoint_may_have_a_path() {
    let opening = Opening::with(["A"]);
    let secrets = opening
        .builder()
        .endpoint(format!("{}/aws/kms", opening.kms.url()))
        .open()
        .unwrap();
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
}

#[tokio::test]
async fn a_name_that_only_looks_like_one_of_kms_is_another() {
    for (name, code, calls) in [
        ("ThrottlingFoo", Code::ServiceError, 1),
        ("throttlingexception", Code::ServiceError, 1),
        ("AccessDeniedExceptionX", Code::ServiceError, 1),
        ("SlowDown", Code::Throttled, 3),
        ("RequestThrottledException", Code::Throttled, 3),
        ("ServiceUnavailableException", Code::ServiceError, 3),
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.faults([
            Fault::Error(400, name, ""),
            Fault::Error(400, name, ""),
            Fault::Error(400, "DisabledException", ""),
        ]);
        let error = opening.open().secret("A").await.unwrap_err();
        let expected = if calls == 1 { code } else { Code::KeyUnusable };
        assert_eq!(error.code(), expected, "{name}: {error}");
        assert_eq!(opening.kms.calls().len(), calls, "{name}");
    }
}

#[tokio::test]
async fn the_name_of_an_error_is_what_stands_after_the_last_sharp() {
    for (answer, code) in [
        (
            r#"{"__type":"a#b#DisabledException:http://x/"}"#,
            Code::KeyUnusable,
        ),
        (r#"{"__type":"a:b#DisabledException"}"#, Code::KeyUnusable),
        (
            "\u{feff}{\"__type\":\"DisabledException\"}",
            Code::KeyUnusable,
        ),
        (r#"{"__type":"Disabled Exception"}"#, Code::Unreachable),
        (r#"{"__type":""}"#, Code::Unreachable),
        (r#"{"__type":5}"#, Code::Unreachable),
        (
            r#"{"__type":"DisabledException","__type":"DisabledException"}"#,
            Code::Unreachable,
        ),
        (
            r#"{"__type":"DisabledException","a":"\ud800"}"#,
            Code::Unreachable,
        ),
        (r#"["DisabledException"]"#, Code::Unreachable),
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.always(Fault::Raw(400, answer));
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), code, "{answer}: {error}");
    }
}

#[tokio::test]
async fn an_answer_that_readers_take_in_different_ways_is_none() {
    for answer in [
        r#"{"Plaintext":"YQ==","Plaintext":"YQ=="}"#,
        r#"{"Plaintext":"YR=="}"#,
        r#"{"Plaintext":"YQ"}"#,
        r#"{"Plaintext":"YQ==\n"}"#,
        r#"{"Plaintext":"YQ==","x":1e999}"#,
        r#"{"Plaintext":"YQ==","x":"\udc00"}"#,
        r#"["YQ=="]"#,
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.always(Fault::Raw(200, answer));
        let error = opening.open().secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Unreachable, "{answer}: {error}");
        says(&error, &["; something other than KMS answers there"]);
    }
    let opening = Opening::with(["A"]);
    opening
        .kms
        .always(Fault::Raw(200, "\u{feff}{\"Plaintext\":\"\"}"));
    assert_eq!(opening.open().secret("A").await.unwrap().expose(), "");
}

#[tokio::test]
async fn kms_own_words_are_not_shown_where_they_have_a_credential_in_them() {
    for name in ["InvalidSignatureException", "StrangeException"] {
        for words in [
            "the String-to-Sign: x-amz-security-token:the-token",
            "no such key: AKID",
            "X-Amz-Security-Token",
        ] {
            let opening = Opening::with(["A"]);
            opening.environment.set("AWS_SESSION_TOKEN", "the-token");
            opening.kms.faults([Fault::Error(400, name, words)]);
            let error = opening.open().secret("A").await.unwrap_err();
            says(&error, &[&format!("KMS answered {name};")]);
            assert!(!error.to_string().contains("AKID"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_name_that_is_not_found_has_its_own_hint_unless_a_proxy_is_set_that_is_not_used() {
    let (name, unused) = (
        "; check the region and the endpoint",
        "; the proxy that HTTPS_PROXY names is not used here",
    );
    for (proxy, excepted, hint) in [
        ("", "", name),
        ("http://never:never@proxy", "", unused),
        ("http://never:never@proxy", "x, other.invalid", unused),
        ("http://never:never@proxy", "x, kms.invalid", name),
        ("http://never:never@proxy", ".invalid", name),
        ("http://never:never@proxy", "*", name),
    ] {
        let opening = Opening::with(["A"]);
        opening.environment.set("HTTPS_PROXY", proxy);
        opening.environment.set("NO_PROXY", excepted);
        let secrets = opening
            .builder()
            .endpoint("https://kms.invalid")
            .connect_timeout(Duration::from_secs(20))
            .attempt_timeout(Duration::from_secs(20))
            .call_timeout(Duration::from_mins(2))
            .open()
            .unwrap();
        let error = secrets.secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Unreachable);
        says(&error, &["no connection to kms.invalid: ", hint]);
        assert!(!error.to_string().contains("never"), "{error}");
    }
}

#[tokio::test]
async fn plain_http_to_another_host_needs_a_word() {
    let opening = Opening::with(["A"]);
    let builder = || opening.builder().endpoint("http://kms.invalid:1");
    let error = builder().open().unwrap().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(
        &error,
        &["is plain HTTP to kms.invalid:1; plain HTTP would show the secret"],
    );
    let allowed = builder()
        .allow_insecure_endpoint(true)
        .call_timeout(Duration::from_mins(1))
        .open()
        .unwrap();
    let error = allowed.secret("A").await.unwrap_err();
    says(&error, &["no connection to kms.invalid:1"]);
}
