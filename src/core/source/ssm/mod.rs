//! Parameter Store: plan the calls, make them, seal what they answer.

mod fetch;
pub mod name;
mod plan;
mod refusal;
mod seal;

use std::collections::BTreeMap;

use aws_config::Region;
use aws_sdk_ssm::Client;

use self::fetch::{Answers, Fetch, Lost};
use self::plan::Plan;
use self::seal::Sealing;
use super::{Batch, Progress, Source};
use crate::aws::connection::Link;
use crate::aws::pace::{Limits, Pace};
use crate::aws::{account, endpoint, proxy};
use crate::config::Reference;
use crate::failure::{Account, Cause, Failure};

/// Parameter Store of one account, reached over one link.
pub struct Ssm {
    link: Link,
    limits: Limits,
}

impl Ssm {
    /// Makes no call.
    #[must_use]
    pub fn new(link: Link, limits: Limits) -> Self {
        Self { link, limits }
    }

    /// A client for each region that the plan asks.
    fn clients(&self, plan: &Plan<'_>) -> BTreeMap<Option<String>, Client> {
        let regions = plan.calls.iter().map(|call| call.region.map(str::to_owned));
        let client = |region: Option<String>| {
            let mut config = aws_sdk_ssm::config::Builder::from(&self.link.config);
            config.set_endpoint_url(self.link.endpoint.clone());
            if let Some(region) = region.clone() {
                config.set_region(Some(Region::new(region)));
            }
            (region, Client::from_conf(config.build()))
        };
        regions.chain([None]).map(client).collect()
    }

    async fn fetch<'p>(
        &self,
        plan: &'p Plan<'p>,
        progress: Progress<'_>,
    ) -> Result<Answers<'p>, Failure> {
        for call in &plan.calls {
            // An address that there cannot be is a mistake of the settings, and no call is made.
            self.link
                .address(call.region.unwrap_or(&self.link.account.region))
                .await?;
        }
        let clients = self.clients(plan);
        let pace = Pace::new(self.limits);
        let fetched = Fetch::new(&clients, &pace, progress).all(plan).await;
        match fetched {
            Ok(answers) => Ok(answers),
            Err(lost) => Err(self.explained(lost).await.into()),
        }
    }

    /// Names the place that was asked, and the proxy if that is to blame.
    async fn explained(&self, Lost { region, trouble }: Lost) -> Cause {
        let account = Account {
            region: region.unwrap_or_else(|| self.link.account.region.clone()),
            id: None,
        };
        let address = match self.link.address(&account.region).await {
            Ok(address) => address,
            Err(cause) => return cause,
        };
        let endpoint = endpoint::shown(&address);
        if trouble.may_be_the_proxys()
            && let Some(proxy) = self.link.proxy_to(&address)
        {
            let (proxy, verdict) = (proxy.shown(), proxy.refusal(&address).await);
            if let Some(proxy::Verdict { status, said }) = verdict {
                return Cause::ProxyRefuses {
                    endpoint,
                    proxy,
                    status,
                    said,
                };
            }
        }
        let seconds = self.limits.budget.as_secs();
        trouble.cause("a call", &account, &endpoint, seconds)
    }
}

impl Source for Ssm {
    async fn seal(
        &self,
        references: &[Reference],
        progress: Progress<'_>,
    ) -> Result<Batch, Failure> {
        let home = &self.link.account;
        let plan = Plan::of(references, &home.region);
        let answers = self.fetch(&plan, progress).await?;
        let account = answers.account().unwrap_or_else(|| home.clone());
        let known = account.id.is_some();
        let batch = Sealing::new(&answers, account).batch(references);
        if batch.is_ok() || known {
            return batch;
        }
        // The account's number is worth a call only now that a message will name it.
        let account = Account {
            region: home.region.clone(),
            id: account::of_caller(&self.link).await,
        };
        Sealing::new(&answers, account).batch(references)
    }
}

#[cfg(test)]
mod tests;
