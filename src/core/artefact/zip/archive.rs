//! An open archive: its file, its central directory, and what its entries unpack to.

use std::fs::{self, File};
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use flate2::read::DeflateDecoder;

use super::bytes::{crc, read_at, u16_at, u32_at};
use super::end::End;
use super::entry::{Entry, LOCAL_LENGTH, record_length};
use super::pieces::Bytes;
use super::trouble::Trouble::{self, Damaged};
use crate::folder::whole_file;

pub(super) const LOCAL: u32 = 0x0403_4b50;
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
const STREAMED: u16 = 1 << 3;
/// The longest extra fields that a local header may have.
const LONGEST_EXTRA: u64 = 0xffff;

/// An open archive: its file and its central directory.
#[derive(Debug)]
pub struct Archive<B = File> {
    pub(super) file: B,
    /// The records of the central directory.
    pub(super) directory: Vec<u8>,
    /// Where they begin in the file.
    pub(super) directory_at: u64,
    /// How many bytes precede the archive in its file: a self-extracting one has a program there.
    pub(super) preamble: u64,
    /// How many records there are.
    pub(super) count: u64,
    /// The comment that ends the file.
    pub(super) comment: Vec<u8>,
    /// Whether its end is written in 64 bits already.
    pub(super) is_64: bool,
}

impl Archive {
    /// Opens an archive and reads its central directory.
    ///
    /// # Errors
    /// The file cannot be read, or is no whole archive.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        // Asked before it is opened: a pipe would wait for somebody who writes.
        if !fs::metadata(path)?.is_file() {
            return Err(Damaged("it is a device, a pipe or a folder, and no file"));
        }
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Self::of(file, size)
    }

    /// The permissions of its file.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn mode(&self) -> Result<u32, Trouble> {
        Ok(whole_file::mode_of(&self.file.metadata()?))
    }
}

/// Where in a file the central directory of its archive lies: only what ends the file is looked at.
///
/// # Errors
/// The file's end cannot be read, or is that of no whole archive.
pub fn directory_of(file: &impl Bytes, size: u64) -> Result<Range<u64>, Trouble> {
    let end = End::read(file, size)?;
    Ok(directory_at(&end)?..end.at)
}

fn directory_at(end: &End) -> Result<u64, Trouble> {
    let outside = Damaged("its central directory lies outside the file");
    end.at.checked_sub(end.directory_length).ok_or(outside)
}

impl<B: Bytes> Archive<B> {
    /// The archive in a file of so many bytes.
    ///
    /// # Errors
    /// The file cannot be read, or is no whole archive.
    pub fn of(file: B, size: u64) -> Result<Self, Trouble> {
        let end = End::read(&file, size)?;
        let directory_at = directory_at(&end)?;
        let Some(preamble) = directory_at.checked_sub(end.directory_offset) else {
            return Err(Damaged("its central directory lies outside the file"));
        };
        let directory = read_at(&file, directory_at, end.directory_length)?;
        let mut archive = Self {
            file,
            directory,
            directory_at,
            preamble,
            count: 0,
            comment: end.comment,
            is_64: end.is_64,
        };
        archive.count = archive.check(end.count)?;
        Ok(archive)
    }

    /// The entries, in the order of the central directory.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let length = record_length(self.directory.get(at..)?)?;
            let record = self.directory.get(at..at + length)?;
            at += length;
            Some(Entry { record })
        })
    }

    /// Walks through the whole directory once; the number of its records.
    pub(super) fn check(&self, expected: u64) -> Result<u64, Trouble> {
        let (mut count, mut length) = (0_u64, 0);
        let mut places = Vec::new();
        for entry in self.entries() {
            count += 1;
            length += entry.record.len();
            let start = self.start(&entry)?;
            places.push((start, entry.least_end(start)?));
        }
        places.sort_unstable();
        let next = places.iter().skip(1).map(|(start, _)| *start);
        for ((_, end), next) in places.iter().zip(next.chain([self.directory_at])) {
            if *end > next {
                return Err(Damaged(
                    "two of its entries overlap, or one lies outside the file",
                ));
            }
        }
        // Some tools write more than 65,535 entries without zip64: the number then wraps.
        let counted = if self.is_64 { count } else { count & 0xffff };
        if length != self.directory.len() || counted != expected {
            return Err(Damaged("its central directory is damaged"));
        }
        Ok(count)
    }

    /// Where an entry's local header begins in the file.
    pub(super) fn start(&self, entry: &Entry<'_>) -> Result<u64, Trouble> {
        let start = self.preamble.checked_add(entry.offset()?);
        let outside = Damaged("an entry lies outside the file");
        start
            .filter(|start| *start < self.directory_at)
            .ok_or(outside)
    }

    /// What it is read from.
    pub fn file_mut(&mut self) -> &mut B {
        &mut self.file
    }

    /// Where all of an entry lies: its header, its extra fields, however long, and its bytes.
    ///
    /// # Errors
    /// The directory is damaged.
    pub fn reach(&self, entry: &Entry<'_>) -> Result<Range<u64>, Trouble> {
        let start = self.start(entry)?;
        let longest = entry.least_end(start)?.saturating_add(LONGEST_EXTRA);
        let mut end = self.directory_at.min(longest);
        for other in self.entries() {
            let at = self.start(&other)?;
            if at > start {
                end = end.min(at);
            }
        }
        Ok(start..end)
    }

    /// What an entry unpacks to; `None` if that has not just `length` bytes, is encrypted, is
    /// compressed in a way that Lambda does not know, or is damaged.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, entry: &Entry<'_>, length: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let expected = length as u64;
        if entry.length()? != expected || entry.flags() & ENCRYPTED != 0 {
            return Ok(None);
        }
        let Some(data) = self.data_of(entry)? else {
            return Ok(None);
        };
        let packed = self.file.part(data, entry.compressed()?)?;
        let mut bytes = Vec::with_capacity(length);
        let read = match entry.method() {
            STORED => packed.take(expected + 1).read_to_end(&mut bytes),
            DEFLATED => DeflateDecoder::new(packed)
                .take(expected + 1)
                .read_to_end(&mut bytes),
            _ => return Ok(None),
        };
        let whole = read.is_ok() && bytes.len() == length && crc(&bytes) == entry.crc();
        Ok(whole.then_some(bytes))
    }

    /// Where an entry's bytes begin; `None` if its local header tells something else than the directory.
    pub(super) fn data_of(&self, entry: &Entry<'_>) -> Result<Option<u64>, Trouble> {
        let at = self.start(entry)?;
        let header = read_at(&self.file, at, LOCAL_LENGTH as u64)?;
        if u32_at(&header, 0) != LOCAL {
            return Err(Damaged("an entry does not begin where it should"));
        }
        let (name, extra) = (u16_at(&header, 26), u16_at(&header, 28));
        let local_name = read_at(&self.file, at + LOCAL_LENGTH as u64, u64::from(name))?;
        let data = at + LOCAL_LENGTH as u64 + u64::from(name) + u64::from(extra);
        let end = data.checked_add(entry.compressed()?);
        let fits = local_name == entry.name()
            && u16_at(&header, 8) == entry.method()
            // What was streamed has its checksum behind it.
            && (u16_at(&header, 6) & STREAMED != 0 || u32_at(&header, 14) == entry.crc())
            && end.is_some_and(|end| end <= self.directory_at);
        Ok(fits.then_some(data))
    }
}
