//! HTTP/1.1 over connections that are kept for the next call.

use std::collections::HashMap;
use std::error::Error;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::{Endpoint, trust};
use crate::contract::{Code, hint, limit};
use crate::environment::Environment;

type Sender = SendRequest<Full<Bytes>>;

/// As many headers as a head may have, none of which is shorter than `a:` and its line end.
const HEADERS: usize = limit::HEAD_BYTES / 4;
/// Room for an answer of KMS, whose plaintexts have at most 4096 bytes.
const USUAL_ANSWER: usize = 16 * 1024;

/// All connections that are not in use, by endpoint.
pub(crate) struct Connections {
    environment: Environment,
    connect: Duration,
    trust: Mutex<Option<Arc<ClientConfig>>>,
    kept: Arc<Mutex<HashMap<Endpoint, Vec<Kept>>>>,
}

struct Kept {
    sender: Sender,
    since: Instant,
}

/// A connection for one request and its answer.
pub(crate) struct Exchange {
    sender: Sender,
    endpoint: Endpoint,
    kept: Arc<Mutex<HashMap<Endpoint, Vec<Kept>>>>,
    /// Whether another request went over it before.
    pub(crate) is_kept: bool,
}

/// A whole answer. Its body may hold a plaintext.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header `x-amzn-errortype`.
    pub(crate) error: Option<String>,
    /// The header `date`.
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// An exchange that came to nothing, and why.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    pub(crate) hint: &'static str,
    /// The variable that the hint names.
    pub(crate) variable: &'static str,
    /// Whether trying again may help.
    pub(crate) again: bool,
    /// Whether the connection ended before there was anything of an answer.
    pub(crate) before_answer: bool,
}

impl Broken {
    fn new(reason: String, hint: &'static str) -> Self {
        Self {
            reason,
            hint,
            variable: "",
            again: true,
            before_answer: false,
        }
    }

    /// Trying again is in vain.
    fn misconfigured(reason: String, hint: &'static str) -> Self {
        Self {
            again: false,
            ..Self::new(reason, hint)
        }
    }
}

impl Connections {
    pub(crate) fn new(environment: Environment, connect: Duration) -> Self {
        Self {
            environment,
            connect,
            trust: Mutex::default(),
            kept: Arc::default(),
        }
    }

