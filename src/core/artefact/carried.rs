//! Which bundle an artefact carries, whether it is a zip or a folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::look::{Unusable, is_at};
use super::zip::{Archive, Bytes, Entry, Trouble};
use crate::bundle::{self, Bundle};

/// The bundle at the root of an artefact. `None`: there is none.
///
/// # Errors
/// The artefact cannot be read, or what lies there is no bundle.
pub fn bundle_of(path: &Path) -> Result<Option<Bundle>, Unusable> {
    let found = fs::metadata(path).map_err(|error| Unusable::of(path, &error.into()))?;
    let bytes = if found.is_dir() {
        in_folder(path)
    } else if found.is_file() {
        Archive::open(path).and_then(|archive| in_archive(&archive))
    } else {
        // A pipe might never end.
        Err(Trouble::Damaged("it is neither a file nor a folder"))
    };
    let bytes = bytes.map_err(|trouble| Unusable::of(path, &trouble))?;
    let read = bytes.map(|bytes| Bundle::read(&bytes)).transpose();
    read.map_err(|_| Unusable::of(path, &NONE))
}

pub(super) const NONE: Trouble =
    Trouble::Damaged("what lies in it as secret-baker-secrets.json is no bundle");
const TWICE: Trouble = Trouble::Damaged("secret-baker-secrets.json is in it more than once");
const TOO_LONG: Trouble =
    Trouble::Damaged("its secret-baker-secrets.json is longer than any bundle");
const UNREADABLE: Trouble = Trouble::Damaged(
    "its secret-baker-secrets.json is damaged, encrypted, or compressed in a way that Lambda does not know",
);

fn in_folder(folder: &Path) -> Result<Option<Vec<u8>>, Trouble> {
    let path = folder.join(bundle::FILE);
    match fs::metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
        // A pipe might never end.
        Ok(found) if !found.is_file() => return Err(NONE),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let most = bundle::LONGEST as u64 + 1;
    File::open(&path)?.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > bundle::LONGEST {
        return Err(TOO_LONG);
    }
    Ok(Some(bytes))
}

/// The entry of an archive that unpacks to the bundle, and how long that is. `None`: there is none.
///
/// # Errors
/// There are several, or it would be longer than any bundle.
pub(super) fn entry_in<B: Bytes>(
    archive: &Archive<B>,
) -> Result<Option<(Entry<'_>, usize)>, Trouble> {
    let mut there = archive.entries().filter(|entry| is_at(entry, bundle::FILE));
    let Some(entry) = there.next() else {
        return Ok(None);
    };
    if there.next().is_some() {
        return Err(TWICE);
    }
    let length = usize::try_from(entry.length()?).ok();
    let length = length.filter(|length| *length <= bundle::LONGEST);
    length.map(|length| Some((entry, length))).ok_or(TOO_LONG)
}

/// What the bundle's entry unpacks to. `None`: there is none.
///
/// # Errors
/// The archive cannot be read, or what lies there can be no bundle.
pub(super) fn in_archive<B: Bytes>(archive: &Archive<B>) -> Result<Option<Vec<u8>>, Trouble> {
    let Some((entry, length)) = entry_in(archive)? else {
        return Ok(None);
    };
    archive.read(&entry, length)?.map(Some).ok_or(UNREADABLE)
}

#[cfg(test)]
mod tests;
