//! Where the config is.

use std::fs;
use std::path::{Path, PathBuf};

use secret_baker_core::failure::shown::Shown;

use super::refusal::NoService;
use super::{FILES, Given};

/// What belongs to the framework.
const FRAMEWORKS: [&str; 9] = [
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
    "serverless.js",
    "serverless.cjs",
    "serverless.mjs",
    "serverless.ts",
    "serverless.cts",
    "serverless.mts",
];

/// A config's file.
pub struct Found {
    /// Its path.
    pub path: PathBuf,
    /// As users know it: as they have named it, or its name alone where it lies in the folder that they are in.
    pub named: String,
}

impl Found {
    /// The one that was named, or the nearest: ours before the framework's in one folder.
    ///
    /// # Errors
    /// There is none, or nobody can tell which is meant.
    pub fn of(start: &Path, given: &Given) -> Result<Self, NoService> {
        if let Some(file) = &given.file {
            return Ok(Self {
                path: start.join(file),
                named: file.to_string_lossy().into_owned(),
            });
        }
        for folder in start.ancestors() {
            if let Some(name) = in_folder(folder)? {
                let path = folder.join(name);
                let named = if folder == start {
                    name.to_owned()
                } else {
                    path.to_string_lossy().into_owned()
                };
                return Ok(Self { path, named });
            }
        }
        Err(NoService::Missing {
            folder: Shown::path(start),
        })
    }

    /// Whether it belongs to the framework.
    #[must_use]
    pub fn is_frameworks(&self) -> bool {
        let name = self.path.file_name();
        name.is_some_and(|name| FRAMEWORKS.iter().any(|known| name == *known))
    }

    /// Whether it is YAML, by its name.
    #[must_use]
    pub fn is_yaml(&self) -> bool {
        let end = self.path.extension();
        end.is_some_and(|end| end == "yml" || end == "yaml")
    }

    /// Its folder.
    #[must_use]
    pub fn folder<'a>(&'a self, start: &'a Path) -> &'a Path {
        self.path.parent().unwrap_or(start)
    }
}

/// Whatever has the name is meant, a link that leads nowhere too: who reads it says what is wrong with it, and no other one above it is
/// taken in its place.
fn in_folder(folder: &Path) -> Result<Option<&'static str>, NoService> {
    let is_there = |name: &&str| fs::symlink_metadata(folder.join(name)).is_ok();
    if FILES.iter().all(is_there) {
        return Err(NoService::Two {
            folder: Shown::path(folder),
        });
    }
    let mut names = FILES.iter().chain(&FRAMEWORKS).copied();
    Ok(names.find(|name| is_there(name)))
}
