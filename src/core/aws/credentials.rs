//! Whose credentials: keys that are given, one profile's, or those of the environment and the machine. What belongs to them (region,
//! endpoint, FIPS, dual-stack) comes from the same place.

use std::pin::Pin;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::ServiceConfigKey;
use tokio::time::timeout;

use super::endpoint::{BadEndpoint, SSO, SSO_OIDC, STS, Service, Variants, check};
use super::http::timeouts;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, innermost};

/// For finding them: all places, all attempts.
const BUDGET: Duration = Duration::from_secs(40);
/// For one attempt. A process that asks for a second factor needs its time.
const ATTEMPT: Duration = Duration::from_secs(30);
/// A trouble of the network may pass.
const ATTEMPTS: usize = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Why there are no keys, in the caller's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// A sentence.
    pub said: Shown,
    /// What to do about it.
    pub hint: Shown,
}

/// Credentials that there are not, or that no request can be signed with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCredentials {
    /// Neither the caller nor the default chain has any.
    #[error("there are no AWS credentials that can be used: {said}")]
    Found { said: Shown },
    /// The caller has told why it has none.
    #[error("{}", .0.said)]
    Lack(Lack),
    /// A part of the keys that no header can hold.
    #[error(
        "the AWS credentials cannot be used: {part} has white space, a line end or other characters that no key has"
    )]
    Malformed { part: &'static str },
}

impl Explain for NoCredentials {
    fn code(&self) -> Code {
        Code::Credentials
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        let hint = match self {
            Self::Lack(lack) => lack.hint.as_str(),
            Self::Found { .. } => {
                "sign in again, or check the profile and the AWS_* variables that this command sees"
            }
            Self::Malformed { .. } => "set it anew, without white space and line ends",
        };
        Some(hint.to_owned())
    }
}

/// An identity and the settings of the place that it comes from.
#[derive(Debug)]
pub struct Identity {
    /// Fixed for the whole bake.
    pub credentials: Credentials,
    /// Such as `eu-central-1`.
    pub region: Option<String>,
    /// The endpoints of its place; `None` where that has no say in them.
    pub endpoints: Option<Endpoints>,
    /// FIPS and dual-stack.
    pub variants: Variants,
}

/// The endpoints that the environment or a profile sets, each under the name of its service.
#[derive(Debug, Clone)]
pub struct Endpoints(pub(super) SdkConfig);

impl Endpoints {
    /// The one of a service, by its own or the general variable or key.
    #[must_use]
    pub fn of(&self, service: Service) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build();
        self.0.service_config()?.load_config(key.ok()?)
    }

    /// # Errors
    /// One of those that are asked on the way to credentials cannot be.
    fn check(&self, allow_insecure: bool) -> Result<(), BadEndpoint> {
        for service in [STS, SSO, SSO_OIDC] {
            if let Some(url) = self.of(service) {
                check(service, &url, allow_insecure)?;
            }
        }
        Ok(())
    }
}

/// Where to look, and what is known already.
#[derive(Debug)]
pub struct Search<'a> {
    /// The only profile to look into.
    pub profile: Option<&'a str>,
    /// Counts more than that of the place.
    pub region: Option<&'a str>,
    /// For the calls that credentials may take.
    pub http_client: SharedHttpClient,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure: bool,
}

impl Search<'_> {
    /// The identity that the AWS SDKs find: of the environment, of a profile (with its assumed role, SSO or process), of a container or
    /// of the machine. Ends within its budget.
    ///
    /// # Errors
    /// There is none, or its place cannot be used.
    pub async fn find(&self) -> Result<Identity, Failure> {
        let found = timeout(BUDGET, self.look()).await;
        found.unwrap_or_else(|_| Err(too_slow(BUDGET).into()))
    }

    async fn look(&self) -> Result<Identity, Failure> {
        let of_environment = std::env::var("AWS_ACCESS_KEY_ID").is_ok_and(|key| !key.is_empty());
        if self.profile.is_none() && of_environment {
            return self.without_files().await;
        }
        let settings = self.settings(false).await?;
        let provider =
            ProfileFileCredentialsProvider::builder().configure(&self.context(&settings));
        let provider = match self.profile {
            Some(name) => provider.profile_name(name).build(),
            None => provider.build(),
        };
        match provide(&provider).await {
            Ok(credentials) => Ok(identity(credentials, &settings)),
            // There is no such profile, and none was asked for.
            Err(CredentialsError::CredentialsNotLoaded(_)) if self.profile.is_none() => {
                self.without_files().await
            }
            Err(error) => Err(no_credentials(&error).into()),
        }
    }

    /// Keys of the environment, a web identity, a container's or the machine's role: no profile has a say in how they are used.
    async fn without_files(&self) -> Result<Identity, Failure> {
        let settings = self.settings(true).await?;
        let mut chain = DefaultCredentialsChain::builder().configure(self.context(&settings));
        chain.set_region(settings.region().cloned());
        let credentials = provide(&chain.build().await).await;
        let credentials = credentials.map_err(|error| no_credentials(&error))?;
        Ok(identity(credentials, &settings))
    }

    /// What the environment and, unless it is kept out, the profile say beside the credentials.
    async fn settings(&self, without_files: bool) -> Result<SdkConfig, BadEndpoint> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.http_client.clone())
            .retry_config(RetryConfig::standard())
            .timeout_config(timeouts())
            .no_credentials();
        if let Some(region) = self.region {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Some(profile) = self.profile {
            loader = loader.profile_name(profile);
        }
        if without_files {
            loader = loader.profile_files(no_files());
        }
        let settings = loaded(loader).await;
        Endpoints(settings.clone()).check(self.allow_insecure)?;
        Ok(settings)
    }

    /// For providers of credentials: an assumed role is asked for in the region that was found.
    fn context(&self, settings: &SdkConfig) -> ProviderConfig {
        let context = ProviderConfig::without_region()
            .with_http_client(self.http_client.clone())
            .with_region(settings.region().cloned())
            .with_use_fips(settings.use_fips())
            .with_use_dual_stack(settings.use_dual_stack())
            .with_retry_config(RetryConfig::standard())
            .with_timeout_config(timeouts());
        context.with_behavior_version(Some(BehaviorVersion::latest()))
    }
}

