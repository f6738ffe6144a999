//! Where an archive's bytes are: in a file, or in those pieces of it that were fetched.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};

/// What an archive is read from.
pub trait Bytes {
    /// So many bytes from there on; fewer where it ends before.
    ///
    /// # Errors
    /// They cannot be read, or are not there.
    fn part(&self, at: u64, length: u64) -> io::Result<impl Read>;
}

impl Bytes for File {
    fn part(&self, at: u64, length: u64) -> io::Result<impl Read> {
        let mut file = self;
        file.seek(SeekFrom::Start(at))?;
        Ok(file.take(length))
    }
}

/// Pieces of a file that lies elsewhere.
#[derive(Debug, Default)]
pub struct Pieces(Vec<(u64, Vec<u8>)>);

impl Pieces {
    /// Adds what lies there.
    pub fn add(&mut self, at: u64, bytes: Vec<u8>) {
        self.0.push((at, bytes));
    }

    /// Whether one piece has all of these bytes.
    #[must_use]
    pub fn has(&self, at: u64, length: u64) -> bool {
        self.find(at, length).is_some()
    }

    fn find(&self, at: u64, length: u64) -> Option<&[u8]> {
        self.0.iter().find_map(|(start, bytes)| {
            let from = usize::try_from(at.checked_sub(*start)?).ok()?;
            let to = from.checked_add(usize::try_from(length).ok()?)?;
            bytes.get(from..to)
        })
    }
}

impl Bytes for Pieces {
    fn part(&self, at: u64, length: u64) -> io::Result<impl Read> {
        let found = self.find(at, length);
        found.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
