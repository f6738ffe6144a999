//! Secrets Manager: no version's value is asked for, only which version there is; the function reads just that one.

mod describe;
mod label;
mod refusal;
mod resolve;
mod store;
mod want;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use self::describe::{API, Answers, Described, Lost, Version};
use self::label::{Kept, Move, Refusals};
use self::refusal::Refusal;
use self::resolve::Found;
use self::want::{FIELD, LABEL, Reference, SECRETS_MANAGER, VERSION_ID, VERSION_STAGE};
use super::joint::{Answer, Batch, BoxFuture, Permission, Progress, Sealed, Source, Who, entry_of};
use super::store::{Draft, Order, Target};
use crate::aws::Aws;
use crate::aws::account;
use crate::aws::json_call::JsonService;
use crate::config::Text;
use crate::config::entry::{Entry, Keys};
use crate::failure::{Failure, Problem};

/// By region.
type Services<'a> = BTreeMap<&'a str, JsonService>;

/// The secrets that a config asks for.
#[derive(Debug, Default)]
pub struct SecretsManager {
    /// The staging label that entries with `label: true` move; `None`: none is moved, whatever they say.
    label: Option<String>,
    references: Vec<Reference>,
    /// What `keep` does, which `seal` has found.
    moves: OnceLock<Vec<Move>>,
}

impl SecretsManager {
    /// Moves staging labels where the deployment has a `label`.
    #[must_use]
    pub fn new(label: Option<String>) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }

    async fn sealed(&self, aws: &Aws, progress: Progress<'_>) -> Result<Batch, Failure> {
        if self.references.is_empty() {
            return Ok(Batch::default());
        }
        let home = aws.region().await?;
        let asks: BTreeSet<_> = self.references.iter().map(|one| one.ask(home)).collect();
        let services = services(aws, asks.iter().map(|(region, _)| *region)).await?;
        let answers = describe::all(&services, &asks, progress).await;
        let answers = match answers {
            Ok(answers) => answers,
            Err(lost) => return Err(unavailable(&services, lost).await),
        };
        let id = self.account(aws, home, &answers).await;
        let found = self.references.iter();
        let found = found.map(|one| one.found(home, id.as_deref(), &answers));
        let found: Vec<_> = found.collect();
        let twice = self.plan(home, &found);
        Ok(self.batch(&found, twice))
    }

    async fn kept(&self, aws: &Aws) -> Result<(), Failure> {
        let moves = self.moves.get().map_or(&[][..], Vec::as_slice);
        let services = services(aws, moves.iter().map(Move::region)).await?;
        let mut refused = match label::keep(&services, moves).await {
            Ok(refused) => refused,
            Err(lost) => return Err(unavailable(&services, lost).await),
        };
        let references = self.references.iter();
        let problems: Vec<_> = references
            .filter_map(|one| Some(Problem::at(&one.place, refused.remove(&one.index)?)))
            .collect();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.into())
        }
    }

    /// The account's number, where a message will name it and no ARN does.
    async fn account(&self, aws: &Aws, home: &str, answers: &Answers<'_>) -> Option<String> {
        let unknown = |one: &Reference| {
            let ask = one.ask(home);
            account::in_arn(ask.1).is_none() && answers[&ask].is_err()
        };
        if self.references.iter().any(unknown) {
            aws.account().await
        } else {
            None
        }
    }

    /// Finds which staging labels are to be moved, and the entries that want one on another version than an earlier one does.
    fn plan(&self, home: &str, found: &[Found<'_>]) -> Refusals {
        let Some(own) = &self.label else {
            return Refusals::new();
        };
        let mut kept = Vec::new();
        for (reference, found) in self.references.iter().zip(found) {
            let (Ok((described, version)), Some(label)) = (found, reference.label(own)) else {
                continue;
            };
            kept.push(Kept {
                index: reference.index,
                asked: reference.known(described),
                region: reference.ask(home).0,
                label,
                described,
                version,
            });
        }
        let (moves, twice) = label::plan(&kept);
        self.moves.get_or_init(|| moves);
        twice
    }

    fn batch(&self, found: &[Found<'_>], mut problems: Refusals) -> Batch {
        let mut batch = Batch::default();
        for (reference, found) in self.references.iter().zip(found) {
            let at = |why: Refusal| vec![Problem::at(&reference.place, why)];
            let outcome = match (found, problems.remove(&reference.index)) {
                (Err(why), _) => Err(at(why.clone())),
                (Ok(_), Some(why)) => Err(at(why)),
                (Ok((described, version)), None) => {
                    batch.notices.extend(reference.notice(version));
                    Ok(vec![sealed(reference, described, version)])
                }
            };
            batch.answers.push(Answer {
                index: reference.index,
                outcome,
            });
        }
        batch
    }
}

async fn services<'a>(
    aws: &Aws,
    regions: impl Iterator<Item = &'a str>,
) -> Result<Services<'a>, Failure> {
    let mut services = Services::new();
    for region in regions.collect::<BTreeSet<_>>() {
        services.insert(region, JsonService::of(aws, API, region).await?);
    }
    Ok(services)
}

async fn unavailable(services: &Services<'_>, lost: Lost<'_>) -> Failure {
    let calls = &services[lost.region].calls;
    calls.unavailable(lost.outage).await.into()
}

/// What stands in the bundle: `docs/bundle.md`.
fn sealed(reference: &Reference, described: &Described, version: &Version) -> Sealed {
    let field = reference.field.as_ref();
    let field = field.map(|field| (FIELD, field.value().into()));
    let version_id = (VERSION_ID, version.id.clone().into());
    let fields = [("arn", described.arn.clone().into()), version_id];
    let fields = fields.into_iter().chain(field);
    Sealed {
        name: reference.name.clone(),
        from: reference.secret.shown().clone(),
        version: Some(version.id.clone()),
        entry: entry_of(SECRETS_MANAGER, fields),
    }
}

impl Source for SecretsManager {
    fn keys(&self) -> Keys {
        Keys {
            own: SECRETS_MANAGER,
            others: &[VERSION_ID, VERSION_STAGE, FIELD, LABEL],
            scheme: None,
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let reference = Reference::of(entry)?;
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

    fn keep<'a>(&'a self, aws: &'a Aws) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(self.kept(aws))
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
            let needs = [
                Some((Who::Deployment, describe::ACTION)),
                reference
                    .label
                    .as_ref()
                    .map(|_| (Who::Deployment, label::ACTION)),
                Some((Who::Function, "secretsmanager:GetSecretValue")),
                Some((Who::Function, "kms:Decrypt")),
            ];
            let on = reference.secret.shown().clone();
            needs
                .into_iter()
                .flatten()
                .map(move |(who, action)| Permission {
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
