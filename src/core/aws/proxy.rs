//! The proxy on the way to a service, and what it says when it lets nobody through: the HTTP client keeps that to itself.

use std::time::Duration;

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::endpoint::shown;
use crate::failure::shown::Shown;

/// For the whole question.
const PATIENCE: Duration = Duration::from_secs(5);

/// A proxy that a request goes through.
#[derive(Debug, Clone)]
pub struct Proxy(Intercept);

/// What a proxy does with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Of its answer, if it gave one.
    pub status: Option<u16>,
    /// In words.
    pub said: Shown,
}

/// `NO_PROXY`, as the HTTP client reads it.
#[must_use]
pub fn exempted() -> Option<String> {
    let rules = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy"));
    rules.ok()
}

impl Proxy {
    /// That of an address: the one that is set, or one of the environment. `None`: none is on the way.
    #[must_use]
    pub fn of(address: &str, set: Option<&str>) -> Option<Self> {
        let matcher = match set {
            Some(proxy) => {
                let builder = Matcher::builder().all(proxy.to_owned());
                builder.no(exempted().unwrap_or_default()).build()
            }
            None => Matcher::from_env(),
        };
        matcher.intercept(&address.parse().ok()?).map(Self)
    }

    /// Whether it is spoken to without TLS.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.uri().scheme_str() == Some("http")
    }

    /// Its address without user and password.
    #[must_use]
    pub fn shown(&self) -> Shown {
        shown(&self.0.uri().to_string())
    }

    /// Asks it for the way to `address` once more and reads what it answers. `None`: it opens the way, or it cannot be asked so.
    pub async fn refusal(&self, address: &str) -> Option<Verdict> {
        let uri = self.0.uri();
        if !self.is_plain() {
            return None;
        }
        let host = uri.host()?.trim_matches(['[', ']']);
        let port = uri.port_u16().unwrap_or(80);
        let cannot = |said: String| Verdict {
            status: None,
            said: said.into(),
        };
        let asked = timeout(PATIENCE, async {
            let stream = TcpStream::connect((host, port)).await;
            let stream = stream.map_err(|error| cannot(format!("cannot be reached: {error}")))?;
            if address.starts_with("http://") {
                // There it forwards, and opens no way.
                return Ok(Some(200));
            }
            let answer = self.ask(stream, address).await;
            answer.map_err(|error| cannot(format!("gives no answer: {error}")))
        });
        match asked.await {
            Err(_) => Some(cannot("does not answer in time".to_owned())),
            Ok(Err(verdict)) => Some(verdict),
            Ok(Ok(Some(200..300))) => None,
            Ok(Ok(Some(status))) => Some(Verdict {
                status: Some(status),
                said: format!("answers with HTTP status {status}").into(),
            }),
            Ok(Ok(None)) => Some(cannot("answers what is no HTTP".to_owned())),
        }
    }

    /// The status of its answer.
    async fn ask(&self, mut stream: TcpStream, address: &str) -> std::io::Result<Option<u16>> {
        let target = url::Url::parse(address).ok();
        let target = target
            .as_ref()
            .and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
        let Some((host, port)) = target else {
            return Ok(None);
        };
        let mut request =
            format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
        if let Some(value) = self.0.basic_auth() {
            request.extend_from_slice(b"Proxy-Authorization: ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        stream.write_all(&request).await?;
        let mut line = Vec::new();
        let mut beginning = stream.take(64);
        while !line.contains(&b'\n') && beginning.read_buf(&mut line).await? > 0 {}
        Ok(status_of(&line))
    }
}

/// The number in `HTTP/1.1 407 ...`.
fn status_of(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("HTTP/1.")?;
    line.split(' ').nth(1)?.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests;
