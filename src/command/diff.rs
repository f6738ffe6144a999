//! What artefacts carry, against what a bake would give now. Decrypts nothing.

use std::fs;
use std::path::{Path, PathBuf};

use secret_baker_core::artefact::bundle_of;
use secret_baker_core::aws::Aws;
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, Problem};
use secret_baker_core::preview;
use secret_baker_core::source::Progress;

use crate::open::version_in;
use crate::service::{Function, Service};

/// Where the framework puts what it has built.
const BUILT: &str = ".serverless";

/// How a secret differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bake would bring it.
    Added,
    /// A bake would leave it out.
    Gone,
    /// A bake would bring another version.
    Version,
    /// The same version, sealed otherwise: by another key, or from another place.
    Sealed,
}

impl Kind {
    /// In one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Gone => "gone",
            Self::Version => "version",
            Self::Sealed => "sealed",
        }
    }
}

/// A secret that differs in one artefact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The artefact.
    pub place: Shown,
    /// The secret's name.
    pub name: String,
    /// How.
    pub kind: Kind,
    /// The version that the artefact carries, where it has one.
    pub built: Option<String>,
    /// The version that a bake would give.
    pub now: Option<String>,
}

/// There is nothing to compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing was built that could be compared: {folder} has no zip, and no function has an artefact"
)]
pub struct NothingBuilt {
    folder: Shown,
}

impl Explain for NothingBuilt {
    fn code(&self) -> Code {
        Code::ArtefactMissing
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(format!("{}, or name a zip or a folder", caller.no_artefact))
    }
}

/// Compares artefacts; without any those of the functions, or all zips that the framework has built.
///
/// # Errors
/// An artefact cannot be read, or there is none; what a bake fails of.
pub async fn artefacts(
    service: &Service,
    targets: &[PathBuf],
    progress: Progress<'_>,
) -> Result<Vec<Difference>, Failure> {
    let targets = match targets {
        [] => built(service)?,
        some => some.to_vec(),
    };
    let (mut carried, mut problems) = (Vec::new(), Vec::new());
    for target in targets {
        match bundle_of(&target) {
            Ok(bundle) => carried.push((target, bundle)),
            Err(error) => problems.push(Problem::general(error)),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let aws = Aws::new(service.connection.clone());
    let baked = preview(service.request(), &service.caller, &aws, None, progress).await?;
    let differences = carried.iter().flat_map(|(target, bundle)| {
        let now = baked.bundle.narrowed(only(service, target).as_deref());
        of_artefact(&Shown::path(target), bundle.as_ref(), &now)
    });
    Ok(differences.collect())
}

fn built(service: &Service) -> Result<Vec<PathBuf>, NothingBuilt> {
    let folder = &service.deployment.folder;
    let mut found: Vec<PathBuf> = service
        .functions
        .iter()
        .filter_map(|function| path_of(service, function))
        .collect();
    let built = folder.join(BUILT);
    let entries = fs::read_dir(&built).into_iter().flatten().flatten();
    found.extend(
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "zip")),
    );
    found.sort();
    found.dedup();
    if found.is_empty() {
        let folder = Shown::path(&built);
        return Err(NothingBuilt { folder });
    }
    Ok(found)
}

fn path_of(service: &Service, function: &Function) -> Option<PathBuf> {
    let artefact = function.artefact.as_ref()?;
    Some(service.deployment.folder.join(artefact))
}

/// What the functions of an artefact carry together: those that name it, or the one whose zip is called as it is. `None`: all.
fn only(service: &Service, target: &Path) -> Option<Vec<String>> {
    let same = |path: &Path| path.canonicalize().ok() == target.canonicalize().ok();
    let is_named = |function: &&Function| {
        let stem = target
            .file_stem()
            .is_some_and(|stem| stem == function.key.as_str());
        path_of(service, function).map_or(stem, |path| same(&path))
    };
    let functions: Vec<&Function> = service.functions.iter().filter(is_named).collect();
    if functions.is_empty() {
        return None;
    }
    let lists: Option<Vec<Vec<String>>> = functions.iter().map(|one| one.only.clone()).collect();
    lists.map(|lists| lists.concat())
}

fn of_artefact(place: &Shown, carried: Option<&Bundle>, now: &Bundle) -> Vec<Difference> {
    let there = |name: &str| carried.is_some_and(|carried| carried.contains(name));
    let version = |bundle: Option<&Bundle>, name: &str| version_in(bundle?.entry(name)?);
    let gone = carried.into_iter().flat_map(Bundle::names);
    let gone = gone.filter(|name| !now.contains(name));
    now.names()
        .chain(gone)
        .filter_map(|name| {
            let versions = (version(carried, name), version(Some(now), name));
            let kind = match (there(name), now.contains(name)) {
                (false, _) => Kind::Added,
                (_, false) => Kind::Gone,
                _ if carried.is_some_and(|carried| carried.is_same(now, name)) => return None,
                _ if versions.0 != versions.1 => Kind::Version,
                _ => Kind::Sealed,
            };
            Some(Difference {
                place: place.clone(),
                name: name.to_owned(),
                kind,
                built: versions.0,
                now: versions.1,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(text: &str) -> Bundle {
        Bundle::read(text.as_bytes()).expect("a bundle")
    }

    #[test]
    fn each_way_to_differ_is_told_and_what_is_the_same_is_not() {
        let built = bundle(
            r#"{"SAME":{"version":1},"NEWER":{"version":1},"GONE":{},"KEY":{"version":1,"ciphertext":"a"}}"#,
        );
        let now = bundle(
            r#"{"SAME":{"version":1},"NEWER":{"version":2},"ADDED":{},"KEY":{"version":1,"ciphertext":"b"}}"#,
        );
        let found = of_artefact(&"x.zip".into(), Some(&built), &now);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.kind))
            .collect();
        assert_eq!(
            told,
            [
                ("NEWER", Kind::Version),
                ("ADDED", Kind::Added),
                ("KEY", Kind::Sealed),
                ("GONE", Kind::Gone)
            ]
        );
        assert_eq!(found[0].built.as_deref(), Some("1"));
        assert_eq!(found[0].now.as_deref(), Some("2"));
    }
}
