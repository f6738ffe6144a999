//! Which bundle an artefact carries, whether it is a zip or a folder.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::look::{Unusable, is_at};
use super::zip::{Archive, Trouble};
use crate::bundle::{self, Bundle};

/// The bundle at the root of an artefact. `None`: there is none.
///
/// # Errors
/// The artefact cannot be read, or what lies there is no bundle.
pub fn bundle_of(path: &Path) -> Result<Option<Bundle>, Unusable> {
    let found = fs::metadata(path).map_err(|error| Unusable::of(path, &error.into()))?;
    let bytes = if found.is_dir() {
        in_folder(path)
    } else {
        Archive::open(path).and_then(|archive| in_archive(&archive))
    };
    let bytes = bytes.map_err(|trouble| Unusable::of(path, &trouble))?;
    let read = bytes.map(|bytes| Bundle::read(&bytes)).transpose();
    read.map_err(|_| Unusable::of(path, &NONE))
}

const NONE: Trouble = Trouble::Damaged("what lies in it as secret-baker-secrets.json is no bundle");

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
        return Err(NONE);
    }
    Ok(Some(bytes))
}

fn in_archive(archive: &Archive) -> Result<Option<Vec<u8>>, Trouble> {
    let mut there = archive.entries().filter(|entry| is_at(entry, bundle::FILE));
    let Some(entry) = there.next() else {
        return Ok(None);
    };
    let length = usize::try_from(entry.length()?).ok();
    let length = length.filter(|length| *length <= bundle::LONGEST && there.next().is_none());
    let Some(length) = length else {
        return Err(NONE);
    };
    archive.read(&entry, length)?.map(Some).ok_or(NONE)
}

#[cfg(test)]
mod tests;
