//! KMS for the handlers of this machine: a server on loopback that opens what this process has sealed, under a path that nobody can guess.

mod reply;

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use self::reply::{Reply, Service};
use super::process_key::ProcessKey;
use crate::source::hexadecimal;

/// What one request may have: KMS itself takes no longer blob than 6,144 bytes.
const LONGEST_BODY: usize = 64 * 1024;
const LONGEST_HEAD: usize = 16 * 1024;
/// Openers make 16 calls at once, and each handler is a process of its own at worst.
const CONNECTIONS: usize = 128;
/// For a request's body and its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// For the next head on a connection: longer than openers keep one that nobody uses.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// A connection's life, so that none holds its place for ever.
const LIFE: Duration = Duration::from_mins(5);

/// The only call that is answered.
const TARGET: &str = "TrentService.Decrypt";

/// The running server. It ends when this goes, and with the process.
pub struct Kms {
    endpoint: String,
    accepting: AbortHandle,
}

impl Kms {
    /// Starts it on a free port of 127.0.0.1. Call it within a runtime of tokio.
    ///
    /// # Errors
    /// No port, or no random bytes.
    pub fn start(key: ProcessKey, region: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let token = token()?;
        let endpoint = format!("http://{}/{token}", listener.local_addr()?);
        let door = Arc::new(Door {
            path: format!("/{token}"),
            service: Service::new(key, region),
        });
        let accepting = tokio::spawn(accept(listener, door)).abort_handle();
        Ok(Self {
            endpoint,
            accepting,
        })
    }

    /// The URL that stands for KMS. It is as secret as the values.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Ends it and all its connections; any number of times.
    pub fn stop(&self) {
        self.accepting.abort();
    }
}

impl Drop for Kms {
    fn drop(&mut self) {
        self.stop();
    }
}

/// 32 random bytes in hexadecimal.
fn token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hexadecimal::of(&bytes))
}

/// The tasks of all connections end with this one.
async fn accept(listener: tokio::net::TcpListener, door: Arc<Door>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // Nobody closes the semaphore.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let door = Arc::clone(&door);
                connections.spawn(async move {
                    serve(stream, door).await;
                    drop(place);
                });
            }
            // Out of file descriptors, or a client that has gone already.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, door: Arc<Door>) {
    let service = service_fn(move |request| {
        let door = Arc::clone(&door);
        async move { Ok::<_, Infallible>(door.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // Whatever a client does to its connection is its own affair.
        _ = connection.as_mut() => return,
        () = sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(ANSWER_WITHIN, connection).await;
}

/// What stands between the network and the key.
struct Door {
    path: String,
    service: Service,
}

impl Door {
    /// Neither the host nor the signature of a request is looked at: who knows the path may ask.
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if !self.is_known(request.uri().path()) {
            return nothing(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::POST {
            return nothing(StatusCode::METHOD_NOT_ALLOWED);
        }
        let target = request.headers().get("x-amz-target");
        if target.is_none_or(|target| target != TARGET) {
            return written(&Reply::refused("UnknownOperationException"));
        }
        let body = Limited::new(request.into_body(), LONGEST_BODY).collect();
        match timeout(ANSWER_WITHIN, body).await {
            Ok(Ok(body)) => written(&self.service.decrypt(&body.to_bytes())),
            Ok(Err(_)) => written(&Reply::refused("SerializationException")),
            Err(_) => nothing(StatusCode::REQUEST_TIMEOUT),
        }
    }

    /// In constant time; SDKs put a slash behind the path of an endpoint.
    fn is_known(&self, path: &str) -> bool {
        let path = path.strip_suffix('/').unwrap_or(path);
        path.as_bytes().ct_eq(self.path.as_bytes()).into()
    }
}

fn nothing(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn written(reply: &Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(reply.body())));
    *response.status_mut() = if reply.is_refusal() {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let kind = hyper::header::HeaderValue::from_static("application/x-amz-json-1.1");
    let headers = response.headers_mut();
    headers.insert(hyper::header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests;
