//! One record of the central directory (APPNOTE 4.3.12), and its zip64 extra field (4.5.3).

use super::bytes::{u16_at, u32_at, u64_at};
use super::trouble::Trouble::{self, Damaged};

pub(super) const CENTRAL: u32 = 0x0201_4b50;
pub(super) const CENTRAL_LENGTH: usize = 46;
/// A local header without name and extra fields.
pub(super) const LOCAL_LENGTH: usize = 30;
/// A field of 32 bits with this value stands for one of 64 bits elsewhere.
pub(super) const SEE_64: u32 = u32::MAX;
pub(super) const EXTRA_64: u16 = 1;
pub(super) const MADE_ON_UNIX: u16 = 3;
pub(super) const PLAIN_FILE: u32 = 0o100_000;

/// One record of the central directory.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub(super) record: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The name as it is written.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        let length = usize::from(u16_at(self.record, 28));
        &self.record[CENTRAL_LENGTH..CENTRAL_LENGTH + length]
    }

    /// Whether it unpacks to a plain file that gives everybody these permissions. Where it was made on
    /// another system than Unix there are none, and what unpacks it gives what is usual.
    #[must_use]
    pub fn allows(&self, permissions: u32) -> bool {
        let made_on = u16_at(self.record, 4) >> 8;
        let mode = u32_at(self.record, 38) >> 16;
        let is_file = matches!(mode & 0o170_000, 0 | PLAIN_FILE);
        let usual = permissions & 0o111 == 0;
        (made_on != MADE_ON_UNIX && usual) || (is_file && mode & permissions == permissions)
    }

    pub(super) fn flags(&self) -> u16 {
        u16_at(self.record, 8)
    }

    pub(super) fn method(&self) -> u16 {
        u16_at(self.record, 10)
    }

    pub(super) fn crc(&self) -> u32 {
        u32_at(self.record, 16)
    }

    pub(super) fn compressed(&self) -> Result<u64, Trouble> {
        self.wide(20)
    }

    /// How many bytes it unpacks to, as it says itself.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn length(&self) -> Result<u64, Trouble> {
        self.wide(24)
    }

    pub(super) fn offset(&self) -> Result<u64, Trouble> {
        self.wide(42)
    }

    /// An entry that begins at `start` ends here or later: its local header may have more extra fields, and a descriptor may follow.
    pub(super) fn least_end(&self, start: u64) -> Result<u64, Trouble> {
        let header = LOCAL_LENGTH as u64 + self.name().len() as u64;
        let length = header.checked_add(self.compressed()?);
        let end = length.and_then(|length| start.checked_add(length));
        end.ok_or(Damaged("an entry lies outside the file"))
    }

    /// A field that may have moved into the zip64 extra field.
    pub(super) fn wide(&self, field: usize) -> Result<u64, Trouble> {
        match u32_at(self.record, field) {
            SEE_64 => {
                let at = self.wide_at(field)?;
                Ok(u64_at(self.record, at))
            }
            short => Ok(u64::from(short)),
        }
    }

    /// Where within the record the 64 bits of a field lie. The extra field has only those that
    /// did not fit, always in this order.
    pub(super) fn wide_at(&self, field: usize) -> Result<usize, Trouble> {
        let lacking = Damaged("an entry refers to 64-bit fields that it lacks");
        let before = [24, 20, 42].into_iter().take_while(|other| *other != field);
        let skipped = before.filter(|other| u32_at(self.record, *other) == SEE_64);
        let within = skipped.count() * 8;
        let Some((at, length)) = self.extra(EXTRA_64) else {
            return Err(lacking);
        };
        if within + 8 <= length {
            Ok(at + within)
        } else {
            Err(lacking)
        }
    }

    /// Where an extra field's data lie within the record, and how many bytes they have.
    pub(super) fn extra(&self, id: u16) -> Option<(usize, usize)> {
        let mut at = CENTRAL_LENGTH + usize::from(u16_at(self.record, 28));
        let end = at + usize::from(u16_at(self.record, 30));
        while at + 4 <= end {
            let length = usize::from(u16_at(self.record, at + 2));
            if at + 4 + length > end {
                return None;
            }
            if u16_at(self.record, at) == id {
                return Some((at + 4, length));
            }
            at += 4 + length;
        }
        None
    }
}

/// The length of the record that begins here; `None` where none does.
pub(super) fn record_length(bytes: &[u8]) -> Option<usize> {
    if bytes.len() < CENTRAL_LENGTH || u32_at(bytes, 0) != CENTRAL {
        return None;
    }
    let variable = [28, 30, 32].map(|field| usize::from(u16_at(bytes, field)));
    Some(CENTRAL_LENGTH + variable.iter().sum::<usize>())
}
