//! How AWS is reached: whose credentials, which region, which addresses, over which proxy.

use std::collections::BTreeMap;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::credentials::{Endpoints, Identity, Lack, NoCredentials, Search, check_keys};
use super::endpoint::{self, BadEndpoint, PARAMETER_STORE, SERVICES, STS, Service, Variants};
use super::http;
use super::proxy::Proxy;
use crate::contract;
use crate::failure::internal::Internal;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure};

const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

/// What the caller knows of the way to AWS. With keys, nothing is read from the shared files of AWS: what a profile says of another
/// account's endpoint must not get these keys. Without, keys and settings come from one place: see `credentials`.
#[derive(Clone, Default)]
pub struct Connection {
    /// Such as `eu-central-1`.
    pub region: Option<String>,
    /// By the first part of a service's hosts, such as `ssm`, a URL that stands in for its own; `sts` is asked for the account that
    /// messages name.
    pub endpoints: BTreeMap<String, String>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: bool,
    /// Keys that are used as they are.
    pub keys: Option<Keys>,
    /// Why those keys that the caller has cannot be used: told as soon as any are needed, and nobody else's are looked for.
    pub lack: Option<Lack>,
    /// A profile by name: its credentials, and its settings where none are given.
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
#[derive(Clone)]
pub struct Link {
    /// For the clients of any service: it names no endpoint.
    pub config: SdkConfig,
    /// Such as `eu-central-1`.
    pub region: String,
    /// The endpoints that the caller has given.
    pub given: BTreeMap<String, String>,
    /// Those of the credentials' own place.
    pub found: Option<Endpoints>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: bool,
    /// Which of the services' own addresses are used.
    pub variants: Variants,
    /// A proxy that is set; else those of the environment count.
    pub proxy: Option<String>,
}

/// A setting without which AWS cannot be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// Nobody told the region.
    #[error("no AWS region is set")]
    NoRegion,
    /// What stands where a region must.
    #[error("{region} is no AWS region: one reads like `eu-central-1`")]
    Region {
        /// As far as it may be shown.
        region: Shown,
        /// Whether the caller gave it, rather than the environment or a profile.
        given: bool,
    },
    /// A variable that is on or off, and is neither.
    #[error("{variable} is neither `true` nor `false`")]
    Switch {
        /// Its name.
        variable: &'static str,
    },
}

impl Explain for BadSetting {
    fn code(&self) -> Code {
        match self {
            Self::NoRegion => Code::RegionMissing,
            Self::Region { .. } | Self::Switch { .. } => Code::ConfigInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::NoRegion => format!("set {}", caller.region),
            Self::Region { given: true, .. } => format!("correct {}", caller.region_given),
            Self::Region { given: false, .. } => {
                "correct AWS_REGION, AWS_DEFAULT_REGION or `region` of the profile".to_owned()
            }
            Self::Switch { variable } => {
                format!("set {variable} to `true` or `false`, or unset it")
            }
        })
    }
}

impl Connection {
    /// Finds region and credentials and prepares the HTTP client; makes no call to the service.
    ///
    /// # Errors
    /// No region or one that is none, no credentials, an unusable endpoint, proxy or certificate.
    pub async fn open(&self) -> Result<Link, Failure> {
        self.check()?;
        let proxy = self.proxy.as_deref();
        let http_client = http::http_client(proxy, &self.certificates)?;
        let identity = match &self.keys {
            Some(keys) => self.given(keys)?,
            None => match &self.lack {
                Some(lack) => return Err(NoCredentials::Lack(lack.clone()).into()),
                None => self.search(http_client.clone()).find().await?,
            },
        };
        check_keys(&identity.credentials)?;
        let region = identity.region.clone().ok_or(BadSetting::NoRegion)?;
        check_region(&region, false)?;
        Ok(Link {
            config: sdk_config(&identity, &region, http_client),
            region,
            given: self.endpoints.clone(),
            found: identity.endpoints,
            allow_insecure_endpoint: self.allow_insecure_endpoint,
            variants: identity.variants,
            proxy: self.proxy.clone(),
        })
    }

