//! What was named to bake into -> the functions that are deployed from it, each with what it carries. Calls nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use secret_baker_core::artefact::{self, Artefact, Env};
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, Problem, did_you_mean, nearest};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::take;

use crate::options;
use crate::service::{Function, Service};
use crate::service_file::FILES;

/// What names a function's artefact in `secret-baker.yml`.
const OWN_KEY: &str = "artefact";
/// Lambda's own choice where none is made.
const PROCESSOR: &str = "x86_64";

/// What the command line says of the artefacts.
#[derive(Debug)]
pub struct Targets<'a> {
    /// Where relative paths start.
    pub here: &'a Path,
    /// Folders and zips. None: those of the functions.
    pub paths: &'a [PathBuf],
    /// Whose list counts for what is no function's artefact.
    pub function: Option<&'a str>,
    /// Whether each gets the launcher, its function's `env` or not.
    pub launcher: bool,
    /// Where launchers are.
    pub launchers: Launchers,
}

/// Where the launcher for a processor is.
#[derive(Debug, Clone)]
pub enum Launchers {
    /// Somebody has named one, of whichever processor.
    File(PathBuf),
    /// By processor: its file, or why there is none.
    Installed(BTreeMap<String, Result<PathBuf, String>>),
}

/// What nothing can be baked into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoTarget {
    #[error("nothing is named to bake into, and no function's `{key}` does so")]
    Nothing { key: &'static str },
    #[error("there is no function `{name}`{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NoFunction { name: Shown, meant: Option<Shown> },
    #[error("function `{name}` has no `{key}`, and nothing else is named to bake into")]
    NoArtefact { name: Shown, key: &'static str },
    #[error("its `artefact` is empty")]
    Empty,
    #[error("it is the artefact of function `{own}`, not of `{name}`")]
    OfAnother { own: Shown, name: Shown },
    #[error("it does not exist")]
    Missing,
    #[error("it is neither a folder nor a zip")]
    Neither,
    #[error("it lies elsewhere, and nothing can be put into it there")]
    Remote,
    #[error("it is named twice")]
    Twice,
    #[error("there is no launcher for {processor}{}", said.as_ref().map_or_else(String::new, |said| format!(": {said}")))]
    NoLauncher {
        processor: Shown,
        said: Option<Shown>,
    },
    #[error("one launcher is named, and the functions run on {processors}")]
    OneLauncher { processors: Shown },
}

impl Explain for NoTarget {
    fn code(&self) -> Code {
        match self {
            Self::Nothing { .. }
            | Self::NoFunction { .. }
            | Self::NoArtefact { .. }
            | Self::Empty => Code::ConfigInvalid,
            Self::OfAnother { .. } | Self::Twice => Code::ArtefactShared,
            Self::Missing => Code::ArtefactMissing,
            Self::Neither => Code::ArtefactDamaged,
            Self::Remote => Code::ArtefactRemote,
            Self::NoLauncher { .. } | Self::OneLauncher { .. } => Code::NoLauncher,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Nothing { key } | Self::NoArtefact { key, .. } if *key == OWN_KEY => {
                "name folders or zips, or write the path of each below its function: `artefact: build/api`".into()
            }
            Self::Nothing { .. } | Self::NoArtefact { .. } => {
                "name folders or zips; what the framework packages has its secrets by `serverless package`".into()
            }
            Self::Empty => "write the path of its folder or zip, such as `artefact: build/api`".into(),
            Self::OfAnother { own, .. } => format!("leave --function out, or name `{own}`"),
            Self::Missing => "build it first".into(),
            Self::Neither => "name what is deployed: a folder that is packed later, or a zip".into(),
            Self::Remote => caller.remote_artefact.clone(),
            Self::Twice => "name it once".into(),
            Self::NoLauncher { processor, .. } => format!(
                "take secret-baker-launcher-{processor}.gz out of the npm package serverless-secret-baker-launcher, and name it: --launcher-file FILE"
            ),
            Self::OneLauncher { .. } => "bake the functions of each processor in a run of their own, with --function or their paths".into(),
            Self::NoFunction { .. } => return None,
        })
    }
}

/// The settings say so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("nothing is baked: `enabled` is false in the settings")]
pub struct TurnedOff;

impl Explain for TurnedOff {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("take `enabled` out, or set it to true".into())
    }
}

