//! How AWS is reached: whose credentials, which region, which addresses, over which proxy.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::aws::credentials::{Identity, Search, check_keys};
use crate::aws::endpoint::{self, PARAMETER_STORE, Variants};
use crate::aws::http;
use crate::aws::proxy::Proxy;
use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Account, Cause};

const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

/// What the caller knows of the way to AWS. With keys, nothing is read from the shared files of AWS: what a profile says of another
/// account's endpoint must not get these keys. Without, keys and settings come from one place: see `credentials`.
#[derive(Clone, Default)]
pub struct Connection {
    /// Such as `eu-central-1`.
    pub region: Option<String>,
    /// A URL that stands in for that of Parameter Store, and for no other service's.
    pub endpoint: Option<String>,
    /// A URL that stands in for that of STS, which is asked for the account that messages name.
    pub sts_endpoint: Option<String>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: bool,
    /// Keys that are used as they are.
    pub keys: Option<Keys>,
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
pub struct Link {
    /// For the clients of any service: it names no endpoint.
    pub config: SdkConfig,
    /// Where we are, as messages name it. The account's id is not known yet.
    pub account: Account,
    /// That of Parameter Store, where one is set.
    pub endpoint: Option<String>,
    /// That of STS, where one is set.
    pub sts_endpoint: Option<String>,
    /// Which of the services' own addresses are used.
    pub variants: Variants,
    /// A proxy that is set; else those of the environment count.
    pub proxy: Option<String>,
}

impl Connection {
    /// Finds region and credentials and prepares the HTTP client; makes no call to the service.
    ///
    /// # Errors
    /// No region or one that is none, no credentials, an unusable endpoint, proxy or certificate.
    pub async fn open(&self) -> Result<Link, Cause> {
        self.check()?;
        let proxy = self.proxy.as_deref();
        let http_client = http::http_client(proxy, &self.certificates, self.needs_no_tls())?;
        let identity = match &self.keys {
            Some(keys) => self.given(keys)?,
            None => self.search(http_client.clone()).find().await?,
        };
        check_keys(&identity.credentials)?;
        let region = identity.region.clone().ok_or(Cause::NoRegion)?;
        check_region(
            &region,
            "AWS_REGION, AWS_DEFAULT_REGION or `region` of the profile",
        )?;
        let link = Link {
            config: sdk_config(&identity, &region, http_client),
            account: Account { region, id: None },
            endpoint: self.endpoint.clone().or(identity.endpoint),
            sts_endpoint: self.sts_endpoint.clone().or(identity.sts_endpoint),
            variants: identity.variants,
            proxy: self.proxy.clone(),
        };
        link.address(&link.account.region).await?;
        Ok(link)
    }

    /// What needs no call and no file.
    fn check(&self) -> Result<(), Cause> {
        for variable in [FIPS, DUAL_STACK] {
            switch(variable)?;
        }
        if let Some(region) = &self.region {
            check_region(
                region,
                "custom.secretBakerOptions.region, --region or provider.region, whichever is set",
            )?;
        }
        for (service, url) in [
            (PARAMETER_STORE, &self.endpoint),
            ("STS", &self.sts_endpoint),
        ] {
            if let Some(url) = url {
                endpoint::check(service, url, self.allow_insecure_endpoint)?;
            }
        }
        Ok(())
    }

    fn given(&self, keys: &Keys) -> Result<Identity, Cause> {
        Ok(Identity {
            credentials: keys.credentials(),
            region: self.region.clone(),
            endpoint: None,
            sts_endpoint: None,
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

    /// Without TLS the platform's roots need not be read, which takes several milliseconds.
    /// The default credentials chain may call https endpoints, and a proxy may be one.
    fn needs_no_tls(&self) -> bool {
        let plain =
            |url: &Option<String>| url.as_ref().is_some_and(|url| url.starts_with("http://"));
        let set = |url: &Option<String>| url.is_none() || plain(url);
        plain(&self.endpoint) && set(&self.sts_endpoint) && self.keys.is_some() && set(&self.proxy)
    }
}

impl Link {
    /// The address of Parameter Store in a region.
    ///
    /// # Errors
    /// There is none that can be used with these settings.
    pub async fn address(&self, region: &str) -> Result<String, Cause> {
        endpoint::of_parameter_store(region, self.endpoint.as_deref(), self.variants).await
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
            "serverless",
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
fn check_region(region: &str, from: &'static str) -> Result<(), Cause> {
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
    Err(Cause::BadRegion { region, from })
}

/// A variable that is on or off. What is neither must not be taken for off: FIPS is asked for by those who must have it.
fn switch(variable: &'static str) -> Result<bool, Cause> {
    let value = std::env::var(variable).unwrap_or_default();
    parse_switch(variable, &value)
}

fn parse_switch(variable: &'static str, value: &str) -> Result<bool, Cause> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(Cause::BadSwitch { variable }),
    }
}

#[cfg(test)]
mod tests;
