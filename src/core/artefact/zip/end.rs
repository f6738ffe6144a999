//! What ends an archive: the end of central directory record (APPNOTE 4.3.16) and its form in 64 bits (4.3.14, 4.3.15).

use super::bytes::{put16, put32, put64, read_at, u16_at, u32_at, u64_at};
use super::entry::{MADE_ON_UNIX, SEE_64};
use super::pieces::Bytes;
use super::trouble::Trouble::{self, Damaged};

const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const END_LENGTH: usize = 22;
const END_64_LENGTH: usize = 56;
const LOCATOR_64_LENGTH: usize = 20;
/// The longest comment that an archive may end with.
const COMMENT: usize = 0xffff;
/// Version 4.5 of the format, the first with 64 bits.
const VERSION_64: u16 = 0x2d;

/// What the end of an archive tells.
pub(super) struct End {
    /// Where the central directory ends.
    pub(super) at: u64,
    pub(super) count: u64,
    pub(super) directory_length: u64,
    pub(super) directory_offset: u64,
    pub(super) comment: Vec<u8>,
    pub(super) is_64: bool,
}

impl End {
    pub(super) fn read(file: &impl Bytes, size: u64) -> Result<Self, Trouble> {
        let tail_length = size.min((END_LENGTH + COMMENT + LOCATOR_64_LENGTH) as u64);
        let tail_at = size - tail_length;
        let tail = read_at(file, tail_at, tail_length)?;
        let found = (0..(tail.len() + 1).saturating_sub(END_LENGTH))
            .rev()
            .find(|at| {
                u32_at(&tail, *at) == END
                    && at + END_LENGTH + usize::from(u16_at(&tail, at + 20)) == tail.len()
            });
        let Some(at) = found else {
            return Err(Damaged(
                "it is no zip archive, or its end is missing (is it whole?)",
            ));
        };
        let end = &tail[at..];
        if u16_at(end, 4) != u16_at(end, 6) || u16_at(end, 8) != u16_at(end, 10) {
            return Err(Damaged("it is one of several parts"));
        }
        let short = Self {
            at: tail_at + at as u64,
            count: u64::from(u16_at(end, 10)),
            directory_length: u64::from(u32_at(end, 12)),
            directory_offset: u64::from(u32_at(end, 16)),
            comment: end[END_LENGTH..].to_vec(),
            is_64: false,
        };
        match at.checked_sub(LOCATOR_64_LENGTH) {
            Some(locator) if u32_at(&tail, locator) == LOCATOR_64 => {
                short.widen(file, tail_at + locator as u64, &tail[locator..at])
            }
            _ => Ok(short),
        }
    }

    /// Takes the numbers from the zip64 record that the locator names.
    fn widen(self, file: &impl Bytes, locator_at: u64, locator: &[u8]) -> Result<Self, Trouble> {
        // With a preamble the named offset is wrong, unless the record has extensions it is here.
        let beside = locator_at.checked_sub(END_64_LENGTH as u64);
        for at in [Some(u64_at(locator, 8)), beside].into_iter().flatten() {
            if at
                .checked_add(END_64_LENGTH as u64)
                .is_none_or(|end| end > locator_at)
            {
                continue;
            }
            let record = read_at(file, at, END_64_LENGTH as u64)?;
            if u32_at(&record, 0) == END_64 {
                return Ok(Self {
                    at,
                    count: u64_at(&record, 32),
                    directory_length: u64_at(&record, 40),
                    directory_offset: u64_at(&record, 48),
                    comment: self.comment,
                    is_64: true,
                });
            }
        }
        Err(Damaged("its 64-bit end is missing"))
    }

    /// What follows the central directory, as bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let (count, offset, length) = (self.count, self.directory_offset, self.directory_length);
        let needs_64 = count >= 0xffff || length >= SEE_64.into() || offset >= SEE_64.into();
        let mut end =
            Vec::with_capacity(END_64_LENGTH + LOCATOR_64_LENGTH + END_LENGTH + self.comment.len());
        if needs_64 || self.is_64 {
            put32(&mut end, END_64);
            put64(&mut end, END_64_LENGTH as u64 - 12);
            put16(&mut end, MADE_ON_UNIX << 8 | VERSION_64);
            put16(&mut end, VERSION_64);
            put32(&mut end, 0);
            put32(&mut end, 0);
            put64(&mut end, count);
            put64(&mut end, count);
            put64(&mut end, length);
            put64(&mut end, offset);
            put32(&mut end, LOCATOR_64);
            put32(&mut end, 0);
            put64(&mut end, offset + length);
            put32(&mut end, 1);
        }
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        put32(&mut end, END);
        put16(&mut end, 0);
        put16(&mut end, 0);
        put16(&mut end, count);
        put16(&mut end, count);
        put32(&mut end, u32::try_from(length).unwrap_or(SEE_64));
        put32(&mut end, u32::try_from(offset).unwrap_or(SEE_64));
        // It was read from a field of 16 bits.
        put16(
            &mut end,
            u16::try_from(self.comment.len()).unwrap_or_default(),
        );
        end.extend_from_slice(&self.comment);
        end
    }
}
