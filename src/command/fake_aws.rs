//! For tests: a service of AWS on loopback that answers as its test says, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use secret_baker_core::aws::{Aws, Connection, Keys};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

type Answer = dyn Fn(&str, &Value) -> (u16, Value) + Send + Sync;

/// What listens, and the way to it.
pub struct FakeAws {
    pub aws: Aws,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

impl FakeAws {
    /// Answers calls of JSON services: `(action, body)` gives status and body.
    pub async fn new(
        hosts: &[&str],
        answer: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&calls));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                tokio::spawn(async move { serve(stream, &*answer, &seen).await });
            }
        });
        let endpoints = hosts
            .iter()
            .map(|host| ((*host).to_owned(), url.clone()))
            .collect();
        let aws = Aws::new(Connection {
            region: Some("eu-west-1".into()),
            endpoints,
            keys: Some(Keys {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
                secret_access_key: "secret".into(),
                session_token: None,
            }),
            ..Connection::default()
        });
        Self { aws, calls }
    }

    /// `region Action NAME` of each call, sorted, since calls are made side by side; the name is that of the key.
    pub fn called(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let mut called: Vec<_> = calls
            .iter()
            .map(|(name, body)| format!("{name} {}", body["KeyId"].as_str().unwrap_or_default()))
            .collect();
        called.sort();
        called
    }
}

/// An error of the service.
pub fn refuses(code: &str, message: &str) -> (u16, Value) {
    (400, json!({ "__type": code, "message": message }))
}

async fn serve(mut stream: TcpStream, answer: &Answer, calls: &Mutex<Vec<(String, Value)>>) {
    let request = read(&mut stream).await;
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return;
    };
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    };
    let action = header("x-amz-target").unwrap();
    let action = action.rsplit('.').next().unwrap();
    let region = header("authorization").unwrap().split('/').nth(2).unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let (status, reply) = answer(action, &body);
    calls
        .lock()
        .unwrap()
        .push((format!("{region} {action}"), body));
    let reply = reply.to_string();
    let length = reply.len();
    let reply = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{reply}"
    );
    // Who was told enough may hang up before the end.
    let _ = stream.write_all(reply.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut headers = head.lines().filter_map(|line| line.split_once(": "));
            let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            if body.len() >= length.map_or(0, |(_, length)| length.parse().unwrap()) {
                return text;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}
