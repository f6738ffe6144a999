//! Functions -> who carries what: one claim an artefact, or every mistake at once.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::function::{Artefact, Function};
use super::{environment, variables};
use crate::aws::endpoint;
use crate::bundle::Bundle;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, Problem, did_you_mean};

/// Why a function cannot carry what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A function asks for a secret that is not in the config.
    #[error("there is no secret `{name}` in {secrets}{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NoSuchSecret {
        name: Shown,
        secrets: Shown,
        meant: Option<Shown>,
    },
    /// Two functions are to carry different secrets in one file.
    #[error("its artefact {path} is that of function `{other}` too, which carries other secrets")]
    SharedArtefact { path: Shown, other: Shown },
    /// Two functions are to carry different secrets in one build context.
    #[error(
        "its build context {path} is that of function `{other}` too, which carries other secrets"
    )]
    SharedContext { path: Shown, other: Shown },
    /// Two functions of one file run on different processors.
    #[error(
        "its artefact {path} is that of function `{other}` too, which needs the launcher for another processor"
    )]
    SharedLauncher { path: Shown, other: Shown },
    /// Docker would see the bundle of another function.
    #[error("its build context {path} holds {inner}, where secrets lie that it is not to carry")]
    NestedContext { path: Shown, inner: Shown },
    /// A folder would be packed with the secrets of another artefact in it.
    #[error("its artefact {path} lies in {outer}, which is an artefact itself")]
    Within { path: Shown, outer: Shown },
    /// An artefact in a bucket or on a server, where nothing can be put into it.
    #[error("its artefact {artefact} lies elsewhere, and nothing can be put into it there")]
    Remote { artefact: Shown },
}

impl Explain for Refused {
    fn code(&self) -> Code {
        match self {
            Self::NoSuchSecret { .. } => Code::ConfigInvalid,
            Self::Remote { .. } => Code::ArtefactRemote,
            _ => Code::ArtefactShared,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        match self {
            Self::NoSuchSecret { .. } => None,
            Self::SharedContext { .. } | Self::NestedContext { .. } => Some(format!(
                "give each function an image with a build context of its own, none within another{}",
                caller.own_context
            )),
            Self::SharedArtefact { .. } | Self::SharedLauncher { .. } => Some(format!(
                "give each function an artefact of its own{}",
                caller.own_artefact
            )),
            Self::Within { .. } => Some("name one of the two".into()),
            Self::Remote { .. } => Some(caller.remote_artefact.clone()),
        }
    }
}

/// What kind of artefact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A zip.
    Zip,
    /// A folder that is packed later, just as it is.
    Folder,
    /// The build context of an image.
    Context,
}

/// One artefact, what it is to carry, and all that is deployed from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// A zip, a folder, or the build context of an image.
    pub path: PathBuf,
    /// Which of these.
    pub kind: Kind,
    /// The bundle of its functions.
    pub bundle: Bundle,
    /// Never none.
    pub functions: Vec<&'a Function>,
    /// The launcher, if any of them wants it.
    pub launcher: Option<&'a Path>,
}

impl Claim<'_> {
    /// A problem of the one function or of all.
    pub fn problem(&self, why: impl Explain, caller: &Caller) -> Problem {
        match self.functions.as_slice() {
            [function] => Problem::at(&function.place(caller), why),
            _ => Problem::general(why),
        }
    }

    /// The name of the first of its functions.
    pub fn first(&self) -> &str {
        self.functions.first().map_or("", |first| &first.name)
    }
}

/// Reads off who carries what, in the order of the functions. Relative paths start from `service`.
///
/// # Errors
/// Secrets that are not in the bundle, environment variables that Lambda would not take, artefacts that lie elsewhere, and those that are shared by
/// functions with different secrets or launchers.
pub fn claims<'a>(
    functions: &'a [Function],
    bundle: &Bundle,
    service: &Path,
    caller: &Caller,
) -> Result<Vec<Claim<'a>>, Failure> {
    let mut claims: Vec<Claim<'a>> = Vec::new();
    let mut problems = Vec::new();
    for function in functions {
        problems.extend(unknown(function, bundle, caller));
        for problem in variables::problems(function, bundle) {
            // The config may say it once for all functions.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems.extend(environment::problems(function, caller));
        match claim(function, bundle, service) {
            Ok(Some(claim)) => problems.extend(add(&mut claims, claim, function, caller)),
            Ok(None) => {}
            Err(why) => problems.push(Problem::at(&function.place(caller), why)),
        }
    }
    problems.extend(nested(&claims, bundle, service, caller));
    problems.extend(within(&claims, caller));
    if problems.is_empty() {
        Ok(claims)
    } else {
        Err(problems.into())
    }
}

/// `None` where somebody else builds the function's image, and where a zip that lies elsewhere is to carry nothing.
fn claim<'a>(
    function: &'a Function,
    bundle: &Bundle,
    service: &Path,
) -> Result<Option<Claim<'a>>, Refused> {
    let (path, kind) = match &function.artefact {
        Artefact::Zip(zip) if is_remote(zip) && function.carries_nothing() => return Ok(None),
        Artefact::Zip(zip) => (local_path(zip, service)?, Kind::Zip),
        Artefact::Folder(folder) => (absolute(folder, service), Kind::Folder),
        Artefact::Context(folder) => (absolute(folder, service), Kind::Context),
        Artefact::Elsewhere => return Ok(None),
    };
    Ok(Some(Claim {
        path,
        kind,
        bundle: bundle.narrowed(function.only.as_deref()),
        functions: vec![function],
        launcher: function.env.as_ref().map(|env| env.launcher.as_path()),
    }))
}

