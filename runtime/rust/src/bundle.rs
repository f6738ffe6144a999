//! The bundle's file: read and parsed once. Its format is `docs/bundle.md` of serverless-secret-baker.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use serde_json::Value;

use crate::bounded;
use crate::contract::{Code, hint, limit};
use crate::error::Error;
use crate::json;

/// A parsed file. Its entries are looked at only when they are asked for: one that is malformed fails by itself.
pub(crate) struct Bundle {
    pub(crate) file: PathBuf,
    entries: BTreeMap<String, Value>,
}

impl Bundle {
    /// Reads the first of the places that has a file.
    ///
    /// # Errors
    /// `BundleMissing` with all places, or `BundleInvalid` if the file cannot be read or is no bundle.
    pub(crate) fn read(places: Vec<PathBuf>) -> Result<Self, Error> {
        for file in &places {
            match bounded::read(file, limit::BUNDLE_BYTES) {
                Ok(bytes) => return Self::parse(file.clone(), &bytes),
                Err(error) if is_absent(error.kind()) => {}
                Err(error) => return Err(unreadable(file.clone(), &error)),
            }
        }
        Err(Error::BundleMissing { looked_at: places })
    }

    /// # Errors
    /// `BundleInvalid` for what is no bundle.
    pub(crate) fn parse(file: PathBuf, bytes: &[u8]) -> Result<Self, Error> {
        match json::strict(bytes).and_then(serde_json::from_slice) {
            Ok(entries) => Ok(Self { file, entries }),
            Err(error) => Err(Error::BundleInvalid {
                file,
                problem: format!("is not a JSON object as a bundle is one: {error}"),
                hint: Code::BundleInvalid.hint(),
            }),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// # Errors
    /// `NotInBundle`, with names that are there.
    pub(crate) fn entry(&self, name: &str) -> Result<&Value, Error> {
        self.entries.get(name).ok_or_else(|| Error::NotInBundle {
            secret: name.into(),
            file: self.file.clone(),
            names: self
                .names()
                .take(limit::NAMES_SHOWN)
                .map(str::to_owned)
                .collect(),
            others: self.entries.len().saturating_sub(limit::NAMES_SHOWN),
        })
    }
}

fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What is there and cannot be read is not missing.
fn unreadable(file: PathBuf, error: &io::Error) -> Error {
    let (problem, hint) = match error.kind() {
        ErrorKind::FileTooLarge => (
            format!("has more than {} bytes", limit::BUNDLE_BYTES),
            Code::BundleInvalid.hint(),
        ),
        _ => (
            format!("cannot be read: {error}"),
            hint::BUNDLE_INVALID_UNREADABLE,
        ),
    };
    Error::BundleInvalid {
        file,
        problem,
        hint,
    }
}
