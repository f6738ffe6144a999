//! How AWS is reached: credentials, region, endpoint, proxy, certificates and time-outs.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{Account, Cause};

/// What the caller knows of the way to AWS; what it leaves out comes from the default chain
/// of the AWS SDK (environment, profile, SSO, `credential_process`, container, instance).
#[derive(Clone, Default)]
pub struct Connection {
    /// Such as `eu-central-1`.
    pub region: Option<String>,
    /// A URL that stands in for the service's own.
    pub endpoint: Option<String>,
    /// Keys that are used as they are.
    pub keys: Option<Keys>,
    /// A profile by name: its credentials, and its region where none is given.
    pub profile: Option<String>,
    /// A proxy for all calls; without one the `*_PROXY` variables count.
    pub proxy: Option<String>,
    /// PEM texts, trusted beside the platform's roots.
    pub certificates: Vec<String>,
}

/// Access keys. No `Debug`: they must not reach a log.
#[derive(Clone)]
pub struct Keys {
    /// The key's id.
    pub access_key_id: String,
    /// The key itself.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// An open way to AWS.
pub struct Link {
    /// For the clients of any service.
    pub config: SdkConfig,
    /// Where we are, as messages name it. The account's id is not known yet.
    pub account: Account,
    /// The endpoint that was set, or the name of the region's own.
    pub endpoint: String,
}

impl Connection {
    /// Finds region and credentials and prepares the HTTP client; makes no call to the service.
    ///
    /// # Errors
    /// No region, no credentials, an unusable proxy or certificate.
    pub async fn open(&self) -> Result<Link, Cause> {
        let http_client = self.http_client()?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client.clone())
            // Attempts are paced and repeated by `pace`.
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts());
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(profile) = &self.profile {
            // In the default chain the environment's keys would win over a profile asked for by name.
            let context = ProviderConfig::default().with_http_client(http_client);
            let named = ProfileFileCredentialsProvider::builder().profile_name(profile);
            let named = named.configure(&context).build();
            loader = loader.profile_name(profile).credentials_provider(named);
        }
        if let Some(keys) = &self.keys {
            loader = loader.credentials_provider(keys.credentials());
        }
        let config = loader.load().await;
        let region = config.region().ok_or(Cause::NoRegion)?.to_string();
        let config = with_credentials(config).await?;
        let own = format!("https://ssm.{region}.amazonaws.com");
        let endpoint = config.endpoint_url().map_or(own, str::to_owned);
        let account = Account { region, id: None };
        Ok(Link {
            config,
            account,
            endpoint,
        })
    }

    fn http_client(&self) -> Result<SharedHttpClient, Cause> {
        let proxy = self.proxy_config()?;
        let plain = self.needs_no_tls();
        let trust = self.trust_store()?;
        let tls = TlsContext::builder().with_trust_store(trust).build();
        let tls = tls.map_err(|error| bad_certificates(error.to_string()))?;
        Ok(
            Builder::new().build_with_connector_fn(move |settings, components| {
                let mut connector = Connector::builder().proxy_config(proxy.clone());
                connector.set_connector_settings(settings.cloned());
                connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
                if plain {
                    return connector.build_http();
                }
                connector
                    .tls_provider(Provider::Rustls(CryptoMode::Ring))
                    .tls_context(tls.clone())
                    .build()
            }),
        )
    }

    /// Without TLS the platform's roots need not be read, which takes several milliseconds.
    /// The default credentials chain may call https endpoints, and a proxy may be one.
    fn needs_no_tls(&self) -> bool {
        let plain =
            |url: &Option<String>| url.as_ref().is_some_and(|url| url.starts_with("http://"));
        plain(&self.endpoint) && self.keys.is_some() && (self.proxy.is_none() || plain(&self.proxy))
    }

    fn proxy_config(&self) -> Result<ProxyConfig, Cause> {
        let Some(proxy) = &self.proxy else {
            return Ok(ProxyConfig::from_env());
        };
        let said = |error: &dyn std::error::Error| innermost(error);
        let config = ProxyConfig::all(proxy.as_str())
            .map_err(|error| Cause::BadProxy { said: said(&error) })?;
        let bypass = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy"));
        Ok(match bypass {
            Ok(rules) => config.no_proxy(rules),
            Err(_) => config,
        })
    }

    /// The connector panics on a certificate that rustls cannot use, so only usable ones go in.
    fn trust_store(&self) -> Result<TrustStore, Cause> {
        let mut store = TrustStore::default();
        for pem in &self.certificates {
            let usable = usable_certificates(pem)?;
            if usable.is_empty() {
                return Err(bad_certificates(
                    "it holds no certificate that can be used".into(),
                ));
            }
            for der in usable {
                store.add_pem_certificate(to_pem(&der));
            }
        }
        Ok(store)
    }
}

