//! Where an artefact goes that is to change: where it is, or a copy elsewhere.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::claims::Claim;
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
}

impl Explain for NoCopy {
    fn code(&self) -> Code {
        Code::ArtefactShared
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
        if !self.takes_all() {
            return Vec::new();
        }
        let paths = self.paths(claims);
        let mut problems = Vec::new();
        for (index, (claim, path)) in claims.iter().zip(&paths).enumerate() {
            let shown = Shown::path(path);
            let same = paths[..index].iter().position(|other| other == path);
            let why = if let Some(first) = same {
                let other = Shown::path(&claims[first].path);
                NoCopy::SameName { path: shown, other }
            } else if claims.iter().any(|original| original.path == *path) {
                NoCopy::Original { path: shown }
            } else if let Some(original) = claims.iter().find(|other| path.starts_with(&other.path))
            {
                let original = Shown::path(&original.path);
                NoCopy::Within {
                    path: shown,
                    original,
                }
            } else {
                continue;
            };
            problems.push(claim.problem(why, caller));
        }
        problems
    }
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
