//! Little-endian numbers, checksums, and pieces of a file.

use std::io::{self, Read as _};

use super::pieces::Bytes;
use super::trouble::Trouble::{self, Damaged};

pub(super) fn read_at(file: &impl Bytes, at: u64, length: u64) -> Result<Vec<u8>, Trouble> {
    let length = usize::try_from(length).map_err(|_| Damaged("it is too long for this machine"))?;
    // At once in its size: the central directory is all that this process holds of an archive.
    let mut bytes = vec![0; length];
    let part = file.part(at, length as u64);
    let read = part.and_then(|mut part| part.read_exact(&mut bytes));
    read.map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Damaged("it ends too early")
        } else {
            error.into()
        }
    })?;
    Ok(bytes)
}

pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Reads little-endian; 0 past the end, which the callers have ruled out.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let read = bytes
        .get(at..at + N)
        .and_then(|bytes| bytes.try_into().ok());
    read.unwrap_or([0; N])
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number(bytes, at))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number(bytes, at))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number(bytes, at))
}

pub(super) fn put16(to: &mut Vec<u8>, number: u16) {
    to.extend(number.to_le_bytes());
}

pub(super) fn put32(to: &mut Vec<u8>, number: u32) {
    to.extend(number.to_le_bytes());
}

pub(super) fn put64(to: &mut Vec<u8>, number: u64) {
    to.extend(number.to_le_bytes());
}
