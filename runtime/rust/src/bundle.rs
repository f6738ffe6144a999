//! The bundle's file: read and parsed once. Its format is `docs/bundle.md` of serverless-secret-baker.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use serde_json::Value;

use crate::error::Error;

const BAKE_AGAIN: &str = "package and deploy it again";

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
            match fs::read(file) {
                Ok(bytes) => return Self::parse(file.clone(), &bytes),
                Err(error) if is_absent(error.kind()) => {}
                Err(error) => return Err(unreadable(file.clone(), &error)),
            }
        }
        Err(Error::BundleMissing { looked_at: places })
    }

    fn parse(file: PathBuf, bytes: &[u8]) -> Result<Self, Error> {
        let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match serde_json::from_slice(json) {
            Ok(Value::Object(entries)) => Ok(Self {
                file,
                entries: entries.into_iter().collect(),
            }),
            Ok(_) => Err(Error::BundleInvalid {
                file,
                problem: "is JSON, but not an object".into(),
                hint: BAKE_AGAIN,
            }),
            Err(error) => Err(Error::BundleInvalid {
                file,
                problem: format!("is not JSON, or not all of it: {error}"),
                hint: BAKE_AGAIN,
            }),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// # Errors
    /// `NotInBundle`, with names that are much like it.
    pub(crate) fn entry(&self, name: &str) -> Result<&Value, Error> {
        self.entries.get(name).ok_or_else(|| Error::NotInBundle {
            secret: name.into(),
            file: self.file.clone(),
            near: self.near(name),
        })
    }

    /// At most three names that one may have meant.
    fn near(&self, name: &str) -> Vec<String> {
        let wanted = name.to_lowercase();
        let likeness =
            |other: &str| strsim::normalized_damerau_levenshtein(&wanted, &other.to_lowercase());
        let mut near: Vec<_> = self
            .names()
            .map(|other| (likeness(other), other))
            .filter(|(like, _)| *like >= 0.6)
            .collect();
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        near.into_iter()
            .take(3)
            .map(|(_, other)| other.to_owned())
            .collect()
    }
}

fn is_absent(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What is there and cannot be read is not missing.
fn unreadable(file: PathBuf, error: &io::Error) -> Error {
    let (problem, hint) = match error.kind() {
        ErrorKind::IsADirectory => (
            "is a folder".into(),
            "remove it and package again, or set SECRET_BAKER_FILE to the bundle's file",
        ),
        ErrorKind::PermissionDenied => (
            format!("cannot be read: {error}"),
            "give it the mode 0644, which the plugin gives it, and its folders 0755",
        ),
        _ => (format!("cannot be read: {error}"), BAKE_AGAIN),
    };
    Error::BundleInvalid {
        file,
        problem,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn what_cannot_be_read_is_said_with_the_reason_and_what_to_do() {
        for (kind, why, hint) in [
            (ErrorKind::PermissionDenied, "permission denied", "0644"),
            (ErrorKind::IsADirectory, "is a folder", "SECRET_BAKER_FILE"),
            (ErrorKind::Other, "cannot be read", "deploy it again"),
        ] {
            let error = unreadable("/var/task/bundle.json".into(), &kind.into());
            assert_eq!(error.code(), Code::BundleInvalid);
            let sentence = error.to_string();
            for part in ["`/var/task/bundle.json`", why, hint] {
                assert!(sentence.contains(part), "`{part}` is not in: {sentence}");
            }
        }
    }
}
