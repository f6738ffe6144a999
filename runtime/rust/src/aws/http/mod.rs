//! HTTP/1.1 over connections that are kept for the next call.

pub(crate) mod broken;
mod connect;
mod proxy;
mod reply;
mod trust;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;

use super::endpoint::Endpoint;
use super::reply::Reply;
use crate::contract::limit;
use crate::environment::Environment;
use broken::{Broken, of_answer, told};
use connect::{Connector, Sender};

/// All connections that are not in use, by endpoint.
pub(crate) struct Connections {
    connector: Connector,
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

impl Connections {
    pub(crate) fn new(environment: Environment, connect: Duration) -> Self {
        Self {
            connector: Connector::new(environment, connect),
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
        let sender = self.connector.connect(endpoint).await?;
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
}

impl Exchange {
    /// Sends a request and reads the whole answer; the connection is kept then.
    ///
    /// # Errors
    /// What came instead of an answer.
    pub(crate) async fn send(mut self, request: Request<Full<Bytes>>) -> Result<Reply, Broken> {
        let sent = self.sender.send_request(request).await;
        let response = sent.map_err(|error| {
            let is_answer = error.is_parse();
            Broken {
                before_answer: !is_answer,
                ..Broken::new(told(&error), of_answer(is_answer))
            }
        })?;
        let answer = reply::read(response).await?;
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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
