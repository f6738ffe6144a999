//! HTTP/1.1 over connections that are kept for the next call.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::{Endpoint, trust};
use crate::environment::Environment;

type Sender = SendRequest<Full<Bytes>>;

/// More than any answer of KMS, whose plaintexts have at most 4096 bytes.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Older ones have probably been closed by the other side.
const LONGEST_KEPT: Duration = Duration::from_secs(20);

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
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// An exchange that came to nothing, and why.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Trying again is in vain.
    Misconfigured(String),
    Connecting(String),
    BeforeAnswer(String),
    WithinAnswer(String),
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
    /// `Connecting` or `Misconfigured`.
    pub(crate) async fn to(&self, endpoint: &Endpoint) -> Result<Exchange, Broken> {
        while let Some(mut sender) = self.take(endpoint) {
            if sender.ready().await.is_ok() {
                return Ok(self.exchange(sender, endpoint, true));
            }
        }
        let sender = match timeout(self.connect, self.connect(endpoint)).await {
            Ok(sender) => sender?,
            Err(_) => {
                return Err(Broken::Connecting(format!(
                    "no connection to {} within {:?}",
                    endpoint.authority, self.connect
                )));
            }
        };
        Ok(self.exchange(sender, endpoint, false))
    }

    /// Closes all connections to an endpoint that are not in use.
    pub(crate) fn forget(&self, endpoint: &Endpoint) {
        locked(&self.kept).remove(endpoint);
    }

    fn take(&self, endpoint: &Endpoint) -> Option<Sender> {
        let mut kept = locked(&self.kept);
        let kept = kept.get_mut(endpoint)?;
        kept.retain(|one| one.since.elapsed() < LONGEST_KEPT);
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
        let failed = |error: &dyn Error| {
            Broken::Connecting(format!(
                "no connection to {}: {}",
                endpoint.authority,
                told(error)
            ))
        };
        let tls = if endpoint.secure {
            Some(self.tls()?)
        } else {
            None
        };
        let tcp = TcpStream::connect((endpoint.host.as_str(), endpoint.port))
            .await
            .map_err(|error| failed(&error))?;
        // Without it a request of two writes may wait for an acknowledgement.
        let _ = tcp.set_nodelay(true);
        let Some(tls) = tls else {
            return driven(tcp).await.map_err(|error| failed(&error));
        };
        let name = ServerName::try_from(endpoint.host.clone()).map_err(|error| {
            Broken::Misconfigured(format!("its endpoint has no valid host: {error}"))
        })?;
        let tls = tls
            .connect(name, tcp)
            .await
            .map_err(|error| failed(&error))?;
        driven(tls).await.map_err(|error| failed(&error))
    }

    /// Set up for the first secure connection, and never for a plain one.
    fn tls(&self) -> Result<TlsConnector, Broken> {
        let mut trust = locked(&self.trust);
        let configuration = match &*trust {
            Some(configuration) => Arc::clone(configuration),
            None => trust::configuration(self.environment.path("AWS_CA_BUNDLE").as_deref())
                .map_err(Broken::Misconfigured)?,
        };
        *trust = Some(Arc::clone(&configuration));
        Ok(TlsConnector::from(configuration))
    }
}

impl Exchange {
    /// Sends a request and reads the whole answer; the connection is kept then.
    ///
    /// # Errors
    /// `BeforeAnswer` or `WithinAnswer`.
    pub(crate) async fn send(mut self, request: Request<Full<Bytes>>) -> Result<Answer, Broken> {
        let sent = self.sender.send_request(request).await;
        let response = sent.map_err(|error| Broken::BeforeAnswer(told(&error)))?;
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
    let status = response.status().as_u16();
    let error = response
        .headers()
        .get("x-amzn-errortype")
        .and_then(|name| name.to_str().ok())
        .map(str::to_owned);
    let mut incoming = response.into_body();
    // Of its whole size at once: growing would leave copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(LONGEST_ANSWER));
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| Broken::WithinAnswer(told(&error)))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if body.len() + data.len() > LONGEST_ANSWER {
            return Err(Broken::WithinAnswer("the answer is too long".into()));
        }
        body.extend_from_slice(data);
    }
    Ok(Answer {
        status,
        error,
        body,
    })
}

/// HTTP over a stream, moved along by a task that ends with the connection.
async fn driven(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Sender, hyper::Error> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
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