impl Keys {
    fn credentials(&self) -> Credentials {
        Credentials::new(
            &self.access_key_id,
            &self.secret_access_key,
            self.session_token.clone(),
            None,
            "serverless",
        )
    }
}

/// With the SDK's defaults a server that never answers is waited for for ever, and a
/// `TimeoutConfig` without a connect time-out loses the default one.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(Duration::from_secs(10))
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_mins(1))
        .build()
}

/// Asks for the credentials once, before the first call, so that their failure is told apart
/// from a failed call.
async fn with_credentials(config: SdkConfig) -> Result<SdkConfig, Cause> {
    let provider = config.credentials_provider();
    let provider = provider.ok_or_else(|| Cause::NoCredentials {
        said: "no provider is set".into(),
    })?;
    let credentials = provider.provide_credentials().await;
    let credentials = credentials.map_err(|error| Cause::NoCredentials {
        said: innermost(&error),
    })?;
    let fixed = SharedCredentialsProvider::new(credentials);
    Ok(config.into_builder().credentials_provider(fixed).build())
}

fn usable_certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Cause> {
    let mut roots = RootCertStore::empty();
    CertificateDer::pem_slice_iter(pem.as_bytes())
        .filter_map(|certificate| match certificate {
            Ok(certificate) => roots
                .add(certificate.clone())
                .is_ok()
                .then_some(Ok(certificate)),
            Err(error) => Some(Err(bad_certificates(error.to_string()))),
        })
        .collect()
}

fn to_pem(der: &CertificateDer<'_>) -> String {
    let body = STANDARD.encode(der);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

fn bad_certificates(said: String) -> Cause {
    Cause::BadCertificates { said }
}

/// The text of the first cause in a chain of errors, which is the one that says something.
#[must_use]
pub fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection {
            region: Some("eu-central-1".into()),
            keys: Some(Keys {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
                secret_access_key: "secret".into(),
                session_token: None,
            }),
            ..Connection::default()
        }
    }

    #[tokio::test]
    async fn what_the_caller_gives_is_used() {
        let link = connection().open().await.unwrap();
        assert_eq!(link.account.to_string(), "region eu-central-1");
        assert_eq!(link.endpoint, "https://ssm.eu-central-1.amazonaws.com");
    }

    #[tokio::test]
    async fn a_certificate_bundle_without_certificates_is_an_error_and_no_panic() {
        for (pem, said) in [
            ("nothing", "it holds no certificate that can be used"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "it holds no certificate that can be used",
            ),
        ] {
            let mut connection = connection();
            connection.certificates.push(pem.into());
            let cause = connection.open().await.err().unwrap();
            assert_eq!(cause, bad_certificates(said.into()));
        }
    }

    #[tokio::test]
    async fn a_proxy_that_is_no_address_is_an_error() {
        let mut connection = connection();
        connection.proxy = Some("not a url".into());
        let cause = connection.open().await.err().unwrap();
        assert!(matches!(cause, Cause::BadProxy { .. }), "{cause}");
    }
}
