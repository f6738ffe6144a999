//! TLS: whom it trusts, and that it does.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use secret_baker::Code;
use support::Fake;
use support::opening::{Opening, plaintext, says};

/// One TLS stream, read and written at two places.
#[derive(Clone)]
struct Shared(Arc<Mutex<StreamOwned<ServerConnection, TcpStream>>>);

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap().read(buffer)
    }
}

impl Write for Shared {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap().flush()
    }
}

/// Serves a fake with a certificate for `name`; returns the port and the authority's PEM.
fn serve(kms: &Fake, name: &str) -> (u16, String) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = Arc::new(
        config
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let kms = kms.clone();
    thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            tcp.set_nodelay(true).unwrap();
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let stream = Shared(Arc::new(Mutex::new(StreamOwned::new(tls, tcp))));
            let kms = kms.clone();
            thread::spawn(move || kms.serve_parts(stream.clone(), stream));
        }
    });
    (port, pem)
}

#[tokio::test]
async fn an_authority_of_the_bundle_is_trusted() {
    let opening = Opening::with(["A", "B"]);
    let (port, pem) = serve(&opening.kms, "localhost");
    let bundle = opening.folder.path().join("ca.pem");
    fs::write(&bundle, format!("# a comment\n{pem}")).unwrap();
    opening.environment.set("AWS_CA_BUNDLE", bundle.as_os_str());
    let secrets = opening
        .builder()
        .endpoint(format!("https://localhost:{port}"))
        .open()
        .unwrap();
    let begun = Instant::now();
    assert_eq!(secrets.secret("A").await.unwrap().expose(), plaintext("A"));
    println!("the first call over TLS took {:?}", begun.elapsed());
    assert_eq!(secrets.secret("B").await.unwrap().expose(), plaintext("B"));
    assert!(opening.kms.calls().iter().all(|call| call.connection == 1));
}

#[tokio::test]
async fn any_other_authority_is_not() {
    let opening = Opening::with(["A"]);
    let (port, _) = serve(&opening.kms, "localhost");
    let secrets = opening
        .builder()
        .endpoint(format!("https://localhost:{port}"))
        .open()
        .unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(
        &error,
        &[
            "UnknownIssuer",
            "; the server's certificate is signed by nobody",
        ],
    );
    // Another attempt meets the same certificate.
    assert!(!error.to_string().contains("attempts"), "{error}");
    assert!(opening.kms.calls().is_empty());
}

#[tokio::test]
async fn a_certificate_of_another_host_is_not_accepted() {
    let opening = Opening::with(["A"]);
    let (port, pem) = serve(&opening.kms, "other.example");
    let bundle = opening.folder.path().join("ca.pem");
    fs::write(&bundle, pem).unwrap();
    opening.environment.set("AWS_CA_BUNDLE", bundle.as_os_str());
    let secrets = opening
        .builder()
        .endpoint(format!("https://localhost:{port}"))
        .open()
        .unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(&error, &["not valid for name"]);
}

#[tokio::test]
async fn a_folder_is_no_bundle() {
    let opening = Opening::with(["A"]);
    let folder = opening.folder.path();
    opening.environment.set("AWS_CA_BUNDLE", folder.as_os_str());
    let secrets = opening.builder().endpoint("https://localhost:1").open();
    let error = secrets.unwrap().secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(&error, &[folder.to_str().unwrap(), "is a directory"]);
}

#[tokio::test]
async fn what_does_not_speak_tls_is_said_to_be_something_else() {
    let opening = Opening::with(["A"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    let secrets = opening.builder().endpoint(endpoint).open().unwrap();
    let error = secrets.secret("A").await.unwrap_err();
    assert_eq!(error.code(), Code::Unreachable);
    says(&error, &["; something other than KMS answers there"]);
}

#[tokio::test]
async fn a_bundle_of_no_use_is_said_at_once() {
    let opening = Opening::with(["A"]);
    let file = opening.folder.path().join("ca.pem");
    opening.environment.set("AWS_CA_BUNDLE", file.as_os_str());
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let nothing = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let (_, pem) = serve(&opening.kms, "localhost");
    let der = rustls::pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let with_mark = format!("\u{feff}{pem}{pem}");
    for (content, words) in [
        (None, "cannot be read"),
        (Some(&b""[..]), "has no certificate"),
        (Some(broken.as_bytes()), "has no certificate"),
        (Some(nothing.as_bytes()), "has no certificate"),
        (Some(&der), "has no certificate"),
        (Some(with_mark.as_bytes()), "has no certificate"),
    ] {
        if let Some(content) = content {
            fs::write(&file, content).unwrap();
        }
        let secrets = opening
            .builder()
            .endpoint("https://localhost:1")
            .open()
            .unwrap();
        let error = secrets.secret("A").await.unwrap_err();
        assert_eq!(error.code(), Code::Unreachable);
        says(
            &error,
            &[
                file.to_str().unwrap(),
                words,
                "; set AWS_CA_BUNDLE to a PEM file",
            ],
        );
        assert!(!error.to_string().contains("attempts"), "{error}");
    }
}
