//! Baking into folders and zips that any tool has built, and the look whether they have their secrets.

mod targets;

use std::path::{Path, PathBuf};

use secret_baker_core::artefact::{self, Artefact, Carried, Destination, Expected, Function};
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::{Code, Failure, Problem};
use secret_baker_core::source::{Deployment, Progress};
use secret_baker_core::{Baked, Request};

pub use self::targets::{Launchers, Targets, TurnedOff};
use crate::service::Service;

/// What has become of all artefacts.
#[derive(Debug)]
pub struct Outcome {
    /// Those that have their secrets now, in the order in which they were named.
    pub artefacts: Vec<Carried>,
    /// What kept the others from it.
    pub problems: Vec<Problem>,
    /// Sentences for the user.
    pub notices: Vec<String>,
}

impl Outcome {
    fn off() -> Self {
        Self {
            artefacts: Vec::new(),
            problems: Vec::new(),
            notices: vec![TurnedOff.to_string()],
        }
    }
}

/// What an artefact has.
#[derive(Debug)]
pub struct Look {
    /// As a bake would have it.
    pub artefact: Carried,
    /// Why it has not its secrets, in words; none where it has.
    pub lacks: Vec<Problem>,
}

/// Bakes, and puts the secrets into every target: where it lies, or into a copy in `out`.
///
/// # Errors
/// Nothing was touched: a target that is none, a mistake of the config, a secret that cannot be baked.
pub async fn bake(
    service: &Service,
    targets: &Targets<'_>,
    out: Option<&Path>,
    frozen: bool,
    progress: Progress<'_>,
) -> Result<Outcome, Failure> {
    let functions = targets::functions(service, targets)?;
    if service.options.is_off {
        return Ok(Outcome::off());
    }
    let baked = fetch(service, frozen, Purpose::Deployment, progress).await?;
    let folder = &service.deployment.folder;
    let out = out.map(|out| artefact::absolute(&out.to_string_lossy(), targets.here));
    let to = out
        .as_deref()
        .map_or(Destination::InPlace, Destination::Copies);
    let (bundle, caller) = (&baked.bundle, &service.caller);
    artefact::plan(&functions, bundle, folder, to, caller)?;
    let mut outcome = Outcome {
        artefacts: Vec::new(),
        problems: Vec::new(),
        notices: baked.notices.clone(),
    };
    for result in artefact::put_each(&functions, bundle, folder, to, caller)? {
        match result {
            Ok(carried) => outcome.artefacts.push(carried),
            Err(problem) => outcome.problems.push(problem),
        }
    }
    for carried in &outcome.artefacts {
        let written = written(&functions, carried, folder);
        let expected = Expected::Bundle(bundle);
        if let Err(failure) = artefact::check(&written, expected, folder, caller) {
            outcome.problems.extend(failure.problems);
        }
    }
    if outcome.problems.is_empty()
        && let Some(relocked) = &baked.relocked
        && let Err(failure) = relocked.write()
    {
        outcome.problems.extend(failure.problems);
    }
    Ok(outcome)
}

/// Looks whether every target has its secrets. Changes nothing, at no service either.
///
/// # Errors
/// As `bake`.
pub async fn look(
    service: &Service,
    targets: &Targets<'_>,
    frozen: bool,
    progress: Progress<'_>,
) -> Result<Vec<Look>, Failure> {
    let functions = targets::functions(service, targets)?;
    if service.options.is_off {
        return Ok(Vec::new());
    }
    let baked = fetch(service, frozen, Purpose::Look, progress).await?;
    let (folder, caller) = (&service.deployment.folder, &service.caller);
    let bundle = &baked.bundle;
    let found = artefact::plan(&functions, bundle, folder, Destination::InPlace, caller)?;
    let looked = found.into_iter().map(|artefact| {
        let own = written(&functions, &artefact, folder);
        let lacks = match artefact::check(&own, Expected::Bundle(bundle), folder, caller) {
            Ok(()) => Vec::new(),
            Err(failure) if failure.code() == Code::ArtefactWithoutSecrets => failure.problems,
            Err(failure) => return Err(failure),
        };
        Ok(Look { artefact, lacks })
    });
    looked.collect()
}

/// The bundle alone, of all secrets or of those that a function carries.
///
/// # Errors
/// There is no such function, a mistake of the config, a secret that cannot be baked, or the settings let nothing be baked.
pub async fn bundle(
    service: &Service,
    function: Option<&str>,
    frozen: bool,
    progress: Progress<'_>,
) -> Result<(Bundle, Vec<String>), Failure> {
    let only = match function {
        Some(name) => targets::function(service, name)?.only.clone(),
        None => service.options.default.clone(),
    };
    if service.options.is_off {
        return Err(TurnedOff.into());
    }
    let baked = fetch(service, frozen, Purpose::Deployment, progress).await?;
    let whole = &baked.bundle;
    let carrier = targets::carrier(service, function, only.clone());
    let folder = &service.deployment.folder;
    artefact::foresee(&[carrier], whole, folder, &service.caller)?;
    if let Some(relocked) = &baked.relocked {
        relocked.write()?;
    }
    Ok((whole.narrowed(only.as_deref()), baked.notices))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Deployment,
    /// Nothing changes anywhere.
    Look,
}

async fn fetch(
    service: &Service,
    frozen: bool,
    purpose: Purpose,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let lock = service.lock_for_bake(frozen);
    // What is deployed under a name is kept at its source; what is only looked at is not.
    let unnamed = Deployment {
        label: None,
        ..service.deployment.clone()
    };
    let request = service.locked_request(&lock);
    let request = match purpose {
        Purpose::Deployment => request,
        Purpose::Look => Request {
            deployment: &unnamed,
            ..request
        },
    };
    secret_baker_core::bake(request, &service.caller, &service.connection, progress).await
}

/// The functions of an artefact, as it is deployed.
fn written(functions: &[Function], carried: &Carried, folder: &Path) -> Vec<Function> {
    let own = functions.iter().filter(|function| {
        matches!(
            &function.artefact,
            Artefact::Zip(path) | Artefact::Folder(path)
                if artefact::absolute(path, folder) == carried.original
        )
    });
    let path = carried.path.to_string_lossy().into_owned();
    own.map(|function| Function {
        artefact: match function.artefact {
            Artefact::Folder(_) => Artefact::Folder(path.clone()),
            _ => Artefact::Zip(path.clone()),
        },
        ..function.clone()
    })
    .collect()
}

/// A path as its user would type it in a folder.
#[must_use]
pub fn from_here(path: &Path, here: &Path) -> PathBuf {
    let below = path.strip_prefix(here).ok();
    let below = below.filter(|below| !below.as_os_str().is_empty());
    below.unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests;