/// Joins the claim of another function to the same artefact, if both carry the same.
fn add<'a>(
    claims: &mut Vec<Claim<'a>>,
    new: Claim<'a>,
    function: &Function,
    caller: &Caller,
) -> Option<Problem> {
    let Some(claim) = claims.iter_mut().find(|claim| claim.path == new.path) else {
        claims.push(new);
        return None;
    };
    let (path, other) = (Shown::path(&new.path), Shown::of(claim.first()));
    let place = function.place(caller);
    if claim.bundle != new.bundle {
        let why = match claim.kind {
            Kind::Zip | Kind::Folder => Refused::SharedArtefact { path, other },
            Kind::Context => Refused::SharedContext { path, other },
        };
        return Some(Problem::at(&place.key(&caller.secrets_of_function), why));
    }
    if claim.kind != Kind::Context
        && claim
            .launcher
            .is_some_and(|own| new.launcher.is_some_and(|new| own != new))
    {
        return Some(Problem::at(&place, Refused::SharedLauncher { path, other }));
    }
    claim.functions.extend(new.functions);
    claim.launcher = claim.launcher.or(new.launcher);
    None
}

/// Build contexts that hold a folder with secrets that are not theirs: another's, or the service's own, where all lie.
fn nested(claims: &[Claim<'_>], bundle: &Bundle, service: &Path, caller: &Caller) -> Vec<Problem> {
    let service = absolute(".", service);
    let contexts = || claims.iter().filter(|claim| claim.kind == Kind::Context);
    let mut problems = Vec::new();
    for outer in contexts() {
        let lie_below = |path: &Path| path != outer.path && path.starts_with(&outer.path);
        let mut inner = Vec::new();
        if lie_below(&service) && !outer.bundle.has_all(bundle) {
            inner.push("the service's own folder".to_owned());
        }
        for other in contexts().filter(|other| lie_below(&other.path)) {
            if !outer.bundle.has_all(&other.bundle) {
                inner.push(format!("that of function `{}`", other.first()));
            }
        }
        let path = Shown::path(&outer.path);
        let place = outer.functions.first().map(|first| first.place(caller));
        problems.extend(inner.into_iter().map(|inner| {
            let (path, inner) = (path.clone(), inner.into());
            Problem {
                place: place.clone(),
                why: Arc::new(Refused::NestedContext { path, inner }),
            }
        }));
    }
    problems
}

/// Artefacts that lie in a folder that is one itself: the secrets of the inner one would be packed with the outer.
fn within(claims: &[Claim<'_>], caller: &Caller) -> Vec<Problem> {
    let folders = claims.iter().filter(|claim| claim.kind == Kind::Folder);
    let pairs = folders.flat_map(|outer| claims.iter().map(move |inner| (outer, inner)));
    pairs
        .filter(|(outer, inner)| {
            inner.path != outer.path && real(&inner.path).starts_with(real(&outer.path))
        })
        .map(|(outer, inner)| {
            let (path, outer) = (Shown::path(&inner.path), Shown::path(&outer.path));
            inner.problem(Refused::Within { path, outer }, caller)
        })
        .collect()
}

/// Without links, as far as it exists.
pub fn real(path: &Path) -> PathBuf {
    let mut above = path.ancestors();
    let found = above.find_map(|above| Some((above, above.canonicalize().ok()?)));
    found.map_or_else(
        || path.to_owned(),
        |(above, real)| {
            path.strip_prefix(above)
                .map_or(real.clone(), |rest| real.join(rest))
        },
    )
}

/// The names that a function asks for in vain.
fn unknown(function: &Function, bundle: &Bundle, caller: &Caller) -> Vec<Problem> {
    let place = function.place(caller).key(&caller.secrets_of_function);
    let only = function.only.iter().flatten().enumerate();
    only.filter(|(_, name)| !bundle.contains(name))
        .map(|(index, name)| {
            let meant = bundle.nearest(name).map(Shown::from);
            let written = function.written.as_ref().and_then(|all| all.get(index));
            let name = written.unwrap_or(name).into();
            let secrets = caller.secrets.as_str().into();
            let why = Refused::NoSuchSecret {
                name,
                secrets,
                meant,
            };
            Problem::at(&place.item(index), why)
        })
        .collect()
}

/// Whether a zip lies in a bucket or on a server.
#[must_use]
pub fn is_remote(zip: &str) -> bool {
    let scheme = zip.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["s3", "http", "https"]
            .iter()
            .any(|remote| scheme.eq_ignore_ascii_case(remote))
    })
}

/// The absolute path of a zip.
///
/// # Errors
/// It lies elsewhere, where nothing can be put into it.
pub fn local_path(zip: &str, service: &Path) -> Result<PathBuf, Refused> {
    if is_remote(zip) {
        let artefact = endpoint::shown(zip);
        return Err(Refused::Remote { artefact });
    }
    Ok(absolute(zip, service))
}

/// Without `.` and `..`, so that two spellings of one path are equal. Links are not followed: the
/// artefact keeps its own name.
#[must_use]
pub fn absolute(path: &str, service: &Path) -> PathBuf {
    let mut absolute = PathBuf::new();
    for component in service.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                absolute.pop();
            }
            other => absolute.push(other),
        }
    }
    absolute
}

#[cfg(test)]
mod tests;