/// Everything that is to be baked into, as the core has it.
///
/// # Errors
/// Every target that is none, at once.
pub fn functions(
    service: &Service,
    targets: &Targets<'_>,
) -> Result<Vec<artefact::Function>, Failure> {
    let mut problems = Vec::new();
    let named = targets.function.map(|name| function(service, name));
    let named = match named.transpose() {
        Ok(named) => named,
        Err(failure) => {
            problems.extend(failure.problems);
            None
        }
    };
    let pairs = if targets.paths.is_empty() {
        of_config(service, named, &mut problems)
    } else {
        of_command_line(service, targets, named, &mut problems)
    };
    let mut functions = Vec::new();
    for Pair { path, own, place } in pairs {
        let carried = launched(service, targets, own, place.as_ref(), &mut problems);
        match kind(&path) {
            Ok(artefact) => functions.push(artefact::Function {
                artefact,
                ..carried
            }),
            Err(why) => problems.push(Problem::at(&carried.place(&service.caller), why)),
        }
    }
    problems.extend(one_launcher(service, targets, &functions));
    if problems.is_empty() {
        return Ok(functions);
    }
    // Whoever mends the targets need not wait for what is wrong with the secrets.
    if let Err(failure) = take(service.request(), &service.caller) {
        problems.extend(failure.problems);
    }
    Err(problems.into())
}

/// The function of that name.
///
/// # Errors
/// There is none.
pub fn function<'s>(service: &'s Service, name: &str) -> Result<&'s Function, Failure> {
    let mut functions = service.functions.iter();
    let found = functions.find(|function| function.key == name);
    found.ok_or_else(|| {
        let keys = service
            .functions
            .iter()
            .map(|function| function.key.as_str());
        let why = NoTarget::NoFunction {
            name: name.into(),
            meant: nearest(name, keys).map(Shown::from),
        };
        why.into()
    })
}

/// One that carries these secrets, for the core. Nothing is known of its artefact.
pub fn carrier(
    service: &Service,
    function: Option<&str>,
    only: Option<Vec<String>>,
) -> artefact::Function {
    let of_config = function.is_some();
    artefact::Function {
        name: function.unwrap_or_default().to_owned(),
        place: (!of_config).then(|| Place::from(service.caller.secrets.as_str())),
        artefact: Artefact::Elsewhere,
        only,
        written: None,
        env: None,
        environment: Vec::new(),
    }
}

/// One artefact of one function; without a function, of none of the config.
struct Pair<'s> {
    path: Target,
    own: Option<&'s Function>,
    place: Option<Place>,
}

enum Target {
    Path(PathBuf),
    Remote,
}

fn of_config<'s>(
    service: &'s Service,
    named: Option<&'s Function>,
    problems: &mut Vec<Problem>,
) -> Vec<Pair<'s>> {
    let wanted = service
        .functions
        .iter()
        .filter(|function| named.is_none_or(|named| named.key == function.key));
    let pairs: Vec<_> = wanted
        .filter_map(|own| {
            let artefact = own.artefact.as_deref()?;
            if artefact.is_empty() {
                let place = Place::from(service.caller.functions.as_str()).key(&own.key);
                problems.push(Problem::at(&place, NoTarget::Empty));
                return None;
            }
            Some(Pair {
                path: target(artefact, &service.deployment.folder),
                own: Some(own),
                place: None,
            })
        })
        .collect();
    if pairs.is_empty() && problems.is_empty() {
        let key = key_of_artefact(service);
        problems.push(Problem::general(match named {
            Some(named) => NoTarget::NoArtefact {
                name: named.key.as_str().into(),
                key,
            },
            None => NoTarget::Nothing { key },
        }));
    }
    pairs
}

fn of_command_line<'s>(
    service: &'s Service,
    targets: &Targets<'_>,
    named: Option<&'s Function>,
    problems: &mut Vec<Problem>,
) -> Vec<Pair<'s>> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for typed in targets.paths {
        let typed = typed.to_string_lossy();
        let place = Place::from(&*typed);
        let pair = |path, own: Option<&'s Function>| Pair {
            path,
            own,
            place: own.is_none().then(|| place.clone()),
        };
        let path = match target(&typed, targets.here) {
            Target::Path(path) => path,
            remote @ Target::Remote => {
                pairs.push(pair(remote, None));
                continue;
            }
        };
        if !seen.insert(real(&path)) {
            problems.push(Problem::at(&place, NoTarget::Twice));
            continue;
        }
        let owners = owners(service, &path);
        if let (Some(named), Some(first)) = (named, owners.first())
            && owners.iter().all(|owner| owner.key != named.key)
        {
            let (own, name) = (first.key.as_str().into(), named.key.as_str().into());
            problems.push(Problem::at(&place, NoTarget::OfAnother { own, name }));
        }
        if owners.is_empty() {
            pairs.push(pair(Target::Path(path), named));
        } else {
            let all = owners.into_iter();
            pairs.extend(all.map(|owner| pair(Target::Path(path.clone()), Some(owner))));
        }
    }
    pairs
}

