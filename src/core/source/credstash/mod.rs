//! credstash: credentials in a table of DynamoDB, each under a data key of KMS of its own.

mod ask;
mod fetch;
mod item;
mod locked;
mod permission;
mod refusal;
mod seal;
mod survey;
mod want;

use std::collections::BTreeSet;

use self::ask::Ask;
use self::fetch::{Answers, Lost};
use self::refusal::Refusal;
use self::seal::sealed;
use self::survey::Asking;
use self::want::{CREDSTASH, Held, REGION, Reference, SCHEME, TABLE, VERSION};
use super::context::CONTEXT_FIELD;
use super::joint::{Answer, Batch, BoxFuture, Examined, Fit, Progress, Sealed, Source};
use super::locked::{Locked, Unfit};
use super::permission::Permission;
use super::store::{Draft, Named, Order, Target, elsewhere};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::aws::account::Account;
use crate::aws::endpoint::{DYNAMODB, Service};
use crate::config::Text;
use crate::config::entry::{Entry, Field, FieldForm, Keys};
use crate::failure::{Failure, Problem};
use crate::gather::Gather as _;

/// The credentials that a config asks for.
#[derive(Debug, Default)]
pub struct Credstash {
    /// Where they are kept by default, if it is set: `CREDSTASH_DEFAULT_TABLE`, as credstash has it.
    default_table: Option<String>,
    references: Vec<Reference>,
}

impl Credstash {
    /// With the default table of the environment.
    #[must_use]
    pub fn of_environment() -> Self {
        let default_table = std::env::var("CREDSTASH_DEFAULT_TABLE").ok();
        Self {
            default_table: default_table.filter(|table| !table.is_empty()),
            references: Vec::new(),
        }
    }

    async fn sealed(&self, aws: &Aws, progress: Progress<'_>) -> Result<Batch, Failure> {
        if self.references.is_empty() {
            return Ok(Batch::default());
        }
        let home = aws.region().await?;
        let asks = self.references.iter().map(|one| one.ask(home)).into_set();
        let answers = fetched(aws, &asks, progress).await?;
        // The account's number is worth a call only where a message will name it.
        let account = if answers.values().any(Result::is_err) {
            aws.account().await
        } else {
            None
        };
        Ok(self.batch(home, &answers, account.as_ref()))
    }

    fn batch(&self, home: &str, answers: &Answers<'_>, account: Option<&String>) -> Batch {
        let answer = |reference: &Reference| {
            let ask = reference.ask(home);
            let account = Account {
                region: ask.region.to_owned(),
                id: account.cloned(),
            };
            let outcome = match &answers[&ask] {
                Ok(item) => Ok(vec![sealed(reference, ask, item)]),
                Err(said) => {
                    let why = Refusal::of(reference, ask, account, said);
                    Err(vec![Problem::at(&reference.place, why)])
                }
            };
            Answer {
                index: reference.index,
                outcome,
            }
        };
        Batch {
            answers: self.references.iter().map(answer).collect(),
            notices: Vec::new(),
        }
    }

    async fn examined(&self, aws: &Aws, progress: Progress<'_>) -> Result<Examined, Failure> {
        if self.references.is_empty() {
            return Ok(Examined::default());
        }
        let home = aws.region().await?;
        let asks = self.references.iter().map(|one| one.ask(home)).into_set();
        let answers = fetched(aws, &asks, progress).await?;
        let versions = answers.iter();
        let versions = versions.map(|(ask, item)| {
            let version = item.as_ref().map(|item| item.version.clone());
            (*ask, version.map_err(Clone::clone))
        });
        let asking = Asking {
            references: &self.references,
            aws,
            home,
        };
        let told = asking.told(versions.collect(), Wish::default()).await?;
        Ok(Examined {
            batch: self.batch(home, &answers, told.account.as_ref()),
            surveys: told.surveys,
        })
    }
}

/// What DynamoDB says to all that is asked, each in its own region.
async fn fetched<'a>(
    aws: &Aws,
    asks: &BTreeSet<Ask<'a>>,
    progress: Progress<'_>,
) -> Result<Answers<'a>, Failure> {
    let services = fetch::services(aws, asks).await?;
    match fetch::all(&services, asks, progress).await {
        Ok(answers) => Ok(answers),
        Err(Lost { region, outage }) => {
            let calls = &services[region].calls;
            Err(calls.unavailable(outage).await.into())
        }
    }
}

/// What stands in its entries.
const FIELDS: &[Field] = &[
    Field::text(CREDSTASH, "A credential's name in credstash"),
    Field {
        key: VERSION,
        form: FieldForm::Version,
        about: "A version; without one it is the latest",
    },
    CONTEXT_FIELD,
    Field::text(
        TABLE,
        "A table of DynamoDB; without one it is credential-store",
    ),
    Field::text(REGION, "Where the table is"),
];

impl Source for Credstash {
    fn keys(&self) -> Keys {
        Keys {
            own: CREDSTASH,
            fields: FIELDS,
            named: true,
            scheme: Some(SCHEME),
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let reference = Reference::of(entry, self.default_table.as_deref())?;
        let name = reference.name.clone();
        self.references.push(reference);
        Some(name)
    }

    fn service(&self) -> Option<Service> {
        Some(DYNAMODB)
    }

    fn default_of_entries(&self) -> Option<&str> {
        self.default_table.as_deref()
    }

    fn locked(&self, index: usize, locked: &Locked<'_>) -> Option<Result<Fit, Unfit>> {
        let mut references = self.references.iter();
        let reference = references.find(|one| one.index == index)?;
        Some(locked::fit(reference, locked))
    }

    fn pin(&mut self, index: usize, sealed: &[&Sealed]) {
        let mut references = self.references.iter_mut();
        let reference = references.find(|one| one.index == index);
        let mut versions = sealed.iter().map(|sealed| sealed.entry.get(VERSION));
        let version = versions.find_map(|version| version?.as_str());
        if let (Some(reference), Some(version)) = (reference, version) {
            let configured = reference.version.replace(version.to_owned());
            reference.held = Some(Held { configured });
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
        let of = |one: &Reference| Target {
            index: one.index,
            named: Named::One(one.name.clone()),
        };
        self.references.iter().map(of).collect()
    }

    fn store<'a>(
        &'a self,
        _: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>> {
        elsewhere(
            order,
            "credstash",
            "use `credstash put`, or keep the secret in Parameter Store",
        )
    }

    fn survey<'a>(
        &'a self,
        aws: &'a Aws,
        wish: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        Box::pin(survey::survey(&self.references, aws, wish, progress))
    }

    fn examine<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Examined, Failure>> {
        Box::pin(self.examined(aws, progress))
    }

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        let of = |told: &&Survey| {
            let own = self.references.iter().find(|one| one.index == told.index);
            own.map_or_else(Vec::new, |own| {
                vec![permission::to_read(own), permission::to_open(own, told)]
            })
        };
        told.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
