//! The change: each artefact gets its functions' secrets, and no others, in one file at its root.

use std::fs;
use std::path::{Path, PathBuf};

use super::claims::{Claim, claims};
use super::destination::Destination;
use super::function::Function;
use super::launcher::Launchers;
use super::look::{Found, Unusable};
use super::opened::{Opened, Stray};
use super::side_by_side::side_by_side;
use super::tree::{self, Tree};
use super::zip::{Member, Trouble};
use crate::bundle::{self, Bundle};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Failure, Problem};
use crate::folder::file_error::FileError;
use crate::folder::turn::Use;
use crate::folder::{self, is_foreign};

/// An artefact, and what it carries now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// All that is deployed from it.
    pub functions: Vec<String>,
    /// Where it was found.
    pub original: PathBuf,
    /// The zip or folder to deploy, or the build context to write the bundle into.
    pub path: PathBuf,
    /// The bundle of its functions.
    pub bundle: Bundle,
    /// What was there before; always `Missing` for a build context, which is not looked into.
    pub found: Found,
    /// Bundles that lay deeper in it, where a killed run had left them, and are gone.
    pub strays: Vec<String>,
    /// Whether it had to change, for any of these or the launcher.
    pub changed: bool,
}

/// What `see` has found in an artefact, and what it is to get.
struct Seen<'c> {
    /// `None`: a build context.
    opened: Option<Opened>,
    found: Found,
    bundle: Option<Member<'c>>,
    launcher: Option<&'c Member<'static>>,
    strays: Vec<Stray>,
}

impl Seen<'_> {
    fn must_change(&self) -> bool {
        self.bundle.is_some() || self.launcher.is_some() || !self.strays.is_empty()
    }

    fn carried(&self, claim: &Claim<'_>, target: &Path, takes_all: bool) -> Carried {
        let names = claim.functions.iter().map(|each| each.name.clone());
        let changed = self.must_change();
        let path = if changed || takes_all {
            target
        } else {
            &claim.path
        };
        Carried {
            functions: names.collect(),
            original: claim.path.clone(),
            path: path.to_owned(),
            bundle: claim.bundle.clone(),
            found: self.found,
            strays: self
                .strays
                .iter()
                .map(|stray| stray.shown().to_string())
                .collect(),
            changed,
        }
    }
}

/// Makes sure that each artefact carries its functions' secrets, and no others, in one file at its root.
///
/// Relative paths start from `service`. A zip that changes is replaced as a whole.
///
/// # Errors
/// Every function whose artefact cannot be made right, at once. No zip is ever half-written.
pub fn put(
    functions: &[Function],
    bundle: &Bundle,
    service: &Path,
    destination: Destination<'_>,
    caller: &Caller,
) -> Result<Vec<Carried>, Failure> {
    let results = put_each(functions, bundle, service, destination, caller)?;
    all_of(results)
}

/// The same, and what has become of each where one fails.
///
/// # Errors
/// Functions that cannot carry what they ask for: then nothing was touched.
pub fn put_each(
    functions: &[Function],
    bundle: &Bundle,
    service: &Path,
    destination: Destination<'_>,
    caller: &Caller,
) -> Result<Vec<Result<Carried, Problem>>, Failure> {
    let claims = claims(functions, bundle, service, caller)?;
    let takes_all = destination.takes_all();
    each(&claims, destination, caller, |claim, target, launchers| {
        put_one(claim, target, takes_all, launchers)
    })
}

/// Sees what `put` would change, and changes nothing.
///
/// # Errors
/// Every artefact that cannot be used, and every function that cannot carry what it asks for.
pub fn plan(
    functions: &[Function],
    bundle: &Bundle,
    service: &Path,
    destination: Destination<'_>,
    caller: &Caller,
) -> Result<Vec<Carried>, Failure> {
    let claims = claims(functions, bundle, service, caller)?;
    all_of(each(
        &claims,
        destination,
        caller,
        |claim, target, launchers| see(claim, target, launchers, Use::Look),
    )?)
}

