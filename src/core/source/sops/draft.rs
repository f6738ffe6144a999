//! A value of a file of SOPS that is to be set: tried at once, and again when it is carried out, since another value of the file may have
//! been set between.

use super::Sops;
use super::file::SopsFile;
use super::store::{self, Change};
use super::want::Want;
use crate::aws::Aws;
use crate::config::Text;
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::source::store::{Doing, Draft, Named, NotStored, Order, Stored, Target, ordered};

const KEEPER: &str = "a file of SOPS";

impl Sops {
    /// Of an entry that brings all values, each value that the file has now.
    pub(super) fn all_targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        for reference in &self.references {
            let named = |name: Text| Target {
                index: reference.index,
                named: Named::One(name),
            };
            match &reference.want {
                Want::One { name, .. } => targets.push(named(name.clone())),
                Want::All => {
                    // A file that cannot be read brings none, and `store` says why.
                    let file = SopsFile::read(&self.deployment.folder, &reference.file).ok();
                    let leaves = file.into_iter().flat_map(|file| file.leaves);
                    targets.extend(leaves.map(|leaf| named(Text::public(&leaf.path))));
                }
            }
        }
        targets
    }

    pub(super) async fn draft<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> Result<Draft<'a>, Failure> {
        let references = self.references.iter();
        let reference = ordered(references.map(|one| (one.index, one)), order)?;
        let (name, field) = match &reference.want {
            Want::One { name, field, .. } => (name.shown().clone(), Some(field.value())),
            Want::All => (Shown::of(order.name), Some(order.name)),
        };
        let is_whole =
            super::format::Format::of(reference.file.value()) == super::format::Format::Binary;
        let field = field.filter(|_| !is_whole);
        if order.wishes.label.is_some() {
            return Err(NotStored::NoLabels {
                name,
                keeper: KEEPER,
            }
            .into());
        }
        if order.wishes.key.is_some() {
            let why = "the file names its keys itself";
            return Err(NotStored::KeyIsGiven { name, why }.into());
        }
        let (folder, file) = (&self.deployment.folder, &reference.file);
        let tried = store::set(aws, folder, file, field, order.value).await?;
        let doing = match tried.changed {
            Change::Nothing if order.wishes.skip_unchanged => Doing::Leave,
            Change::Nothing | Change::Value => Doing::Change,
            Change::Added => Doing::Create,
        };
        let at = field.map_or_else(String::new, |field| format!("`{}` of ", Shown::of(field)));
        Ok(Draft {
            to: format!("{at}the file `{}`", file.shown()).into(),
            doing,
            notices: Vec::new(),
            file: Some(file.value().to_owned()),
            write: Box::new(move || {
                Box::pin(async move {
                    if doing == Doing::Leave {
                        return Ok(Stored::default());
                    }
                    let written = store::set(aws, folder, file, field, order.value).await?;
                    Ok(Stored {
                        bytes: Some(written.bytes.into()),
                        ..Stored::default()
                    })
                })
            }),
        })
    }
}