    /// What needs no call and no file.
    fn check(&self) -> Result<(), Failure> {
        for variable in [FIPS, DUAL_STACK] {
            switch(variable)?;
        }
        if let Some(region) = &self.region {
            check_region(region, true)?;
        }
        let is_known = |host: &String| SERVICES.iter().any(|service| service.host == *host);
        if let Some(host) = self.endpoints.keys().find(|host| !is_known(host)) {
            let said = format!("an endpoint is given for `{host}`, which is never called").into();
            return Err(Internal { said }.into());
        }
        // That of a service which only some secrets need is looked at when it is called.
        for service in [PARAMETER_STORE, STS] {
            if let Some(url) = self.endpoints.get(service.host) {
                endpoint::check(service, url, self.allow_insecure_endpoint)?;
            }
        }
        Ok(())
    }

    fn given(&self, keys: &Keys) -> Result<Identity, BadSetting> {
        Ok(Identity {
            credentials: keys.credentials(),
            region: self.region.clone(),
            endpoints: None,
            variants: Variants {
                fips: switch(FIPS)?,
                dual_stack: switch(DUAL_STACK)?,
            },
        })
    }

    fn search(&self, http_client: SharedHttpClient) -> Search<'_> {
        Search {
            profile: self.profile.as_deref(),
            region: self.region.as_deref(),
            http_client,
            allow_insecure: self.allow_insecure_endpoint,
        }
    }
}

impl Link {
    /// The endpoint that is set for a service, if any is.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn endpoint(&self, service: Service) -> Result<Option<String>, BadEndpoint> {
        let url = match self.given.get(service.host) {
            Some(url) => Some(url.clone()),
            None => self.found.as_ref().and_then(|found| found.of(service)),
        };
        if let Some(url) = &url {
            endpoint::check(service, url, self.allow_insecure_endpoint)?;
        }
        Ok(url)
    }

    /// Whether any service but STS has an endpoint that is set, and STS has none.
    #[must_use]
    pub fn keeps_from_sts(&self) -> bool {
        let is_set = |service| self.endpoint(service).is_ok_and(|url| url.is_some());
        let others = SERVICES.into_iter().filter(|service| *service != STS);
        !is_set(STS) && others.into_iter().any(is_set)
    }

    /// The proxy on the way to an address.
    #[must_use]
    pub fn proxy_to(&self, address: &str) -> Option<Proxy> {
        Proxy::of(address, self.proxy.as_deref())
    }
}

impl Keys {
    fn credentials(&self) -> Credentials {
        Credentials::new(
            &self.access_key_id,
            &self.secret_access_key,
            self.session_token.clone(),
            None,
            "SecretBaker",
        )
    }
}

fn sdk_config(identity: &Identity, region: &str, http_client: SharedHttpClient) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(identity.credentials.clone()))
        .use_fips(identity.variants.fips)
        .use_dual_stack(identity.variants.dual_stack)
        .http_client(http_client)
        .timeout_config(http::timeouts())
        // Attempts are paced and repeated by `pace`.
        .retry_config(RetryConfig::disabled())
        .build()
}

/// Only a region's shape can be known to be wrong: there are new ones every year.
fn check_region(region: &str, given: bool) -> Result<(), BadSetting> {
    if contract::is_region(region) {
        return Ok(());
    }
    // Whatever a variable gave may stand here: only what was meant for a region is shown.
    let mut parts = region.split('-');
    let begins = parts
        .next()
        .is_some_and(|begin| (2..=5).contains(&begin.len()));
    let plain = |part: &str| {
        part.len() >= 3
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let is_meant = begins && region.len() <= 25 && parts.next().is_some_and(plain);
    let region: Shown = if is_meant {
        format!("`{region}`").into()
    } else {
        format!("a text of {} characters", region.chars().count()).into()
    };
    Err(BadSetting::Region { region, given })
}

/// A variable that is on or off. What is neither must not be taken for off: FIPS is asked for by those who must have it.
fn switch(variable: &'static str) -> Result<bool, BadSetting> {
    let value = std::env::var(variable).unwrap_or_default();
    parse_switch(variable, &value)
}

fn parse_switch(variable: &'static str, value: &str) -> Result<bool, BadSetting> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(BadSetting::Switch { variable }),
    }
}

#[cfg(test)]
pub(crate) mod tests;