/// What names a function's artefact in the config.
fn key_of_artefact(service: &Service) -> &'static str {
    let name = service.file.as_ref().and_then(|file| file.file_name());
    if name.is_some_and(|name| FILES.iter().any(|own| name == *own)) {
        OWN_KEY
    } else {
        "package.artifact"
    }
}

/// The functions that are deployed from it.
fn owners<'s>(service: &'s Service, path: &Path) -> Vec<&'s Function> {
    let folder = &service.deployment.folder;
    let is_own = |function: &&Function| {
        let artefact = function.artefact.as_deref();
        artefact.is_some_and(|artefact| match target(artefact, folder) {
            Target::Path(own) => !artefact.is_empty() && real(&own) == real(path),
            Target::Remote => false,
        })
    };
    service.functions.iter().filter(is_own).collect()
}

fn target(path: &str, folder: &Path) -> Target {
    if artefact::is_remote(path) {
        Target::Remote
    } else {
        Target::Path(artefact::absolute(path, folder))
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn kind(target: &Target) -> Result<Artefact, NoTarget> {
    let Target::Path(path) = target else {
        return Err(NoTarget::Remote);
    };
    let text = path.to_string_lossy().into_owned();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(Artefact::Folder(text)),
        Ok(found) if found.is_file() => Ok(Artefact::Zip(text)),
        Ok(_) => Err(NoTarget::Neither),
        // What cannot be read is told by the core, in the system's words.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Ok(Artefact::Zip(text)),
        Err(_) => Err(NoTarget::Missing),
    }
}

/// What a function carries, with the launcher where it is wanted.
fn launched(
    service: &Service,
    targets: &Targets<'_>,
    own: Option<&Function>,
    place: Option<&Place>,
    problems: &mut Vec<Problem>,
) -> artefact::Function {
    let only = own.map_or_else(|| service.options.default.clone(), |own| own.only.clone());
    let function = artefact::Function {
        name: own.map(|own| own.key.clone()).unwrap_or_default(),
        place: place.cloned(),
        written: own.and_then(|own| own.written.clone()),
        ..carrier(service, None, only)
    };
    let asked = own.and_then(|own| own.env.clone());
    let Some(env) = asked.or_else(|| targets.launcher.then(|| of_all(&function, &service.caller)))
    else {
        return function;
    };
    let env = match launcher(&targets.launchers, processor(own)) {
        Ok(launcher) => Some(Env {
            names: env.names,
            written: env.written,
            place: env.place,
            launcher,
        }),
        Err(why) => {
            let problem = Problem::at(&env.place, why);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
            None
        }
    };
    artefact::Function { env, ..function }
}

/// What `--launcher` asks for where the config asks for none.
fn of_all(function: &artefact::Function, caller: &Caller) -> options::Env {
    options::Env {
        names: None,
        written: None,
        place: function.place(caller),
    }
}

fn processor(own: Option<&Function>) -> &str {
    own.and_then(|own| own.architecture.as_deref())
        .unwrap_or(PROCESSOR)
}

fn launcher(launchers: &Launchers, processor: &str) -> Result<PathBuf, NoTarget> {
    let none = |said: Option<&String>| NoTarget::NoLauncher {
        processor: processor.into(),
        said: said.map(Shown::from),
    };
    match launchers {
        Launchers::File(file) => Ok(file.clone()),
        Launchers::Installed(all) => match all.get(processor) {
            Some(Ok(file)) => Ok(file.clone()),
            Some(Err(said)) => Err(none(Some(said))),
            None => Err(none(None)),
        },
    }
}

/// A file is of one processor, whichever it is.
fn one_launcher(
    service: &Service,
    targets: &Targets<'_>,
    functions: &[artefact::Function],
) -> Option<Problem> {
    let Launchers::File(_) = targets.launchers else {
        return None;
    };
    let launched = functions.iter().filter(|function| function.env.is_some());
    let processors = launched
        .map(|function| {
            let mut own = service.functions.iter();
            processor(own.find(|own| own.key == function.name))
        })
        .into_set();
    (processors.len() > 1).then(|| {
        let processors = processors.into_iter().collect::<Vec<_>>().join(" and ");
        Problem::general(NoTarget::OneLauncher {
            processors: processors.into(),
        })
    })
}
