//! credstash: credentials in a table of DynamoDB, each under a data key of KMS of its own.

mod ask;
mod fetch;
mod item;
mod refusal;
mod want;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::ask::Ask;
use self::fetch::{API, Answers, Lost, Said};
use self::item::Item;
use self::refusal::{Credential, Refusal};
use self::want::{CREDSTASH, REGION, Reference, SCHEME, TABLE, VERSION};
use super::context::CONTEXT;
use super::joint::{Answer, Batch, BoxFuture, Permission, Progress, Sealed, Source, Who, entry_of};
use super::store::{Draft, Named, NotStored, Order, Target};
use crate::aws::Aws;
use crate::aws::account::Account;
use crate::aws::json_call::JsonService;
use crate::config::Text;
use crate::config::entry::{Entry, Keys};
use crate::failure::shown::Shown;
use crate::failure::{Failure, Problem};

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
        let asks: BTreeSet<_> = self.references.iter().map(|one| one.ask(home)).collect();
        let answers = fetched(aws, &asks, progress).await?;
        // The account's number is worth a call only where a message will name it.
        let account = if answers.values().any(Result::is_err) {
            aws.account().await
        } else {
            None
        };
        let answer = |reference: &Reference| {
            let ask = reference.ask(home);
            let account = Account {
                region: ask.region.to_owned(),
                id: account.clone(),
            };
            let outcome = match &answers[&ask] {
                Ok(item) => Ok(vec![sealed(reference, ask, item)]),
                Err(said) => {
                    let why = refusal(reference, ask, account, said);
                    Err(vec![Problem::at(&reference.place, why)])
                }
            };
            Answer {
                index: reference.index,
                outcome,
            }
        };
        Ok(Batch {
            answers: self.references.iter().map(answer).collect(),
            notices: Vec::new(),
        })
    }
}

/// What DynamoDB says to all that is asked, each in its own region.
async fn fetched<'a>(
    aws: &Aws,
    asks: &BTreeSet<Ask<'a>>,
    progress: Progress<'_>,
) -> Result<Answers<'a>, Failure> {
    let mut services = BTreeMap::new();
    for region in asks.iter().map(|ask| ask.region).collect::<BTreeSet<_>>() {
        services.insert(region, JsonService::of(aws, API, region).await?);
    }
    match fetch::all(&services, asks, progress).await {
        Ok(answers) => Ok(answers),
        Err(Lost { region, outage }) => {
            let calls = &services[region].calls;
            Err(calls.unavailable(outage).await.into())
        }
    }
}

/// What stands in the bundle: `docs/bundle.md`.
fn sealed(reference: &Reference, ask: Ask<'_>, item: &Item) -> Sealed {
    let context = reference.context.clone();
    let context = context.map(|context| (CONTEXT, Value::Object(context)));
    let fields = [
        ("key", item.key.clone().into()),
        ("contents", item.contents.clone().into()),
        ("hmac", item.hmac.clone().into()),
        ("digest", item.digest.clone().into()),
    ];
    let place = [
        ("region", ask.region.into()),
        ("name", ask.credential.into()),
        ("version", item.version.clone().into()),
    ];
    let fields = fields.into_iter().chain(context).chain(place);
    Sealed {
        name: reference.name.clone(),
        from: format!("{SCHEME}{}", reference.credential.shown()).into(),
        version: Some(want::unpadded(&item.version).to_owned()),
        entry: entry_of(CREDSTASH, fields),
    }
}

fn refusal(reference: &Reference, ask: Ask<'_>, account: Account, said: &Said) -> Refusal {
    let credential = Credential {
        secret: reference.name.shown().clone(),
        name: reference.credential.clone(),
        table: ask.table.into(),
        account,
    };
    credential.refusal(ask.version, said)
}

impl Source for Credstash {
    fn keys(&self) -> Keys {
        Keys {
            own: CREDSTASH,
            others: &[VERSION, CONTEXT, TABLE, REGION],
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
        let name = Shown::of(order.name);
        Box::pin(std::future::ready(Err(NotStored::Elsewhere {
            name,
            source_name: "credstash",
            instead: "use `credstash put`, or keep the secret in Parameter Store",
        }
        .into())))
    }

    fn permissions(&self) -> Vec<Permission> {
        let of = |reference: &Reference| {
            let action = fetch::action(reference.version.as_deref()).1;
            let table = format!("table/{}", reference.table).into();
            let credential = reference.credential.shown().clone();
            let needs = [
                (Who::Deployment, action, table),
                (Who::Function, "kms:Decrypt", credential),
            ];
            needs.map(|(who, action, on)| Permission { who, action, on })
        };
        self.references.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
