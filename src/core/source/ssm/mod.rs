//! Parameter Store: take entries, plan the calls, make them, seal what they answer.

mod client;
mod fetch;
mod name;
mod path;
mod plan;
mod refusal;
mod seal;
mod store;
mod variable;
mod want;

use std::collections::{BTreeMap, BTreeSet};

use self::client::Store;
use self::fetch::{Answers, Fetch, Lost};
use self::plan::Plan;
use self::seal::Sealing;
use self::want::{Reference, Want};
use super::joint::{Batch, BoxFuture, Permission, Progress, Source, Who};
use super::store::{Draft, Order, Target};
use crate::aws::Aws;
use crate::aws::account::Account;
use crate::config::Text;
use crate::config::entry::{Entry, Keys, PATH};
use crate::failure::Failure;

/// The parameters that a config asks for.
#[derive(Debug, Default)]
pub struct Ssm {
    references: Vec<Reference>,
}

impl Ssm {
    async fn sealed(&self, aws: &Aws, progress: Progress<'_>) -> Result<Batch, Failure> {
        if self.references.is_empty() {
            return Ok(Batch::default());
        }
        let home = aws.region().await?;
        let plan = Plan::of(&self.references, home);
        let answers = fetched(aws, home, &plan, progress).await?;
        let unknown = Account {
            region: home.to_owned(),
            id: None,
        };
        let account = answers.account().unwrap_or_else(|| unknown.clone());
        let known = account.id.is_some();
        let stranger = Store::of(aws, home).await?.calls.stranger();
        let batch = Sealing::new(&answers, account, stranger.clone()).batch(&self.references);
        if known || batch.answers.iter().all(|answer| answer.outcome.is_ok()) {
            return Ok(batch);
        }
        // The account's number is worth a call only now that a message will name it.
        let account = Account {
            id: aws.account().await,
            ..unknown
        };
        Ok(Sealing::new(&answers, account, stranger).batch(&self.references))
    }
}

/// What Parameter Store says to all that is planned, each in its own region.
async fn fetched<'p>(
    aws: &Aws,
    home: &str,
    plan: &'p Plan<'p>,
    progress: Progress<'_>,
) -> Result<Answers<'p>, Failure> {
    let mut stores = BTreeMap::new();
    let regions = plan.calls.iter().map(|call| call.region);
    let regions: BTreeSet<_> = regions.chain([None]).collect();
    for region in regions {
        // An address that there cannot be is a mistake of the settings, and no call is made.
        let store = Store::of(aws, region.unwrap_or(home)).await?;
        stores.insert(region.map(str::to_owned), store);
    }
    match Fetch::new(&stores, progress).all(plan).await {
        Ok(answers) => Ok(answers),
        Err(Lost { region, outage }) => {
            let store = &stores[&region];
            Err(store.calls.unavailable(outage).await.into())
        }
    }
}

impl Source for Ssm {
    fn keys(&self) -> Keys {
        Keys {
            own: PATH,
            others: &[],
            scheme: None,
            shows: path::shows,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let reference = Reference::of(entry)?;
        let name = match &reference.want {
            Want::One { name, .. } => Some(name.clone()),
            Want::Below(_) => None,
        };
        self.references.push(reference);
        name
    }

    fn seal<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        Box::pin(self.sealed(aws, progress))
    }

    fn targets(&self) -> Vec<Target> {
        self.all_targets()
    }

    fn store<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>> {
        Box::pin(self.draft(aws, order))
    }

    fn permissions(&self) -> Vec<Permission> {
        let of = |reference: &Reference| {
            let fetches = match reference.want {
                Want::One { .. } => "ssm:GetParameters",
                Want::Below(_) => "ssm:GetParametersByPath",
            };
            let needs = [(Who::Deployment, fetches), (Who::Function, "kms:Decrypt")];
            let on = reference.path.shown().clone();
            needs.map(|(who, action)| Permission {
                who,
                action,
                on: on.clone(),
            })
        };
        self.references.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
