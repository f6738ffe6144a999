//! The calls to one service in one region: where it is, how fast it may be called, and why it gives no answers.

use std::future::Future;

use aws_config::{Region, SdkConfig};
use tokio::time::Instant;

use super::account::Account;
use super::address::{Wanted, address};
use super::connection::Link;
use super::endpoint::{self, Advice, BadEndpoint, Service};
use super::outage::{Outage, Unavailable};
use super::pace::{Limits, Pace};
use super::trouble::Trouble;
use crate::contract;
use crate::failure::shown::Shown;

/// The way to one service in one region.
pub struct Calls {
    service: Service,
    account: Account,
    address: String,
    config: SdkConfig,
    link: Link,
    pace: Pace,
    seconds: u64,
}

impl Calls {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no address that can be used with these settings.
    pub fn open(
        link: &Link,
        service: Service,
        region: &str,
        limits: Limits,
        deadline: Instant,
    ) -> Result<Self, BadEndpoint> {
        let endpoint = link.endpoint(service)?;
        let wanted = Wanted {
            service,
            region,
            endpoint: endpoint.as_deref(),
            variants: link.variants,
        };
        let address = address(wanted).map_err(|why| BadEndpoint {
            service,
            url: endpoint.as_deref().map_or_else(
                || format!("that of region {region}").into(),
                endpoint::shown,
            ),
            why: why.into(),
            advice: Advice::Unset,
        })?;
        let mut config = link.config.to_builder();
        config.set_region(Region::new(region.to_owned()));
        config.set_endpoint_url(endpoint);
        Ok(Self {
            service,
            account: Account {
                region: region.to_owned(),
                id: None,
            },
            address,
            config: config.build(),
            link: link.clone(),
            pace: Pace::new(limits, deadline),
            seconds: limits.budget.as_secs(),
        })
    }

    /// For a client of the service.
    #[must_use]
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Where the service is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where the service is, as it may be shown, if that is no host of AWS: it may be an emulator.
    #[must_use]
    pub fn stranger(&self) -> Option<Shown> {
        let url = url::Url::parse(&self.address).ok()?;
        let is_of_aws = url.host_str().is_some_and(contract::is_host_of_aws);
        (!is_of_aws).then(|| endpoint::shown(&self.address))
    }

    /// Makes one call, at the pace of all and as often as its errors allow.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn make<T, F>(&self, attempt: impl Fn() -> F + Send + Sync) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Trouble>> + Send,
        T: Send,
    {
        Ok(self.pace.call(attempt, Trouble::verdict).await?)
    }

    /// Names the place that was asked, and the proxy if that is to blame.
    pub async fn unavailable(&self, outage: Outage) -> Unavailable {
        let proxy = match self.link.proxy_to(&self.address) {
            Some(proxy) if outage.may_be_the_proxys() => {
                let verdict = proxy.refusal(&self.address).await;
                verdict.map(|verdict| (proxy.shown(), verdict))
            }
            _ => None,
        };
        Unavailable {
            service: self.service,
            account: self.account.clone(),
            endpoint: endpoint::shown(&self.address),
            seconds: self.seconds,
            outage,
            proxy,
        }
    }
}
