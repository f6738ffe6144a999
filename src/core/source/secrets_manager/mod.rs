//! Secrets Manager: no version's value is asked for, only which version there is; the function reads just that one.

mod ask;
mod describe;
mod label;
mod locked;
mod permission;
mod refusal;
mod resolve;
mod seal;
mod store;
mod survey;
mod want;

use std::sync::OnceLock;

use self::label::{Kept, Move, Refusals};
use self::refusal::Refusal;
use self::resolve::Found;
use self::seal::sealed;
use self::want::{FIELD, LABEL, Pin, Reference, SECRETS_MANAGER, VERSION_ID, VERSION_STAGE};
use super::joint::{Answer, Batch, BoxFuture, Examined, Fit, Progress, Sealed, Source};
use super::locked::{Locked, Unfit};
use super::permission::Permission;
use super::store::{Draft, Order, Target};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::aws::endpoint::{self, Service};
use crate::config::Text;
use crate::config::entry::{Entry, Field, FieldForm, Keys};
use crate::failure::{Failure, Problem};

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
        let (_, answers) = ask::described(aws, home, &self.references, progress).await?;
        let id = ask::account(aws, home, &self.references, &answers).await;
        let found = self.references.iter();
        let found = found.map(|one| one.found(home, id.as_deref(), &answers));
        let found: Vec<_> = found.collect();
        let twice = self.plan(home, &found);
        Ok(self.batch(&found, twice))
    }

    async fn examined(&self, aws: &Aws, progress: Progress<'_>) -> Result<Examined, Failure> {
        if self.references.is_empty() {
            return Ok(Examined::default());
        }
        let home = aws.region().await?;
        let (services, answers) = ask::described(aws, home, &self.references, progress).await?;
        let id = ask::account(aws, home, &self.references, &answers).await;
        let found = self.references.iter();
        let found = found.map(|one| one.found(home, id.as_deref(), &answers));
        let found: Vec<_> = found.collect();
        let twice = self.plan(home, &found);
        let batch = self.batch(&found, twice);
        let all = self.references.iter().zip(found);
        let asked = (home, &services, &answers);
        let surveys = survey::each(all, asked, Wish::default()).await?;
        Ok(Examined { batch, surveys })
    }

    async fn kept(&self, aws: &Aws) -> Result<(), Failure> {
        let moves = self.moves.get().map_or(&[][..], Vec::as_slice);
        let services = ask::services(aws, moves.iter().map(Move::region)).await?;
        let mut refused = match label::keep(&services, moves).await {
            Ok(refused) => refused,
            Err(lost) => return Err(ask::unavailable(&services, lost).await),
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
                    Ok(vec![sealed(reference, &described.arn, &version.id)])
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

/// What stands in its entries.
const FIELDS: &[Field] = &[
    Field::text(SECRETS_MANAGER, "A secret's name or ARN in Secrets Manager"),
    Field::text(VERSION_ID, "A version by its id"),
    Field::text(
        VERSION_STAGE,
        "A version by a staging label; without either it is AWSCURRENT",
    ),
    Field::text(FIELD, "One field of a value that is JSON"),
    Field {
        key: LABEL,
        form: FieldForm::Label,
        about: "Keep the version that is deployed, by a staging label",
    },
];

impl Source for SecretsManager {
    fn keys(&self) -> Keys {
        Keys {
            own: SECRETS_MANAGER,
            fields: FIELDS,
            named: true,
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

    fn service(&self) -> Option<Service> {
        Some(endpoint::SECRETS_MANAGER)
    }

    fn locked(&self, index: usize, locked: &Locked<'_>) -> Option<Result<Fit, Unfit>> {
        let mut references = self.references.iter();
        let reference = references.find(|one| one.index == index)?;
        Some(locked::fit(reference, locked))
    }

    fn keeps(&self, index: usize) -> bool {
        let mut references = self.references.iter();
        let is_kept = |one: &Reference| one.index == index && one.label.is_some();
        self.label.is_some() && references.any(is_kept)
    }

    fn pin(&mut self, index: usize, sealed: &[&Sealed]) {
        let mut references = self.references.iter_mut();
        let reference = references.find(|one| one.index == index);
        let id = sealed.iter().find_map(|sealed| sealed.version.as_ref());
        if let (Some(reference), Some(id)) = (reference, id) {
            let id = Pin::Id(Text::public(id));
            reference.configured = Some(std::mem::replace(&mut reference.pin, id));
        }
    }

    fn seal<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        Box::pin(self.sealed(aws, progress))
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

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        let of = |told: &&Survey| {
            let own = self.references.iter().find(|one| one.index == told.index);
            let found = own.zip(told.arn.as_deref());
            found.map_or_else(Vec::new, |(own, arn)| {
                permission::of(own, told, arn, self.label.as_deref())
            })
        };
        told.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
