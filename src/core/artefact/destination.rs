//! Where an artefact goes that is to change: where it is, or a copy elsewhere.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::claims::{Claim, real};
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Problem};

/// Where artefacts go.
#[derive(Debug, Clone, Copy)]
pub enum Destination<'a> {
    /// Each stays where it is.
    InPlace,
    /// What lies below the caller's own folder stays where it is. Of any other that must change a copy goes there, with its base name
    /// wherever that is free: it is the name that is uploaded.
    Own(&'a Path),
    /// A copy of each goes into this folder, with its base name, in place of an earlier one.
    Copies(&'a Path),
}

/// Why no copy can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum NoCopy {
    #[error("the copy of its artefact would be {path}, and so would that of {other}")]
    SameName { path: Shown, other: Shown },
    #[error("the copy of its artefact would be {path}, where an artefact itself lies")]
    Original { path: Shown },
    #[error("the copy of its artefact would be {path}, within {original}")]
    Within { path: Shown, original: Shown },
    #[error("the copy of its artefact would be {path}, in which {original} lies")]
    Around { path: Shown, original: Shown },
    #[error("the copies would go into {path}, which is no folder")]
    NoFolder { path: Shown },
}

impl Explain for NoCopy {
    fn code(&self) -> Code {
        match self {
            Self::NoFolder { .. } => Code::File,
            _ => Code::ArtefactShared,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("name another folder for the copies".into())
    }
}

impl Destination<'_> {
    /// That of each artefact, in their order.
    #[must_use]
    pub fn paths(self, claims: &[Claim<'_>]) -> Vec<PathBuf> {
        match self {
            Self::InPlace => claims.iter().map(|claim| claim.path.clone()).collect(),
            Self::Own(folder) => own(claims, folder),
            Self::Copies(folder) => claims
                .iter()
                .map(|claim| folder.join(base(claim)))
                .collect(),
        }
    }

    /// Whether an artefact goes there that need not change.
    #[must_use]
    pub fn takes_all(self) -> bool {
        matches!(self, Self::Copies(_))
    }

    /// Copies that would be in each other's way, or in that of what they are copied from.
    #[must_use]
    pub fn problems(self, claims: &[Claim<'_>], caller: &Caller) -> Vec<Problem> {
        let Self::Copies(out) = self else {
            return Vec::new();
        };
        let mut above = out.ancestors().filter_map(|path| fs::metadata(path).ok());
        if above.next().is_some_and(|found| !found.is_dir()) {
            let path = Shown::path(out);
            return vec![Problem::general(NoCopy::NoFolder { path })];
        }
        let paths = self.paths(claims);
        let real: Vec<_> = paths.iter().map(|path| place(path)).collect();
        let mut problems = Vec::new();
        for (index, claim) in claims.iter().enumerate() {
            let path = Shown::path(&paths[index]);
            let same = real[..index].iter().position(|other| *other == real[index]);
            let why = match same {
                Some(first) => Some(NoCopy::SameName {
                    path,
                    other: Shown::path(&claims[first].path),
                }),
                None => claims
                    .iter()
                    .find_map(|original| in_the_way(&path, &real[index], &original.path)),
            };
            problems.extend(why.map(|why| claim.problem(why, caller)));
        }
        problems
    }
}

/// Why a copy cannot lie there beside what is copied. Links lead both to where they really are.
fn in_the_way(path: &Shown, copy: &Path, original: &Path) -> Option<NoCopy> {
    let (shown, path) = (Shown::path(original), path.clone());
    let (itself, place) = (real(original), place(original));
    if copy == itself || copy == place {
        Some(NoCopy::Original { path })
    } else if copy.starts_with(&itself) {
        Some(NoCopy::Within {
            path,
            original: shown,
        })
    } else if itself.starts_with(copy) || place.starts_with(copy) {
        Some(NoCopy::Around {
            path,
            original: shown,
        })
    } else {
        None
    }
}

/// A path whose folder is without links, as far as it exists; its last part is replaced and never followed.
fn place(path: &Path) -> PathBuf {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return path.to_owned();
    };
    real(folder).join(name)
}

fn base<'a>(claim: &'a Claim<'_>) -> &'a OsStr {
    claim.path.file_name().unwrap_or(OsStr::new("artefact.zip"))
}

fn own(claims: &[Claim<'_>], folder: &Path) -> Vec<PathBuf> {
    let mut taken: Vec<PathBuf> = claims.iter().map(|claim| claim.path.clone()).collect();
    let target = |claim: &Claim<'_>| {
        if claim.path.starts_with(folder) {
            return claim.path.clone();
        }
        let base = base(claim);
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
