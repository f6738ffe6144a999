//! The launcher: a program at the root of an artefact that makes environment variables of its secrets.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::claims::Claim;
use super::zip::Member;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};

/// Its name in an artefact.
pub const FILE: &str = "secret-baker-launcher";

/// There is no launcher for the function's processor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the launcher {path} cannot be used: {said}")]
pub struct NoLauncher {
    path: Shown,
    said: Shown,
}

impl Explain for NoLauncher {
    fn code(&self) -> Code {
        Code::NoLauncher
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(caller.launcher.clone())
    }
}

/// The launchers that artefacts want, one a processor, each read once.
#[derive(Debug, Default)]
pub struct Launchers(HashMap<PathBuf, Member<'static>>);

impl Launchers {
    /// Reads those that are wanted.
    ///
    /// # Errors
    /// One is not there, or is not what the package has.
    pub fn read(claims: &[Claim<'_>]) -> Result<Self, NoLauncher> {
        let mut launchers = HashMap::new();
        for path in claims.iter().filter_map(|claim| claim.launcher) {
            if !launchers.contains_key(path) {
                launchers.insert(path.to_owned(), read(path)?);
            }
        }
        Ok(Self(launchers))
    }

    /// That of an artefact, if it wants one.
    #[must_use]
    pub fn of(&self, claim: &Claim<'_>) -> Option<&Member<'static>> {
        self.0.get(claim.launcher?)
    }
}

/// Reads one gzip file.
///
/// # Errors
/// As `Launchers::read`.
pub fn read(path: &Path) -> Result<Member<'static>, NoLauncher> {
    let lacking = |said: String| NoLauncher {
        path: Shown::path(path),
        said: said.into(),
    };
    let gzip = fs::read(path).map_err(|error| lacking(error.to_string()))?;
    Member::of_gzip(FILE, &gzip).map_err(|trouble| lacking(trouble.to_string()))
}

#[cfg(test)]
mod tests;
