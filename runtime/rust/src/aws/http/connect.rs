//! Connecting: the name, TCP, TLS, HTTP.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::broken::{Broken, told};
use super::{proxy, trust};
use crate::aws::endpoint::Endpoint;
use crate::budget::within;
use crate::contract::{Code, hint, limit};
use crate::environment::Environment;

/// What sends requests over a connection.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// As many headers as a head may have, none of which is shorter than `a:` and its line end.
const HEADERS: usize = limit::HEAD_BYTES / 4;

/// What makes connections.
pub(super) struct Connector {
    environment: Environment,
    /// For all of it.
    limit: Duration,
    trust: Mutex<Option<Arc<ClientConfig>>>,
}

impl Connector {
    pub(super) fn new(environment: Environment, limit: Duration) -> Self {
        Self {
            environment,
            limit,
            trust: Mutex::default(),
        }
    }

    /// A new connection.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn connect(&self, endpoint: &Endpoint) -> Result<Sender, Broken> {
        within(self.limit, self.connected(endpoint))
            .await
            .unwrap_or_else(|| {
                let (host, limit) = (&endpoint.authority, self.limit);
                let reason = format!("no connection to {host} within {limit:?}");
                let broken = Broken::new(reason, Code::Unreachable.hint());
                Err(proxy::unused(&self.environment, endpoint, broken))
            })
    }

    async fn connected(&self, endpoint: &Endpoint) -> Result<Sender, Broken> {
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
            proxy::unused(&self.environment, endpoint, broken)
        }
    }

    /// Set up for the first secure connection, and never for a plain one.
    fn tls(&self) -> Result<TlsConnector, Broken> {
        let mut trust = self.trust.lock().unwrap_or_else(PoisonError::into_inner);
        let configuration = match &*trust {
            Some(configuration) => Arc::clone(configuration),
            None => trust::configuration(self.environment.path("AWS_CA_BUNDLE").as_deref())
                .map_err(|reason| Broken::misconfigured(reason, hint::UNREACHABLE_CA_BUNDLE))?,
        };
        *trust = Some(Arc::clone(&configuration));
        Ok(TlsConnector::from(configuration))
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
