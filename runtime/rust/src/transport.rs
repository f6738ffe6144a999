//! A way to the services that the program itself has, with its own proxy, certificates and connections. In its place this crate has none.

use std::pin::Pin;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use zeroize::Zeroizing;

use crate::aws::endpoint::Endpoint;
use crate::aws::refusal::Refusal;
use crate::aws::reply::Reply;
use crate::contract::limit;

/// A signed request by POST.
pub struct Request {
    /// Where it goes.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// An answer of any status.
pub struct Response {
    /// Of HTTP.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Its bytes, which may be a plaintext's.
    pub body: Zeroizing<Vec<u8>>,
}

/// Sends a request once. It fails with why there is no answer, in words.
pub type Transport = Arc<
    dyn Fn(Request) -> Pin<Box<dyn Future<Output = Result<Response, String>> + Send>> + Send + Sync,
>;

/// What stands for connections of our own.
pub(crate) struct Connections(pub(crate) Option<Transport>);

impl Connections {
    /// # Errors
    /// There is no answer, or a longer one than may be.
    pub(crate) async fn send(
        &self,
        endpoint: &Endpoint,
        request: hyper::Request<Full<Bytes>>,
    ) -> Result<Reply, Refusal> {
        match &self.0 {
            Some(transport) => sent(transport, endpoint, request).await,
            None => Err(Refusal::unreachable("the program has set no transport")),
        }
    }
}

/// # Errors
/// There is no answer, or a longer one than may be.
async fn sent(
    transport: &Transport,
    endpoint: &Endpoint,
    request: hyper::Request<Full<Bytes>>,
) -> Result<Reply, Refusal> {
    let (parts, body) = request.into_parts();
    let scheme = if endpoint.secure { "https" } else { "http" };
    let headers = parts.headers.iter();
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let request = Request {
        url: format!("{scheme}://{}{}", endpoint.authority, endpoint.path),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.unwrap_or_default().to_vec(),
    };
    let response = transport(request).await.map_err(|said| {
        Refusal::unreachable(format!("no answer of {}: {said}", endpoint.authority))
    })?;
    if response.body.len() > limit::REPLY_BYTES {
        return Err(Refusal::unreachable("the answer is too long"));
    }
    let header = |name: &str| {
        let mut found = response
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        // Of two, none is the right one.
        let (_, value) = found.next().filter(|_| found.next().is_none())?;
        Some(value.clone())
    };
    Ok(Reply {
        status: response.status,
        error: header("x-amzn-errortype"),
        date: header("date"),
        body: response.body,
    })
}
