//! A request that is not signed here: it has been signed elsewhere, as its headers or its URL show. The same HTTP client, proxy,
//! certificates and time-outs as every other call.

use aws_config::BehaviorVersion;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use url::Url;

use super::connection::{Keys, Link};
use super::http;
use super::trouble::Trouble;
use crate::failure::Failure;
use crate::failure::internal::Internal;

/// What is sent. No `Debug`: a URL may be signed.
pub struct Plain {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With its query.
    pub url: Url,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What came, whatever its status. It may hold a plaintext, so it has no `Debug` that shows it.
pub struct Came {
    /// Of HTTP.
    pub status: u16,
    /// Names and values, as far as they are text.
    pub headers: Vec<(String, String)>,
    /// Its bytes, no more than any answer of AWS has.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Came {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Came")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Which part of a URL a request has beside its server.
#[derive(Debug)]
struct Rest {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
}

/// It may be a secret's.
struct Body(Vec<u8>);

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[body]")
    }
}

impl Link {
    /// The keys that calls are signed with.
    ///
    /// # Errors
    /// There are none.
    pub async fn keys(&self) -> Result<Keys, Failure> {
        let none = || Internal {
            said: "the way to AWS has no credentials".into(),
        };
        let provider = self.config.credentials_provider().ok_or_else(none)?;
        let found = provider.provide_credentials().await.map_err(|_| none())?;
        Ok(Keys {
            access_key_id: found.access_key_id().to_owned(),
            secret_access_key: found.secret_access_key().to_owned(),
            session_token: found.session_token().map(str::to_owned),
        })
    }

    /// Sends a request once, and reads what comes.
    ///
    /// # Errors
    /// Nothing comes.
    pub async fn send(&self, request: Plain) -> Result<Came, Trouble> {
        send(self.config.http_client(), request).await
    }
}

/// The way to a server on this machine: no proxy, and no TLS.
#[derive(Clone)]
pub struct Loopback(SharedHttpClient);

impl Loopback {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// There can be no HTTP client.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self(http::loopback_client()?))
    }

    /// Sends a request once, and reads what comes.
    ///
    /// # Errors
    /// Nothing comes.
    pub async fn send(&self, request: Plain) -> Result<Came, Trouble> {
        send(Some(self.0.clone()), request).await
    }
}

async fn send(client: Option<SharedHttpClient>, request: Plain) -> Result<Came, Trouble> {
    let Plain {
        method,
        url,
        headers,
        body,
    } = request;
    let server = &url[..url::Position::BeforePath];
    let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
    let builder = Operation::builder()
        .service_name("http")
        .operation_name("send")
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(server)
        .no_auth()
        .no_retry()
        .timeout_config(http::timeouts());
    let builder = match client {
        Some(client) => builder.http_client(client),
        None => builder,
    };
    let operation = builder.serializer(written).deserializer(read).build();
    let rest = Rest {
        method,
        path,
        headers,
        body: Body(body),
    };
    let came = operation.invoke(rest).await;
    came.map_err(|error| Trouble::of(&error))
}

fn written(rest: Rest) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(rest.body.0));
    http.set_method(rest.method)?;
    http.set_uri(rest.path)?;
    for (name, value) in rest.headers {
        http.headers_mut().try_insert(name, value)?;
    }
    Ok(http)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "what an operation asks of its deserializer"
)]
fn read(response: &HttpResponse) -> Result<Came, OrchestratorError<ErrorMetadata>> {
    let headers = response.headers().iter();
    Ok(Came {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: response.body().bytes().unwrap_or_default().to_vec(),
    })
}