/// Reads settings. Behind a pointer: each place that waits for it would have the whole of it once more, and it is large.
pub fn loaded(loader: ConfigLoader) -> Pin<Box<dyn Future<Output = SdkConfig> + Send>> {
    Box::pin(loader.load())
}

pub(super) fn no_files() -> EnvConfigFiles {
    EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, "")
        .build()
}

fn identity(credentials: Credentials, settings: &SdkConfig) -> Identity {
    Identity {
        credentials,
        region: settings.region().map(ToString::to_string),
        endpoints: Some(Endpoints(settings.clone())),
        variants: Variants {
            fips: settings.use_fips().unwrap_or_default(),
            dual_stack: settings.use_dual_stack().unwrap_or_default(),
        },
    }
}

/// Asks a provider, once more where its trouble may pass.
async fn provide(provider: &impl ProvideCredentials) -> Result<Credentials, CredentialsError> {
    let mut attempt = 1;
    loop {
        let asked = timeout(ATTEMPT, provider.provide_credentials()).await;
        let error = match asked {
            Ok(Ok(credentials)) => return Ok(credentials),
            Ok(Err(error)) => error,
            Err(_) => return Err(CredentialsError::provider_timed_out(ATTEMPT)),
        };
        if attempt == ATTEMPTS || !may_pass(&error) {
            return Err(error);
        }
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

/// A connection that was lost, or a service that has trouble. A process that fails would be run again, and might ask its user again.
fn may_pass(error: &CredentialsError) -> bool {
    let CredentialsError::ProviderError(_) = error else {
        return false;
    };
    let said = innermost(error).to_lowercase();
    [
        "connect",
        "connection",
        "dispatch",
        "unavailable",
        "internal",
        "reset",
        "lookup",
        "503",
        "500",
    ]
    .iter()
    .any(|sign| said.contains(sign))
}

fn no_credentials(error: &CredentialsError) -> NoCredentials {
    match error {
        CredentialsError::ProviderTimedOut(_) => too_slow(ATTEMPT),
        other => {
            let said = match other {
                CredentialsError::CredentialsNotLoaded(_) => innermost(other),
                _ => in_words(other),
            };
            // A refusal of a signature quotes what was signed, the session token among it.
            let quotes = ["ignature", "anonical", "ecurity-token"];
            let said = if quotes.iter().any(|sign| said.contains(sign)) {
                "AWS does not accept the signature of those that they are asked for with".into()
            } else {
                said.into()
            };
            NoCredentials::Found { said }
        }
    }
}

/// What failed, and why: the innermost error alone may say no more than "no such file".
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if words.last().is_none_or(|last| !last.contains(&text)) {
            words.push(text);
        }
        next = error.source();
    }
    let from = words.len().saturating_sub(3);
    words[from..].join(": ")
}

fn too_slow(after: Duration) -> NoCredentials {
    let seconds = after.as_secs();
    NoCredentials::Found {
        said: format!("whatever gives them (SSO, STS, a credential_process, a container) was silent for {seconds} seconds").into(),
    }
}

/// Whether a header can hold them: a line end that was copied along is told here, and by its part only.
///
/// # Errors
/// The part that cannot be used.
pub fn check_keys(credentials: &Credentials) -> Result<(), NoCredentials> {
    let parts = [
        ("the access key's id", credentials.access_key_id()),
        ("the secret access key", credentials.secret_access_key()),
        (
            "the session token",
            credentials.session_token().unwrap_or("x"),
        ),
    ];
    let bad = parts
        .into_iter()
        .find(|(_, text)| text.is_empty() || !text.chars().all(|c| c.is_ascii_graphic()));
    match bad {
        Some((part, _)) => Err(NoCredentials::Malformed { part }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
