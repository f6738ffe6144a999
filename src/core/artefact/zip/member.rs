//! A plain file to put in: its headers, and whether an entry is this very file.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use flate2::read::DeflateDecoder;
use sha2::{Digest as _, Sha256};

use super::archive::{Archive, DEFLATED, LOCAL, STORED};
use super::bytes::{crc, put16, put32, put64, u32_at};
use super::entry::{
    CENTRAL, CENTRAL_LENGTH, EXTRA_64, Entry, LOCAL_LENGTH, MADE_ON_UNIX, PLAIN_FILE, SEE_64,
};
use super::trouble::Trouble::{self, Damaged};
use crate::folder::whole_file::{self, Staged};

/// Version 2.0 of the format.
const VERSION: u16 = 0x14;
/// 1980-01-01, the first day of the format: the same input always gives the same archive.
const FIRST_DAY: u16 = 1 << 5 | 1;

/// A plain file to put in.
#[derive(Debug)]
pub struct Member<'a> {
    name: &'a str,
    mode: u32,
    method: u16,
    crc: u32,
    length: u32,
    /// The SHA-256 of what it unpacks to.
    digest: [u8; 32],
    pub(super) packed: Cow<'a, [u8]>,
}

impl<'a> Member<'a> {
    /// A file as it is, which everybody may read.
    ///
    /// # Errors
    /// It has 4 GB or more.
    pub fn stored(name: &'a str, bytes: &'a [u8]) -> Result<Self, Trouble> {
        Ok(Self {
            name,
            mode: 0o644,
            method: STORED,
            crc: crc(bytes),
            length: u32::try_from(bytes.len()).map_err(|_| Damaged("the bundle is too long"))?,
            digest: Sha256::digest(bytes).into(),
            packed: bytes.into(),
        })
    }

    /// A program out of a gzip file, whose compressed bytes go in as they are (RFC 1952: header, deflate, CRC-32, length).
    ///
    /// # Errors
    /// It is no gzip file, a damaged one, or one with a name or comment in its header.
    pub fn of_gzip(name: &'a str, gzip: &[u8]) -> Result<Self, Trouble> {
        let plain = [0x1f, 0x8b, 8, 0];
        let (Some(length), true) = (gzip.len().checked_sub(18), gzip.starts_with(&plain)) else {
            return Err(Damaged("it is no plain gzip file"));
        };
        let packed = &gzip[10..10 + length];
        let (crc_said, length_said) = (u32_at(gzip, 10 + length), u32_at(gzip, 14 + length));
        let mut bytes = Vec::new();
        let mut unpacked = DeflateDecoder::new(packed).take(u64::from(length_said) + 1);
        let read = unpacked.read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 != u64::from(length_said) || crc(&bytes) != crc_said
        {
            return Err(Damaged("it is a damaged gzip file"));
        }
        Ok(Self {
            name,
            mode: 0o755,
            method: DEFLATED,
            crc: crc_said,
            length: length_said,
            digest: Sha256::digest(&bytes).into(),
            packed: packed.to_vec().into(),
        })
    }

    /// Its name, which is its place at the root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Whether an entry is this very file, readable and, if a program, executable by everybody.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn is(&self, entry: &Entry<'_>, archive: &Archive) -> Result<bool, Trouble> {
        let fits = entry.name() == self.name.as_bytes()
            && entry.allows(self.mode & 0o555)
            && entry.crc() == self.crc;
        Ok(fits
            && archive
                .read(entry, self.length as usize)?
                .is_some_and(|bytes| <[u8; 32]>::from(Sha256::digest(&bytes)) == self.digest))
    }

    /// Whether a file of a folder is this very one, readable and, if a program, executable by everybody. Links are not followed.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_file(&self, path: &Path) -> io::Result<bool> {
        let found = fs::symlink_metadata(path)?;
        let fits = found.is_file()
            && whole_file::allows(&found, self.mode & 0o555)
            && found.len() == u64::from(self.length);
        Ok(fits && <[u8; 32]>::from(Sha256::digest(fs::read(path)?)) == self.digest)
    }

    /// Writes it beside its place in a folder, with its mode.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn stage_in(&self, folder: &Path) -> io::Result<Staged> {
        let path = folder.join(self.name);
        whole_file::stage(&path, self.mode, |file| match self.method {
            DEFLATED => io::copy(&mut DeflateDecoder::new(&*self.packed), file).map(drop),
            _ => file.write_all(&self.packed),
        })
    }

    pub(super) fn packed_length(&self) -> u32 {
        u32::try_from(self.packed.len()).unwrap_or(SEE_64)
    }

    pub(super) fn local_header(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(LOCAL_LENGTH + self.name.len());
        put32(&mut header, LOCAL);
        self.common(&mut header);
        put16(&mut header, 0);
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    pub(super) fn central_record(&self, offset: u64) -> Vec<u8> {
        let short = u32::try_from(offset).unwrap_or(SEE_64);
        let mut extra = Vec::new();
        if short == SEE_64 {
            put16(&mut extra, EXTRA_64);
            put16(&mut extra, 8);
            put64(&mut extra, offset);
        }
        let mut record = Vec::with_capacity(CENTRAL_LENGTH + self.name.len() + extra.len());
        put32(&mut record, CENTRAL);
        put16(&mut record, MADE_ON_UNIX << 8 | VERSION);
        self.common(&mut record);
        put16(&mut record, u16::try_from(extra.len()).unwrap_or_default());
        put16(&mut record, 0);
        put16(&mut record, 0);
        put16(&mut record, 0);
        put32(&mut record, (PLAIN_FILE | self.mode) << 16);
        put32(&mut record, short);
        record.extend_from_slice(self.name.as_bytes());
        record.extend(extra);
        record
    }

    /// The fields that both headers have: version needed to the name's length.
    pub(super) fn common(&self, to: &mut Vec<u8>) {
        put16(to, VERSION);
        put16(to, 0);
        put16(to, self.method);
        put16(to, 0);
        put16(to, FIRST_DAY);
        put32(to, self.crc);
        put32(to, self.packed_length());
        put32(to, self.length);
        put16(to, u16::try_from(self.name.len()).unwrap_or_default());
    }
}
