//! The change: each zip gets its functions' secrets, and no others, in one file at its root.

use std::fs;
use std::path::{Path, PathBuf};

use super::claims::{Claim, claims, targets};
use super::function::Function;
use super::launcher::Launchers;
use super::look::{Found, Unusable, is_at, is_below, look, shown, strays};
use super::side_by_side::side_by_side;
use super::zip::{Archive, Entry, Member, Trouble};
use crate::bundle::{self, Bundle};
use crate::failure::{Caller, Failure};
use crate::folder::file_error::FileError;
use crate::folder::whole_file;

/// An artefact, and what it carries now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// All that is deployed from it.
    pub functions: Vec<String>,
    /// The zip to deploy, or the folder to write the bundle into.
    pub path: PathBuf,
    /// The bundle of its functions.
    pub bundle: Bundle,
    /// What was there before; always `Missing` for a folder, which is not looked into.
    pub found: Found,
    /// Bundles that lay deeper in it, where a killed run had left them, and are gone.
    pub strays: Vec<String>,
    /// Whether it had to change, for any of these or the launcher.
    pub changed: bool,
}

/// What `put_one` has found in an artefact, and whether it has changed it.
struct Put {
    found: Found,
    strays: Vec<Vec<u8>>,
    changed: bool,
}

impl Put {
    fn carried(self, claim: &Claim<'_>, target: PathBuf) -> Carried {
        Carried {
            functions: claim
                .functions
                .iter()
                .map(|each| each.name.clone())
                .collect(),
            path: if self.changed {
                target
            } else {
                claim.path.clone()
            },
            bundle: claim.bundle.clone(),
            found: self.found,
            strays: self
                .strays
                .iter()
                .map(|name| shown(name).to_string())
                .collect(),
            changed: self.changed,
        }
    }
}

/// Makes sure that each zip carries its functions' secrets, and no others, in one file at its root.
///
/// Relative paths start from `service`. A zip below `folder`, the caller's own, is replaced as a
/// whole; of any other a copy is made there, if it needs a change.
///
/// # Errors
/// Every function whose artefact cannot be made right, at once. No zip is ever half-written.
pub fn put(
    functions: &[Function],
    bundle: &Bundle,
    service: &Path,
    folder: &Path,
    caller: &Caller,
) -> Result<Vec<Carried>, Failure> {
    let claims = claims(functions, bundle, service, caller)?;
    let launchers = Launchers::read(&claims)?;
    let jobs: Vec<_> = claims.iter().zip(targets(&claims, folder)).collect();
    let results = side_by_side(&jobs, |(claim, target)| put_one(claim, target, &launchers));
    let mut carried = Vec::with_capacity(jobs.len());
    let mut problems = Vec::new();
    for ((claim, target), result) in jobs.into_iter().zip(results) {
        match result {
            Ok(put) => carried.push(put.carried(claim, target)),
            Err(why) => problems.push(claim.problem(why, caller)),
        }
    }
    if problems.is_empty() {
        Ok(carried)
    } else {
        Err(problems.into())
    }
}

/// Looks into one artefact, puts in what it lacks and takes out what it is not to have.
fn put_one(claim: &Claim<'_>, target: &Path, launchers: &Launchers) -> Result<Put, Unusable> {
    let mut put = Put {
        found: Found::Missing,
        strays: Vec::new(),
        changed: false,
    };
    if !claim.is_zip {
        return Ok(put);
    }
    let broken = |trouble: Trouble| Unusable::damaged(&claim.path, &trouble);
    let archive =
        Archive::open(&claim.path).map_err(|trouble| Unusable::of(&claim.path, &trouble))?;
    let bundle = Member::stored(bundle::FILE, claim.bundle.bytes()).map_err(broken)?;
    put.found = look(&archive, &bundle).map_err(broken)?;
    put.strays = strays(&archive).map_err(broken)?;
    let mut wanted = vec![];
    if put.found != Found::Right {
        wanted.push(&bundle);
    }
    if let Some(launcher) = launchers.of(claim)
        && look(&archive, launcher).map_err(broken)? != Found::Right
    {
        wanted.push(launcher);
    }
    put.changed = !wanted.is_empty() || !put.strays.is_empty();
    if !put.changed {
        return Ok(put);
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|error| FileError::of("write", folder, &error))?;
    }
    let drop = |entry: &Entry<'_>| {
        let replaced = wanted.iter().any(|member| is_at(entry, member.name()));
        replaced || (is_below(entry) && put.strays.iter().any(|name| name == entry.name()))
    };
    let written = whole_file::replace(target, |out| archive.write_with(out, drop, &wanted));
    written.map_err(|trouble| match trouble {
        Trouble::File(error) => FileError::of("write", target, &error).into(),
        Trouble::Damaged(_) => Unusable::damaged(&claim.path, &trouble),
    })?;
    Ok(put)
}

#[cfg(test)]
mod tests;
