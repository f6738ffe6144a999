//! What artefacts and deployed functions carry, against what a bake would give now. Decrypts nothing.
//!
//! ```text
//! targets ──► artefacts, template ─┬──► carried ──► differences ◄── preview of a bake
//!        └──► stacks ──► deployed ─┘                └──► keys
//! ```

mod artefacts;
mod carried;
mod deployed;
mod differences;
mod keys;
pub mod refusal;
mod stacks;
mod template;

use std::path::PathBuf;

use secret_baker_core::aws::Aws;
use secret_baker_core::failure::{Failure, Problem};
use secret_baker_core::preview;
use secret_baker_core::source::Progress;

pub use self::artefacts::NothingBuilt;
use self::carried::Looked;
pub use self::carried::NotCompared;
pub use self::differences::{Difference, Kind};
use crate::service::Service;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// These zips and folders; without any, what was built, else what is deployed.
    Artefacts(Vec<PathBuf>),
    /// These deployed functions.
    Functions(Vec<String>),
    /// The functions of a deployed stack.
    Stack(String),
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What differs.
    pub differences: Vec<Difference>,
    /// What cannot be compared, whoever looks.
    pub not_compared: Vec<NotCompared>,
    /// What should have been compared and could not be read.
    pub unread: Vec<Problem>,
}

/// Compares. What can be read is, whatever else cannot.
///
/// # Errors
/// There is nothing to compare, or nothing of it can be read; what a bake fails of.
pub async fn compare(
    service: &Service,
    targets: &Targets,
    progress: Progress<'_>,
) -> Result<Found, Failure> {
    let aws = Aws::new(service.connection.clone());
    let Looked {
        carried,
        not_compared,
        mut unread,
    } = look(service, &aws, targets).await?;
    if carried.is_empty() && not_compared.is_empty() && !unread.is_empty() {
        return Err(unread.into());
    }
    let mut differences = Vec::new();
    if !carried.is_empty() {
        let lock = service.lock_for_bake(false);
        let request = service.locked_request(&lock);
        match preview(request, &service.caller, &aws, None, progress).await {
            Ok(baked) => {
                let each = carried.iter();
                differences.extend(each.flat_map(|one| one.differences(&baked.bundle)));
            }
            Err(failure) => {
                unread.extend(failure.problems);
                return Err(unread.into());
            }
        }
    }
    Ok(Found {
        differences,
        not_compared,
        unread,
    })
}

async fn look(service: &Service, aws: &Aws, targets: &Targets) -> Result<Looked, Failure> {
    let wanted = match targets {
        Targets::Artefacts(some) if !some.is_empty() => return Ok(artefacts::named(service, some)),
        Targets::Artefacts(_) => {
            let built = artefacts::built(service);
            if !built.is_empty() {
                return Ok(built);
            }
            deployed::own(service)
        }
        Targets::Functions(names) => deployed::wanted(service, names),
        Targets::Stack(name) => return stacks::carried(service, aws, name).await,
    };
    if wanted.is_empty() {
        return Err(NothingBuilt::of(service).into());
    }
    deployed::carried(service, aws, wanted).await
}
