//! Parameter Store: take entries, plan the calls, make them, seal what they answer.

mod ask;
mod describe;
mod fetch;
mod locked;
mod name;
mod path;
mod permission;
mod plan;
mod refusal;
mod seal;
mod store;
mod survey;
mod variable;
mod want;

use self::plan::Plan;
use self::want::{Reference, Want};
use super::joint::{Batch, BoxFuture, Examined, Fit, Progress, Sealed, Source};
use super::locked::{Locked, Unfit};
use super::permission::Permission;
use super::store::{Draft, Order, Target};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::aws::endpoint::{PARAMETER_STORE, Service};
use crate::config::Text;
use crate::config::entry::{Entry, Field, Keys, PATH};
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
        let answers = ask::fetched(aws, home, &plan, progress).await?;
        let sealing = ask::sealing(aws, home, &answers, &self.references).await?;
        Ok(sealing.batch(&self.references))
    }
}

/// What stands in its entries.
const FIELDS: &[Field] = &[Field::text(
    PATH,
    "A parameter's path or ARN, such as /app/prod/db-password; with :VERSION or :LABEL it is pinned, and a path that ends in /* stands for all below it",
)];

impl Source for Ssm {
    fn keys(&self) -> Keys {
        Keys {
            own: PATH,
            fields: FIELDS,
            named: false,
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

    fn service(&self) -> Option<Service> {
        Some(PARAMETER_STORE)
    }

    fn locked(&self, index: usize, locked: &Locked<'_>) -> Option<Result<Fit, Unfit>> {
        let mut references = self.references.iter();
        let reference = references.find(|one| one.index == index)?;
        Some(locked::fit(reference, locked))
    }

    fn pin(&mut self, index: usize, sealed: &[&Sealed]) {
        let mut references = self.references.iter();
        let own = references.position(|reference| reference.index == index);
        if let Some(own) = own.filter(|_| !sealed.is_empty()) {
            let held = locked::held(&self.references[own], sealed);
            self.references.splice(own..=own, held);
        }
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

    fn survey<'a>(
        &'a self,
        aws: &'a Aws,
        wish: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        Box::pin(async move {
            let examined = survey::examine(&self.references, aws, wish, progress).await?;
            Ok(examined.surveys)
        })
    }

    fn examine<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Examined, Failure>> {
        let wish = Wish::default();
        Box::pin(survey::examine(&self.references, aws, wish, progress))
    }

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        let of = |reference| permission::of(reference, told);
        self.references.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
