//! What artefacts and deployed functions carry, against what a bake would give now. Decrypts nothing.

mod deployed;
pub mod refusal;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use secret_baker_core::artefact::bundle_of;
use secret_baker_core::aws::Aws;
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, Problem};
use secret_baker_core::preview;
use secret_baker_core::source::Progress;
use serde_json::{Map, Value};

use crate::open::version_in;
use crate::service::{Function, Service};

/// Where the framework puts what it has built.
const BUILT: &str = ".serverless";

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

/// How a secret differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bake would bring it.
    Added,
    /// A bake would leave it out.
    Gone,
    /// A bake would bring another version.
    Version,
    /// The same version, sealed under another key: both name theirs.
    Key,
    /// The same version, sealed otherwise: from another place, or by a key that is not named.
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
            Self::Key => "key",
            Self::Sealed => "sealed",
        }
    }
}

/// A secret that differs in one artefact or function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The artefact, or the function's name.
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

/// What nobody knows the secrets of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCompared {
    /// A function's name, or a nested stack.
    pub place: Shown,
    /// In words.
    pub why: Shown,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What differs.
    pub differences: Vec<Difference>,
    /// What could not be compared.
    pub not_compared: Vec<NotCompared>,
}

/// What is compared with a bake.
struct Carried {
    place: Shown,
    bundle: Option<Bundle>,
    /// The only secrets that it would carry. `None`: all.
    only: Option<Vec<String>>,
}

/// There is nothing to compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing was built that could be compared: {folder} has no zip, and no function has an artefact or a name"
)]
pub struct NothingBuilt {
    folder: Shown,
}

impl Explain for NothingBuilt {
    fn code(&self) -> Code {
        Code::ArtefactMissing
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(format!(
            "{}, or name a zip, a folder, or what is deployed by --stack or --function",
            caller.no_artefact
        ))
    }
}

/// Compares.
///
/// # Errors
/// An artefact or function cannot be read, or there is none; what a bake fails of.
pub async fn compare(
    service: &Service,
    targets: &Targets,
    progress: Progress<'_>,
) -> Result<Found, Failure> {
    let aws = Aws::new(service.connection.clone());
    let (carried, not_compared) = match targets {
        Targets::Artefacts(some) if !some.is_empty() => (artefacts(service, some)?, Vec::new()),
        Targets::Artefacts(_) => match built(service) {
            Ok(all) => (artefacts(service, &all)?, Vec::new()),
            Err(nothing) => match deployed::own(service) {
                own if own.is_empty() => return Err(nothing.into()),
                own => deployed::carried(service, &aws, own).await?,
            },
        },
        Targets::Functions(names) => {
            let wanted = deployed::wanted(service, names);
            deployed::carried(service, &aws, wanted).await?
        }
        Targets::Stack(name) => deployed::of_stack(service, &aws, name).await?,
    };
    if carried.is_empty() {
        return Ok(Found {
            not_compared,
            ..Found::default()
        });
    }
    let baked = preview(service.request(), &service.caller, &aws, None, progress).await?;
    let differences = carried.iter().flat_map(|one| {
        let now = baked.bundle.narrowed(one.only.as_deref());
        differences(&one.place, one.bundle.as_ref(), &now)
    });
    Ok(Found {
        differences: differences.collect(),
        not_compared,
    })
}

fn artefacts(service: &Service, targets: &[PathBuf]) -> Result<Vec<Carried>, Failure> {
    let (mut carried, mut problems) = (Vec::new(), Vec::new());
    for target in targets {
        match bundle_of(target) {
            Ok(bundle) => carried.push(Carried {
                place: Shown::path(target),
                bundle,
                only: only(service, target),
            }),
            Err(error) => problems.push(Problem::general(error)),
        }
    }
    if problems.is_empty() {
        Ok(carried)
    } else {
        Err(problems.into())
    }
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

fn differences(place: &Shown, carried: Option<&Bundle>, now: &Bundle) -> Vec<Difference> {
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
                _ if has_other_key(carried.and_then(|all| all.entry(name)), now.entry(name)) => {
                    Kind::Key
                }
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

type Entry = Map<String, Value>;

/// Whether both entries name their keys, and those are others.
fn has_other_key(built: Option<&Entry>, now: Option<&Entry>) -> bool {
    let (Some(built), Some(now)) = (built.and_then(keys_in), now.and_then(keys_in)) else {
        return false;
    };
    built != now
}

/// The ARNs of the keys that an entry names: any of them opens it. `None`: it names none.
fn keys_in(entry: &Entry) -> Option<BTreeSet<&str>> {
    let text = |field: &str| entry.get(field).and_then(Value::as_str);
    match text("source")? {
        "kms" => Some(BTreeSet::from([text("key")?])),
        "kmsfile" => Some(BTreeSet::from([text("arn")?])),
        "sops" => {
            let keys = entry.get("keys")?.as_array()?.iter();
            keys.map(|key| key.get("arn")?.as_str()).collect()
        }
        _ => None,
    }
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
        let found = differences(&"x.zip".into(), Some(&built), &now);
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

    #[test]
    fn another_key_is_told_where_both_name_theirs() {
        let of = |entry: &str| bundle(&format!(r#"{{"A":{entry}}}"#));
        let kind =
            |built: &str, now: &str| differences(&"x".into(), Some(&of(built)), &of(now))[0].kind;
        let kms = |key: &str| format!(r#"{{"source":"kms","ciphertext":"{key}","key":"{key}"}}"#);
        let sops = |arn: &str| {
            format!(r#"{{"source":"sops","value":"{arn}","keys":[{{"arn":"{arn}"}}]}}"#)
        };
        assert_eq!(kind(&kms("one"), &kms("two")), Kind::Key);
        assert_eq!(
            kind(
                &kms("one"),
                r#"{"source":"kms","ciphertext":"b","key":"one"}"#
            ),
            Kind::Sealed
        );
        assert_eq!(kind(&sops("one"), &sops("two")), Kind::Key);
        assert_eq!(
            kind(
                r#"{"ciphertext":"a","arn":"one"}"#,
                r#"{"ciphertext":"b","arn":"two"}"#
            ),
            Kind::Sealed
        );
    }
}
