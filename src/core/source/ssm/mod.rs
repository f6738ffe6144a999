//! Parameter Store: plan the calls, make them, seal what they answer.

mod fetch;
mod plan;
mod seal;
mod trouble;

use std::collections::BTreeMap;

use aws_config::Region;
use aws_sdk_ssm::Client;

use self::fetch::{Answers, Fetch};
use self::plan::Plan;
use self::seal::Sealing;
use super::{Batch, Progress, Source};
use crate::account;
use crate::config::Reference;
use crate::connection::Link;
use crate::error::{Account, Failure};
use crate::pace::{Limits, Pace};

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
        let clients = self.clients(plan);
        let pace = Pace::new(self.limits);
        let fetch = Fetch::new(&clients, &pace, progress);
        fetch.all(plan).await.map_err(|trouble| {
            let seconds = self.limits.budget.as_secs();
            let (account, endpoint) = (&self.link.account, &self.link.endpoint);
            trouble.cause("a call", account, endpoint, seconds).into()
        })
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