    /// A connection: one that was kept, or a new one.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn to(&self, endpoint: &Endpoint) -> Result<Exchange, Broken> {
        while let Some(mut sender) = self.take(endpoint) {
            if sender.ready().await.is_ok() {
                return Ok(self.exchange(sender, endpoint, true));
            }
        }
        let sender = timeout(self.connect, self.connect(endpoint))
            .await
            .unwrap_or_else(|_| {
                let (host, limit) = (&endpoint.authority, self.connect);
                let reason = format!("no connection to {host} within {limit:?}");
                Err(self.unproxied(endpoint, Broken::new(reason, Code::Unreachable.hint())))
            })?;
        Ok(self.exchange(sender, endpoint, false))
    }

    /// Closes all connections to an endpoint that are not in use.
    pub(crate) fn forget(&self, endpoint: &Endpoint) {
        locked(&self.kept).remove(endpoint);
    }

    fn take(&self, endpoint: &Endpoint) -> Option<Sender> {
        let mut kept = locked(&self.kept);
        let kept = kept.get_mut(endpoint)?;
        kept.retain(|one| one.since.elapsed() < limit::IDLE);
        kept.pop().map(|one| one.sender)
    }

    fn exchange(&self, sender: Sender, endpoint: &Endpoint, is_kept: bool) -> Exchange {
        Exchange {
            sender,
            endpoint: endpoint.clone(),
            kept: Arc::clone(&self.kept),
            is_kept,
        }
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<Sender, Broken> {
        let general = Code::Unreachable.hint();
        let failed = |error: &dyn Error, hint| self.failed(endpoint, error, hint);
        let tls = if endpoint.secure {
            Some(self.tls()?)
        } else {
            None
        };
        let addresses = lookup_host((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(|error| failed(&error, hint::UNREACHABLE_NAME))?;
        let addresses: Vec<_> = addresses.collect();
        let tcp = TcpStream::connect(addresses.as_slice())
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::ConnectionRefused => failed(&error, hint::UNREACHABLE_REFUSED),
                _ => failed(&error, general),
            })?;
        // Without it a request of two writes may wait for an acknowledgement.
        let _ = tcp.set_nodelay(true);
        let sender = match tls {
            Some(tls) => driven(self.secured(endpoint, &tls, tcp).await?).await,
            None => driven(tcp).await,
        };
        sender.map_err(|error| failed(&error, general))
    }

    async fn secured(
        &self,
        endpoint: &Endpoint,
        tls: &TlsConnector,
        tcp: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Broken> {
        let name = ServerName::try_from(endpoint.host.clone())
            .map_err(|error| Broken::misconfigured(told(&error), hint::UNREACHABLE_NAME))?;
        tls.connect(name, tcp).await.map_err(|error| {
            let failed = |hint| self.failed(endpoint, &error, hint);
            match error.get_ref().and_then(|cause| cause.downcast_ref()) {
                // Another attempt would meet the same one.
                Some(rustls::Error::InvalidCertificate(_)) => Broken {
                    again: false,
                    ..failed(hint::UNREACHABLE_CERTIFICATE)
                },
                Some(_) => failed(hint::UNREACHABLE_ANSWER),
                None => failed(Code::Unreachable.hint()),
            }
        })
    }

    fn failed(&self, endpoint: &Endpoint, error: &dyn Error, hint: &'static str) -> Broken {
        let authority = &endpoint.authority;
        let reason = format!("no connection to {authority}: {}", told(error));
        let broken = Broken::new(reason, hint);
        let is_there = [hint::UNREACHABLE_CERTIFICATE, hint::UNREACHABLE_ANSWER].contains(&hint);
        if is_there {
            broken
        } else {
            self.unproxied(endpoint, broken)
        }
    }

    /// With a word on a proxy that is set, if others would use it on the way there.
    fn unproxied(&self, endpoint: &Endpoint, broken: Broken) -> Broken {
        let names = ["https_proxy", "HTTPS_PROXY"];
        let is_set = |name: &&str| self.environment.text(name).is_some();
        match names.into_iter().find(is_set) {
            Some(variable) if endpoint.secure && !self.is_excepted(&endpoint.host) => Broken {
                hint: hint::UNREACHABLE_PROXY_UNUSED,
                variable,
                ..broken
            },
            _ => broken,
        }
    }

    /// Whether no proxy is to be used for a host, as most read `NO_PROXY`.
    fn is_excepted(&self, host: &str) -> bool {
        let variable = |name| self.environment.text(name);
        let list = variable("no_proxy").or_else(|| variable("NO_PROXY"));
        let host = host.to_ascii_lowercase();
        let names = |entry: &str| {
            let entry = entry.to_ascii_lowercase();
            let domain = entry.trim_start_matches('*').trim_start_matches('.');
            let above = host.strip_suffix(domain);
            entry == "*"
                || !domain.is_empty()
                    && above.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        list.is_some_and(|list| list.split([',', ' ']).any(names))
    }

    /// Set up for the first secure connection, and never for a plain one.
    fn tls(&self) -> Result<TlsConnector, Broken> {
        let mut trust = locked(&self.trust);
        let configuration = match &*trust {
            Some(configuration) => Arc::clone(configuration),
            None => trust::configuration(self.environment.path("AWS_CA_BUNDLE").as_deref())
                .map_err(|reason| Broken::misconfigured(reason, hint::UNREACHABLE_CA_BUNDLE))?,
        };
        *trust = Some(Arc::clone(&configuration));
        Ok(TlsConnector::from(configuration))
    }
}

impl Exchange {
    /// Sends a request and reads the whole answer; the connection is kept then.
    ///
    /// # Errors
    /// What came instead of an answer.
    pub(crate) async fn send(mut self, request: Request<Full<Bytes>>) -> Result<Answer, Broken> {
        let sent = self.sender.send_request(request).await;
        let response = sent.map_err(|error| {
            let is_answer = error.is_parse();
            Broken {
                before_answer: !is_answer,
                ..Broken::new(told(&error), of_answer(is_answer))
            }
        })?;
        let answer = read(response).await?;
        let kept = Kept {
            sender: self.sender,
            since: Instant::now(),
        };
        locked(&self.kept)
            .entry(self.endpoint)
            .or_default()
            .push(kept);
        Ok(answer)
    }
}

async fn read(response: Response<Incoming>) -> Result<Answer, Broken> {
    let broken = |reason| Broken::new(reason, of_answer(true));
    let status = response.status().as_u16();
    let header = |name| {
        let mut values = response.headers().get_all(name).iter();
        // Of two, none is the right one.
        let value = values.next().filter(|_| values.next().is_none())?;
        Some(value.to_str().ok()?.to_owned())
    };
    let (error, date) = (header("x-amzn-errortype"), header("date"));
    if !is_framed_once(response.headers()) {
        return Err(broken(
            "its length is told twice, or in a way that is not known".into(),
        ));
    }
    let mut incoming = response.into_body();
    if incoming.size_hint().lower() > limit::REPLY_BYTES as u64 {
        return Err(broken("the answer is too long".into()));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(USUAL_ANSWER));
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| broken(told(&error)))?;
        let Some(part) = frame.data_ref() else {
            continue;
        };
        if body.len() + part.len() > limit::REPLY_BYTES {
            return Err(broken("the answer is too long".into()));
        }
        append(&mut body, part);
    }
    Ok(Answer {
        status,
        error,
        date,
        body,
    })
}

/// Parsers differ on what is told twice.
fn is_framed_once(headers: &HeaderMap) -> bool {
    let lengths = || headers.get_all(CONTENT_LENGTH).iter();
    let codings = || headers.get_all(TRANSFER_ENCODING).iter();
    let is_known = |coding: &HeaderValue| {
        let known = [&b"chunked"[..], b"identity"];
        known
            .iter()
            .any(|known| coding.as_bytes().eq_ignore_ascii_case(known))
    };
    let is_number = |length: &HeaderValue| length.as_bytes().iter().all(u8::is_ascii_digit);
    lengths().count() + codings().count() <= 1
        && lengths().all(is_number)
        && codings().all(is_known)
}

/// A vector that grows by itself would leave a copy behind that is not zeroed.
fn append(body: &mut Zeroizing<Vec<u8>>, data: &[u8]) {
    if body.len() + data.len() > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * (body.len() + data.len())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(data);
}

fn of_answer(is_answer: bool) -> &'static str {
    if is_answer {
        hint::UNREACHABLE_ANSWER
    } else {
        Code::Unreachable.hint()
    }
}

/// HTTP over a stream, moved along by a task that ends with the connection.
async fn driven(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Sender, hyper::Error> {
    let (sender, connection) = Builder::new()
        .max_headers(HEADERS)
        .max_header_size(limit::HEAD_BYTES)
        .max_buf_size(limit::HEAD_BYTES + 1)
        .handshake(TokioIo::new(stream))
        .await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// An error with its causes, since many of the outer ones say nothing.
fn told(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_told = cause.to_string();
        if !told.contains(&cause_told) {
            told = format!("{told}: {cause_told}");
        }
        source = cause.source();
    }
    told
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
