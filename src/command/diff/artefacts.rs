//! What zips and folders carry: those that are named, or what was built.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use secret_baker_core::artefact::{bundle_of, is_remote};
use secret_baker_core::bundle::FILE;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain};
use secret_baker_core::gather::Gather as _;

use super::carried::{Carried, Looked};
use super::template;
use crate::service::{Function, Service};

/// Where the framework puts what it has built.
const BUILT: &str = ".serverless";

/// There is nothing to compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing was built that could be compared: {folder} has no zip, and no function has an artefact or a name"
)]
pub struct NothingBuilt {
    folder: Shown,
}

impl NothingBuilt {
    pub(super) fn of(service: &Service) -> Self {
        let folder = Shown::path(&folder_of(service).join(BUILT));
        Self { folder }
    }
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

/// These zips and folders. The framework's own folder is none: what lies in it is.
pub(super) fn named(service: &Service, targets: &[PathBuf]) -> Looked {
    let mut looked = Looked::default();
    for target in targets {
        if is_of_framework(target) {
            let found = in_folder_of_framework(service, target);
            if found.is_empty() {
                let folder = Shown::path(target);
                looked.unread(NothingBuilt { folder });
            }
            looked.add(found);
        } else {
            looked.add(one(service, target));
        }
    }
    looked
}

/// What the framework has built, and the functions' own artefacts. Empty: nothing was built.
pub(super) fn built(service: &Service) -> Looked {
    let folder = folder_of(service).join(BUILT);
    let own = service.functions.iter();
    let own = own
        .filter_map(|function| path_of(service, function))
        .filter(|path| path.parent().is_none_or(|parent| !is_same(parent, &folder)))
        .into_set();
    let mut looked = Looked::default();
    for path in own {
        looked.add(one(service, &path));
    }
    looked.add(in_folder_of_framework(service, &folder));
    let artefacts = service.functions.iter();
    let artefacts = artefacts.filter_map(|function| function.artefact.as_ref());
    for artefact in artefacts.filter(|artefact| is_remote(artefact)) {
        looked.not_compared(&Shown::of(artefact), "it lies in a bucket or on a server");
    }
    looked
}

fn is_of_framework(folder: &Path) -> bool {
    let absolute = folder.canonicalize().unwrap_or_default();
    let is_named_so = folder.ends_with(BUILT) || absolute.ends_with(BUILT);
    is_named_so && folder.is_dir() && !folder.join(FILE).exists()
}

/// Its zips, and the variables of its templates.
fn in_folder_of_framework(service: &Service, folder: &Path) -> Looked {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort_unstable();
    let (zips, others): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|path| path.extension().is_some_and(|end| end == "zip"));
    let (own, shared): (Vec<_>, Vec<_>) = zips
        .into_iter()
        .partition(|zip| !functions_of(service, zip).is_empty());
    let mut looked = Looked::default();
    for path in own {
        looked.add(one(service, &path));
    }
    looked.add(shared_ones(service, folder, &shared));
    let is_template = |path: &PathBuf| template::is_one(path);
    let templates: Vec<_> = others.into_iter().filter(is_template).collect();
    looked.add(template::variables(&templates));
    looked
}

/// Zips that are called as no function is: the service's own, which those have that have none to themselves, and those of layers and of
/// the framework's own functions.
fn shared_ones(service: &Service, folder: &Path, zips: &[PathBuf]) -> Looked {
    let own = |function: &Function| folder.join(format!("{}.zip", function.key));
    let functions = service.functions.iter();
    let sharing: Vec<_> = functions
        .filter(|one| one.artefact.is_none() && !own(one).is_file())
        .collect();
    let read = zips.iter().map(|zip| (zip, bundle_of(zip)));
    let read: Vec<_> = read.collect();
    let carries = |bundle: &Result<Option<_>, _>| matches!(bundle, Ok(Some(_)));
    let nobody_carries = !read.iter().any(|(_, bundle)| carries(bundle));
    let may_be_built_so = nobody_carries && (!sharing.is_empty() || service.functions.is_empty());
    let mut looked = Looked::default();
    for (zip, bundle) in read {
        let place = Shown::path(zip);
        match bundle {
            Ok(None) if !may_be_built_so => {
                looked.not_compared(&place, "it is no function's own, and it carries no secrets");
            }
            Ok(bundle) => looked.carried.push(Carried::Bundle {
                place,
                bundle,
                only: only_of(&sharing),
            }),
            Err(error) => looked.unread(error),
        }
    }
    looked
}

/// One artefact, narrowed to what its functions carry.
fn one(service: &Service, target: &Path) -> Looked {
    let mut looked = Looked::default();
    match bundle_of(target) {
        Ok(bundle) => looked.carried.push(Carried::Bundle {
            place: Shown::path(target),
            bundle,
            only: only_of(&functions_of(service, target)),
        }),
        Err(error) => looked.unread(error),
    }
    looked
}

/// The service's folder: as short as it can be, since it is shown.
fn folder_of(service: &Service) -> PathBuf {
    let folder = &service.deployment.folder;
    let is_here = env::current_dir().is_ok_and(|here| here == *folder);
    if is_here {
        PathBuf::new()
    } else {
        folder.clone()
    }
}

/// Where a function's artefact is. `None`: it has none of its own on this machine.
fn path_of(service: &Service, function: &Function) -> Option<PathBuf> {
    let artefact = function.artefact.as_ref()?;
    (!is_remote(artefact)).then(|| folder_of(service).join(artefact))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let (one, other) = (one.canonicalize(), other.canonicalize());
    one.is_ok_and(|one| other.is_ok_and(|other| one == other))
}

/// Those that name an artefact, or the one whose zip is called as it is.
fn functions_of<'a>(service: &'a Service, target: &Path) -> Vec<&'a Function> {
    let has = |function: &&Function| match path_of(service, function) {
        Some(path) => is_same(&path, target),
        None => target
            .file_stem()
            .is_some_and(|stem| stem == function.key.as_str()),
    };
    service.functions.iter().filter(has).collect()
}

/// What functions carry together. `None`: all, as where there are none.
fn only_of(functions: &[&Function]) -> Option<Vec<String>> {
    if functions.is_empty() {
        return None;
    }
    let lists: Option<Vec<Vec<String>>> = functions.iter().map(|one| one.only.clone()).collect();
    lists.map(|lists| lists.concat())
}
