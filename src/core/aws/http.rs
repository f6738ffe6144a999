//! The HTTP client of all calls: proxy, certificates, time-outs.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Limited;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::proxy::Proxy;
use super::{endpoint, proxy};
use crate::contract::REPLY_BYTES;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// A setting that no HTTP client can be made with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A proxy address that is none.
    #[error("the proxy address cannot be used: {said}")]
    Proxy { said: Shown },
    /// A PEM text with no certificate in it.
    #[error("one of the extra certificate bundles cannot be used: {said}")]
    Certificates { said: Shown },
}

impl Explain for Unusable {
    fn code(&self) -> Code {
        Code::Unreachable
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Proxy { .. } => "set HTTPS_PROXY, HTTP_PROXY or `proxy`, whichever is set, to a URL such as http://proxy.example.com:3128, or unset it".into(),
            Self::Certificates { .. } => format!(
                "set {} to PEM with certificates that can be read, or unset them",
                caller.certificates
            ),
        })
    }
}

/// Prepares the client; makes no call. Only a call that needs TLS reads the platform's roots, which takes several milliseconds.
///
/// # Errors
/// An unusable proxy or certificate.
pub fn http_client(
    proxy: Option<&str>,
    certificates: &[String],
) -> Result<SharedHttpClient, Unusable> {
    let config = proxy_config(proxy)?;
    let secure = client(config.clone(), trust_store(certificates)?)?;
    // The same kind of connector, which would trust nobody: another kind would be all of HTTP once more.
    let plain = client(config, TrustStore::empty())?;
    let proxy = proxy.map(str::to_owned);
    Ok(http_client_fn(move |settings, components| {
        SharedHttpConnector::new(ByScheme {
            secure: secure.clone(),
            plain: plain.clone(),
            proxy: proxy.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }))
}

/// For servers on this machine: over no proxy, and without TLS.
///
/// # Errors
/// It cannot be set up.
pub fn loopback_client() -> Result<SharedHttpClient, Unusable> {
    client(ProxyConfig::disabled(), TrustStore::empty())
}

fn client(proxy: ProxyConfig, trust: TrustStore) -> Result<SharedHttpClient, Unusable> {
    let tls = TlsContext::builder().with_trust_store(trust).build();
    let tls = tls.map_err(|error| bad_certificates(&error.to_string()))?;
    let build = move |settings: Option<&HttpConnectorSettings>,
                      components: Option<&RuntimeComponents>| {
        let mut connector = Connector::builder().proxy_config(proxy.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .build()
    };
    Ok(Builder::new().build_with_connector_fn(build))
}

/// TLS as far as the address or the proxy on the way to it needs it.
#[derive(Debug)]
struct ByScheme {
    secure: SharedHttpClient,
    plain: SharedHttpClient,
    proxy: Option<String>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = if needs_no_tls(request.uri(), self.proxy.as_deref()) {
            &self.plain
        } else {
            &self.secure
        };
        let connector = client.http_connector(&self.settings, &self.components);
        HttpConnectorFuture::new(async move {
            let answer = connector.call(request).await?;
            Ok(answer.map(bounded))
        })
    }
}

fn needs_no_tls(address: &str, proxy: Option<&str>) -> bool {
    let proxy = Proxy::of(address, proxy);
    address.starts_with("http://") && proxy.is_none_or(|proxy| proxy.is_plain())
}

/// An answer that ends with an error where it is longer than any of AWS.
fn bounded(body: SdkBody) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, REPLY_BYTES))
}

/// With the SDK's defaults a server that never answers is waited for for ever, and a
/// `TimeoutConfig` without a connect time-out loses the default one.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_mins(1))
        .build()
}

fn proxy_config(proxy: Option<&str>) -> Result<ProxyConfig, Unusable> {
    let Some(proxy) = proxy else {
        return Ok(ProxyConfig::from_env());
    };
    // The words of its error may quote the URL, and the URL a password.
    let config = ProxyConfig::all(proxy).map_err(|_| Unusable::Proxy {
        said: format!("{} is no URL of a proxy", endpoint::shown(proxy)).into(),
    })?;
    Ok(match proxy::exempted() {
        Some(rules) => config.no_proxy(rules),
        None => config,
    })
}

/// The connector panics on a certificate that rustls cannot use, so only usable ones go in.
fn trust_store(certificates: &[String]) -> Result<TrustStore, Unusable> {
    let mut store = TrustStore::default();
    for pem in certificates {
        let usable = usable_certificates(pem)?;
        if usable.is_empty() {
            return Err(bad_certificates("it holds no certificate that can be used"));
        }
        for der in usable {
            store.add_pem_certificate(to_pem(&der));
        }
    }
    Ok(store)
}

fn usable_certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let mut roots = RootCertStore::empty();
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(|certificate| match certificate {
            Ok(certificate) => roots
                .add(certificate.clone())
                .is_ok()
                .then_some(Ok(certificate)),
            Err(error) => Some(Err(bad_certificates(&error.to_string()))),
        })
        .collect()
}

fn to_pem(der: &CertificateDer<'_>) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

fn bad_certificates(said: &str) -> Unusable {
    Unusable::Certificates { said: said.into() }
}

#[cfg(test)]
mod tests;
