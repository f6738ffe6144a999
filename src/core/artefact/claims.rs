//! Functions -> who carries what: one claim an artefact, or every mistake at once.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use super::{Artefact, Function, place, variables};
use crate::aws::endpoint;
use crate::bundle::Names;
use crate::failure::shown::Shown;
use crate::failure::{Cause, Failure, Problem};

/// One artefact, what it is to carry, and all that is deployed from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// A zip, or the build context of an image.
    pub path: PathBuf,
    /// Whether it is a zip.
    pub is_zip: bool,
    /// The bundle of its functions.
    pub bundle: Vec<u8>,
    /// Their names, never none.
    pub functions: Vec<&'a str>,
    /// The launcher, if any of them wants it.
    pub launcher: Option<&'a Path>,
}

impl Claim<'_> {
    /// A problem of the one function or of all.
    pub fn problem(&self, cause: Cause) -> Problem {
        match self.functions.as_slice() {
            [function] => Problem::at(&place(function), cause),
            _ => Problem::general(cause),
        }
    }

    fn first(&self) -> &str {
        self.functions.first().copied().unwrap_or_default()
    }
}

/// Reads off who carries what, in the order of the functions. Relative paths start from `service`.
///
/// # Errors
/// Secrets that are not in the bundle, artefacts that lie elsewhere, and those that are shared by
/// functions with different secrets or launchers.
pub fn claims<'a>(
    functions: &'a [Function],
    bundle: &[u8],
    service: &Path,
) -> Result<Vec<Claim<'a>>, Failure> {
    let names = Names::read(bundle)?;
    let mut claims: Vec<Claim<'a>> = Vec::new();
    let mut problems = Vec::new();
    for function in functions {
        problems.extend(unknown(function, &names));
        for problem in variables::problems(function, &names) {
            // The config may say it once for all functions.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        match claim(function, &names, service) {
            Ok(Some(claim)) => problems.extend(add(&mut claims, claim)),
            Ok(None) => {}
            Err(cause) => problems.push(Problem::at(&place(&function.name), cause)),
        }
    }
    problems.extend(nested(&claims, &names, service)?);
    if problems.is_empty() {
        Ok(claims)
    } else {
        Err(problems.into())
    }
}

/// `None` where somebody else builds the function's image, and where a zip that lies elsewhere is to carry nothing.
fn claim<'a>(
    function: &'a Function,
    names: &Names,
    service: &Path,
) -> Result<Option<Claim<'a>>, Cause> {
    let (path, is_zip) = match &function.artefact {
        Artefact::Zip(zip) if is_remote(zip) && function.carries_nothing() => return Ok(None),
        Artefact::Zip(zip) => (local_path(zip, service)?, true),
        Artefact::Context(folder) => (absolute(folder, service), false),
        Artefact::Elsewhere => return Ok(None),
    };
    Ok(Some(Claim {
        path,
        is_zip,
        bundle: names.narrowed(function.only.as_deref())?,
        functions: vec![&function.name],
        launcher: function.env.as_ref().map(|env| env.launcher.as_path()),
    }))
}

/// Joins the claim of another function to the same artefact, if both carry the same.
fn add<'a>(claims: &mut Vec<Claim<'a>>, new: Claim<'a>) -> Option<Problem> {
    let Some(claim) = claims.iter_mut().find(|claim| claim.path == new.path) else {
        claims.push(new);
        return None;
    };
    let (path, other) = (Shown::path(&new.path), Shown::of(claim.first()));
    let function = place(new.first());
    if claim.bundle != new.bundle {
        let cause = if claim.is_zip {
            Cause::SharedArtefact { path, other }
        } else {
            Cause::SharedContext { path, other }
        };
        return Some(Problem::at(&function.key("secretBaker"), cause));
    }
    if claim.is_zip
        && claim
            .launcher
            .is_some_and(|own| new.launcher.is_some_and(|new| own != new))
    {
        return Some(Problem::at(
            &function,
            Cause::SharedLauncher { path, other },
        ));
    }
    claim.functions.extend(new.functions);
    claim.launcher = claim.launcher.or(new.launcher);
    None
}

/// Build contexts that hold a folder with secrets that are not theirs: another's, or the service's own, where all lie.
fn nested(claims: &[Claim<'_>], names: &Names, service: &Path) -> Result<Vec<Problem>, Cause> {
    let service = absolute(".", service);
    let contexts = || claims.iter().filter(|claim| !claim.is_zip);
    let mut problems = Vec::new();
    for outer in contexts() {
        let carried = Names::read(&outer.bundle)?;
        let lie_below = |path: &Path| path != outer.path && path.starts_with(&outer.path);
        let mut inner = Vec::new();
        if lie_below(&service) && !carried.has_all(names) {
            inner.push("the service's own folder".to_owned());
        }
        for other in contexts().filter(|other| lie_below(&other.path)) {
            if !carried.has_all(&Names::read(&other.bundle)?) {
                inner.push(format!("that of function `{}`", other.first()));
            }
        }
        let path = Shown::path(&outer.path);
        problems.extend(inner.into_iter().map(|inner| {
            let (path, inner) = (path.clone(), inner.into());
            Problem::at(&place(outer.first()), Cause::NestedContext { path, inner })
        }));
    }
    Ok(problems)
}

/// The names that a function asks for in vain.
fn unknown(function: &Function, names: &Names) -> Vec<Problem> {
    let place = place(&function.name).key("secretBaker");
    let only = function.only.iter().flatten().enumerate();
    only.filter(|(_, name)| !names.contains(name))
        .map(|(index, name)| {
            let meant = names.nearest(name).map(Shown::from);
            let written = function.written.as_ref().and_then(|all| all.get(index));
            let name = written.unwrap_or(name).into();
            Problem::at(&place.item(index), Cause::NoSuchSecret { name, meant })
        })
        .collect()
}

/// Whether a zip lies in a bucket or on a server.
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
pub fn local_path(zip: &str, service: &Path) -> Result<PathBuf, Cause> {
    if is_remote(zip) {
        let artefact = endpoint::shown(zip);
        return Err(Cause::RemoteArtefact { artefact });
    }
    Ok(absolute(zip, service))
}

/// Without `.` and `..`, so that two spellings of one path are equal. Links are not followed: the
/// artefact keeps its own name.
fn absolute(path: &str, service: &Path) -> PathBuf {
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

/// Where each artefact goes if it must change: it is replaced where it is in the framework's own
/// folder. A copy of any other goes there, with its base name wherever that is free: it is the
/// name that is uploaded.
pub fn targets(claims: &[Claim<'_>], folder: &Path) -> Vec<PathBuf> {
    let mut taken: Vec<PathBuf> = claims.iter().map(|claim| claim.path.clone()).collect();
    let target = |claim: &Claim<'_>| {
        if claim.path.starts_with(folder) {
            return claim.path.clone();
        }
        let base = claim.path.file_name().unwrap_or(OsStr::new("artefact.zip"));
        let numbered = (1..).map(|number| match number {
            1 => format!("{}-", claim.first()),
            _ => format!("{}-{number}-", claim.first()),
        });
        let mut paths = std::iter::once(String::new())
            .chain(numbered)
            .map(|prefix| {
                let mut name = OsString::from(prefix);
                name.push(base);
                folder.join(name)
            });
        let free = paths.find(|path| !taken.contains(path) && !path.exists());
        let target = free.unwrap_or_else(|| folder.join(base));
        taken.push(target.clone());
        target
    };
    claims.iter().map(target).collect()
}
