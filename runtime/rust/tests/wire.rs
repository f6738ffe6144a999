//! How answers are read off the wire: the vectors `http.json` and `answers.json`, which all openers share.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::fs;
use std::io::{BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use secret_baker::{Error, Secrets};
use serde_json::Value;
use support::http::Request;
use support::opening::Environment;
use support::vectors::{decoded, read};

/// Of one attempt: what is seen as soon as it is there is settled long before.
const ATTEMPT: Duration = Duration::from_mins(1);

/// One request a connection, and these bytes as its answer.
#[derive(Clone)]
struct Server {
    bytes: Arc<Vec<u8>>,
    stays_open: bool,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start(bytes: Vec<u8>, stays_open: bool) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self {
            bytes: Arc::new(bytes),
            stays_open,
            asked: Arc::default(),
        };
        let answering = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = answering.clone();
                thread::spawn(move || server.answer(stream));
            }
        });
        (server, url)
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        if Request::read(&mut reader).is_none() {
            return;
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        // Whoever has seen enough does not read on.
        let _ = stream.write_all(&self.bytes);
        if !self.stays_open {
            let _ = stream.shutdown(Shutdown::Write);
        }
        // Until the other side closes.
        let _ = Request::read(&mut reader);
    }

    fn attempts(&self) -> u64 {
        self.asked.load(Ordering::Relaxed) as u64
    }
}

async fn opened(file: &Value, secret: &Value, url: &str) -> Result<String, Error> {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.json");
    fs::write(&bundle, file.as_str().unwrap()).unwrap();
    let environment = Environment::with_credentials();
    environment.set("AWS_SESSION_TOKEN", "the-token");
    let secrets = Secrets::builder()
        .file(bundle)
        .endpoint(url)
        .environment(environment.reader())
        .attempt_timeout(ATTEMPT)
        .call_timeout(3 * ATTEMPT)
        .open()?;
    let secret = secrets.secret(secret.as_str().unwrap()).await?;
    Ok(secret.expose().to_owned())
}

/// What is wrong with the outcome, if anything is.
fn wrong(
    case: &Value,
    expected: &Value,
    outcome: &Result<String, Error>,
    server: &Server,
) -> Option<String> {
    let title = &case["title"];
    match (outcome, expected["fails"].as_str()) {
        (Ok(text), None) if *text == expected["text"] => {}
        (Err(error), Some(code)) if error.code().as_str() == code => {
            assert_eq!(error.line().lines().count(), 1, "{title}");
            if let Some(hidden) = expected["hidden"].as_str() {
                let shown = format!("{error} {error:?} {error:#?}");
                assert!(!shown.contains(hidden), "{title}: {shown}");
            }
        }
        (Ok(text), _) => return Some(format!("{title}: it opened, to `{text}`")),
        (Err(error), _) => return Some(format!("{title}: {error}")),
    }
    let attempts = server.attempts();
    let is_wrong = |expected: &u64| *expected != attempts;
    let expected = expected["attempts"].as_u64().filter(is_wrong)?;
    Some(format!("{title}: {attempts} attempts, not {expected}"))
}

#[tokio::test]
async fn each_answer_of_the_table_is_read_or_refused_as_soon_as_it_is_seen() {
    let table = read("../../__test__/vectors/http.json");
    let cases = table["cases"].as_array().unwrap();
    let opening = cases.iter().map(async |case| {
        let pieces = case["answer"].as_array().unwrap().iter();
        let bytes = pieces.flat_map(|piece| piece_of(piece, &table)).collect();
        let (server, url) = Server::start(bytes, case["end"] == "open");
        let begun = Instant::now();
        let outcome = opened(&table["file"], &table["secret"], &url).await;
        let took = begun.elapsed();
        if case["withinMs"].is_u64() && took > ATTEMPT {
            return Some(format!("{}: it took {took:?}", case["title"]));
        }
        let mut expected = case["expect"].clone();
        expected["attempts"] = case["attempts"].clone();
        if expected["opens"] == true {
            expected["text"] = table["text"].clone();
        }
        wrong(case, &expected, &outcome, &server)
    });
    all_right(cases.len(), join_all(opening).await);
}

#[tokio::test]
async fn each_answer_of_kms_means_what_the_table_says() {
    let table = read("../../__test__/vectors/answers.json");
    let cases = table["cases"].as_array().unwrap();
    let opening = cases.iter().map(async |case| {
        let body = case["body"].as_str().unwrap();
        let headers = case["headers"].as_object().unwrap().iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| format!("{name}: {}\r\n", value.as_str().unwrap()))
            .collect();
        let answer = format!(
            "HTTP/1.1 {} X\r\ncontent-length: {}\r\nconnection: close\r\n{}\r\n{body}",
            case["status"],
            body.len(),
            headers.concat()
        );
        let (server, url) = Server::start(answer.into_bytes(), false);
        let outcome = opened(&table["file"], &case["secret"], &url).await;
        wrong(case, &case["expect"], &outcome, &server)
    });
    all_right(cases.len(), join_all(opening).await);
}

fn piece_of(piece: &Value, table: &Value) -> Vec<u8> {
    let text = |field: &str| piece[field].as_str().map(str::as_bytes);
    match (text("text"), text("repeat")) {
        (Some(text), _) => text.to_vec(),
        (_, Some(text)) => text.repeat(piece["times"].as_u64().unwrap().try_into().unwrap()),
        _ if piece["body"] == true => table["body"].as_str().unwrap().into(),
        _ => decoded(&piece["base64"]),
    }
}

#[track_caller]
fn all_right(count: usize, outcomes: Vec<Option<String>>) {
    assert!(count > 0);
    let wrong: Vec<String> = outcomes.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{} of {count} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
