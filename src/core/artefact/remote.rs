//! Which bundle an artefact carries that lies behind a URL. Of its zip are fetched the end, the directory and one entry.

use std::ops::Range;

use super::carried::{NONE, entry_in, in_archive};
use super::zip::{Archive, Pieces, Trouble, directory_of};
use crate::aws::ranges::{NotFetched, Ranges};
use crate::bundle::{self, Bundle};

/// What may end a zip: its end in 64 bits, where that is found, its end, and the longest comment.
const END: u64 = 56 + 20 + 22 + 0xffff;
/// Some 200,000 entries: more than any function has files.
const LONGEST_DIRECTORY: u64 = 16 * 1024 * 1024;
/// A bundle that is packed is no longer than the longest one, but for its header.
const LONGEST_ENTRY: u64 = bundle::LONGEST as u64 + 0x2_0000;

/// Why nobody knows what an artefact carries.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// Its bytes do not come.
    #[error(transparent)]
    NotFetched(#[from] NotFetched),
    /// It is no zip, or what lies in it is no bundle.
    #[error("{0}")]
    Damaged(#[from] Trouble),
}

/// The bundle at the root of a zip. `None`: there is none.
///
/// # Errors
/// The zip cannot be fetched or read, or what lies there is no bundle.
pub async fn bundle_behind(ranges: &Ranges) -> Result<Option<Bundle>, Unread> {
    let mut pieces = Pieces::default();
    let end = ranges.end(END).await?;
    let size = end.size;
    pieces.add(end.at, end.bytes);
    let directory = directory_of(&pieces, size)?;
    fetch(ranges, size, &mut pieces, directory, LONGEST_DIRECTORY).await?;
    let mut archive = Archive::of(pieces, size)?;
    let reach = match entry_in(&archive)? {
        Some((entry, _)) => archive.reach(&entry)?,
        None => return Ok(None),
    };
    fetch(ranges, size, archive.file_mut(), reach, LONGEST_ENTRY).await?;
    let read = in_archive(&archive)?.map(|bytes| Bundle::read(&bytes));
    Ok(read.transpose().map_err(|_| NONE)?)
}

async fn fetch(
    ranges: &Ranges,
    size: u64,
    pieces: &mut Pieces,
    wanted: Range<u64>,
    longest: u64,
) -> Result<(), Unread> {
    let length = wanted.end.saturating_sub(wanted.start);
    if length > longest {
        return Err(Trouble::Damaged("its directory or its bundle is too long").into());
    }
    if !pieces.has(wanted.start, length) {
        let at = wanted.start;
        pieces.add(at, ranges.bytes(wanted, size).await?);
    }
    Ok(())
}
