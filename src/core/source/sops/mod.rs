//! Files of SOPS: take entries, read each file once, and seal what is encrypted in it. Nothing is called, and nothing decrypted, but where a
//! value is set.

pub mod data_key;
mod dotenv;
mod draft;
mod edit;
mod edit_tree;
pub mod file;
pub mod format;
pub mod gcm;
mod json;
mod kind;
pub mod leaf;
mod mac;
pub mod metadata;
pub mod not_set;
pub mod opened;
pub mod path;
mod places;
pub mod plaintext;
mod refusal;
mod rule;
mod seal;
mod sealed;
pub mod store;
mod survey;
mod target;
pub mod tree;
mod typed;
pub mod want;
mod yaml;

use std::collections::HashMap;

use self::file::SopsFile;
use self::metadata::KmsKey;
use self::seal::Sealing;
use self::want::{FIELD, Reference, SOPS, Want};
use super::joint::{Answer, Batch, BoxFuture, Deployment, Progress, Source};
use super::permission::{OfAws, On, Permission, to_open};
use super::store::{Draft, Order, Target};
use super::survey::{Survey, Told, Wish};
use crate::aws::Aws;
use crate::config::Text;
use crate::config::entry::{Entry, Field, Keys};
use crate::failure::{Failure, Problem};

/// The values of files that a config asks for.
#[derive(Debug)]
pub struct Sops {
    deployment: Deployment,
    references: Vec<Reference>,
}

impl Sops {
    /// Takes files from the deployment's folder.
    #[must_use]
    pub fn new(deployment: &Deployment) -> Self {
        Self {
            deployment: deployment.clone(),
            references: Vec::new(),
        }
    }

    /// The references by file, in the order in which the config names the files first.
    fn by_file(&self) -> Vec<Vec<&Reference>> {
        let mut groups: Vec<Vec<&Reference>> = Vec::new();
        let mut places = HashMap::new();
        for reference in &self.references {
            let next = groups.len();
            let place = *places.entry(reference.file.value()).or_insert(next);
            if place == next {
                groups.push(Vec::new());
            }
            groups[place].push(reference);
        }
        groups
    }

    /// What a file gives to all entries that name it. One that cannot be used is told at the first of them.
    fn seal_file(&self, references: &[&Reference], batch: &mut Batch) {
        let Some(first) = references.first() else {
            return;
        };
        let (name, place) = (first.file.shown(), &first.file_place);
        let file = match SopsFile::read(&self.deployment.folder, &first.file) {
            Ok(file) => file,
            Err(why) => return refuse(references, Problem::at(place, why), batch),
        };
        let sealing = match Sealing::of(name, &file) {
            Ok(sealing) => sealing,
            Err(why) => return refuse(references, Problem::at(place, why), batch),
        };
        batch.notices.extend(sealing.roles());
        if references.iter().any(|one| one.want == Want::All) {
            batch.notices.extend(sealing.left_out());
        }
        batch
            .answers
            .extend(references.iter().map(|reference| Answer {
                index: reference.index,
                outcome: sealing.answer(reference),
            }));
    }

    /// Each key under which the data key is, with that key's own context: a function takes another one where the first fails.
    fn opened(&self, references: &[&Reference], told: &[&Survey]) -> Vec<Permission> {
        let file = references.first().map(|one| &one.file);
        let file = file.and_then(|file| SopsFile::read(&self.deployment.folder, file).ok());
        let keys = file.map(|file| file.metadata.kms).unwrap_or_default();
        let is_own = |told: &Survey| references.iter().any(|one| one.index == told.index);
        let told = told.iter().filter(|told| is_own(told));
        let of = |told: &&Survey| {
            let of_key = |key: &KmsKey| {
                let all = to_open(told, "OpenSopsFiles", Some(&key.context));
                let on = On::Keys {
                    region: None,
                    keys: Told::Known(vec![key.arn.clone()]),
                    of_aws: OfAws::Closed,
                };
                Permission { on, ..all }
            };
            keys.iter().map(of_key).collect::<Vec<_>>()
        };
        told.flat_map(of).collect()
    }
}

/// One mistake is told once, however many entries it concerns.
fn refuse(references: &[&Reference], problem: Problem, batch: &mut Batch) {
    let mut problem = Some(problem);
    batch
        .answers
        .extend(references.iter().map(|reference| Answer {
            index: reference.index,
            outcome: Err(problem.take().into_iter().collect()),
        }));
}

/// What stands in its entries.
const FIELDS: &[Field] = &[
    Field::text(
        SOPS,
        "A SOPS file; without `field` all of its encrypted values",
    ),
    Field::text(FIELD, "The path of one value in it, such as db.password"),
];

impl Source for Sops {
    fn keys(&self) -> Keys {
        Keys {
            own: SOPS,
            fields: FIELDS,
            named: false,
            scheme: None,
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let reference = Reference::of(entry)?;
        let name = match &reference.want {
            Want::One { name, .. } => Some(name.clone()),
            Want::All => None,
        };
        self.references.push(reference);
        name
    }

    fn seal<'a>(
        &'a self,
        _: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        Box::pin(async move {
            let mut batch = Batch::default();
            for references in self.by_file() {
                self.seal_file(&references, &mut batch);
                progress(batch.answers.len(), self.references.len());
            }
            Ok(batch)
        })
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
        _: &'a Aws,
        _: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        Box::pin(async move {
            let mut told = Vec::new();
            for references in self.by_file() {
                told.extend(survey::file(&self.deployment.folder, &references));
                progress(told.len(), told.len().max(self.references.len()));
            }
            Ok(told)
        })
    }

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        let of = |references: Vec<&Reference>| self.opened(&references, told);
        self.by_file().into_iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests;