fn each<'c>(
    claims: &'c [Claim<'c>],
    destination: Destination<'_>,
    caller: &Caller,
    act: impl for<'l> Fn(&'l Claim<'c>, &Path, &'l Launchers) -> Result<Seen<'l>, Unusable> + Sync,
) -> Result<Vec<Result<Carried, Problem>>, Failure> {
    let problems = destination.problems(claims, caller);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let launchers = Launchers::read(claims)?;
    let jobs: Vec<_> = claims.iter().zip(destination.paths(claims)).collect();
    let takes_all = destination.takes_all();
    Ok(side_by_side(&jobs, |(claim, target)| {
        act(claim, target, &launchers)
            .map(|seen| seen.carried(claim, target, takes_all))
            .map_err(|why| claim.problem(why, caller))
    }))
}

fn all_of(results: Vec<Result<Carried, Problem>>) -> Result<Vec<Carried>, Failure> {
    let mut carried = Vec::with_capacity(results.len());
    let mut problems = Vec::new();
    for result in results {
        match result {
            Ok(one) => carried.push(one),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(carried)
    } else {
        Err(problems.into())
    }
}

/// Looks into one artefact: what it lacks, and what it is not to have.
fn see<'c>(
    claim: &'c Claim<'_>,
    target: &Path,
    launchers: &'c Launchers,
    wanted: Use,
) -> Result<Seen<'c>, Unusable> {
    let broken = |trouble: Trouble| Unusable::damaged(&claim.path, &trouble);
    let opened = Opened::open(claim.kind, &claim.path, wanted)
        .map_err(|trouble| Unusable::of(&claim.path, &trouble))?;
    let mut seen = Seen {
        opened: None,
        found: Found::Missing,
        bundle: None,
        launcher: None,
        strays: Vec::new(),
    };
    let Some(opened) = opened else {
        return Ok(seen);
    };
    if let Opened::Folder(tree) = &opened {
        refuse_foreign(&claim.path, target)?;
        let launcher = launchers.of(claim).map(Member::name);
        refuse_folders(tree, [bundle::FILE].into_iter().chain(launcher))?;
    }
    let bundle = Member::stored(bundle::FILE, claim.bundle.bytes()).map_err(broken)?;
    seen.found = opened.look(&bundle).map_err(broken)?;
    seen.strays = opened.strays().map_err(broken)?;
    if seen.found != Found::Right {
        seen.bundle = Some(bundle);
    }
    if let Some(launcher) = launchers.of(claim)
        && opened.look(launcher).map_err(broken)? != Found::Right
    {
        seen.launcher = Some(launcher);
    }
    seen.opened = Some(opened);
    Ok(seen)
}

/// What lies in a folder where the bundle must go, or where the folder's copy must, may be the user's own.
fn refuse_foreign(folder: &Path, target: &Path) -> Result<(), folder::Refused> {
    let refused = |path: &Path| {
        let path = Shown::path(path);
        Err(folder::Refused::Foreign { path })
    };
    let file = folder.join(bundle::FILE);
    if is_foreign(&file) {
        return refused(&file);
    }
    if target != folder && fs::symlink_metadata(target).is_ok() && !tree::is_copy(target) {
        return refused(target);
    }
    Ok(())
}

/// No file can take the place of a folder: that is told before the first artefact changes.
fn refuse_folders<'n>(
    tree: &Tree,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<(), Unusable> {
    match names.into_iter().find_map(|name| tree.folder_at(name)) {
        Some(path) => Err(Unusable::FolderThere {
            path: Shown::path(&path),
        }),
        None => Ok(()),
    }
}

/// Puts into one artefact what it lacks and takes out what it is not to have.
fn put_one<'c>(
    claim: &'c Claim<'_>,
    target: &Path,
    takes_all: bool,
    launchers: &'c Launchers,
) -> Result<Seen<'c>, Unusable> {
    let wanted = if target == claim.path {
        Use::Change
    } else {
        Use::Look
    };
    let mut seen = see(claim, target, launchers, wanted)?;
    let Some(opened) = seen.opened.take() else {
        return Ok(seen);
    };
    if !seen.must_change() && !takes_all {
        return Ok(seen);
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::of("write", folder, &error))?;
    }
    let members: Vec<_> = seen.bundle.iter().chain(seen.launcher).collect();
    let written = opened.write(target, &members, &seen.strays);
    written.map_err(|trouble| match trouble {
        Trouble::File(error) => FileError::of("write", target, &error).into(),
        Trouble::Damaged(_) => Unusable::damaged(&claim.path, &trouble),
        Trouble::Busy => Unusable::damaged(target, &trouble),
    })?;
    Ok(seen)
}

#[cfg(test)]
mod tests;
