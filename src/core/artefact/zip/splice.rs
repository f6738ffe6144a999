//! Writes an archive anew with entries taken out and put in: all others are copied as they are.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use super::archive::Archive;
use super::bytes::u32_at;
use super::end::End;
use super::entry::{Entry, SEE_64, record_length};
use super::member::Member;
use super::trouble::Trouble::{self, Damaged};

const CONTRADICTS: Trouble =
    Damaged("its directory says something else of an entry than the entry itself");

impl Archive {
    /// Writes the archive to `out` without some of its entries and with more, all of the format's first day.
    ///
    /// # Errors
    /// A file cannot be read or written; an entry to drop is damaged.
    pub fn write_with(
        mut self,
        out: &mut File,
        drop: impl Fn(&Entry<'_>) -> bool,
        members: &[&Member<'_>],
    ) -> Result<(), Trouble> {
        let gaps = self.gaps(drop)?;
        let mut at = 0;
        for gap in &gaps {
            self.copy(out, at, gap.from)?;
            at = gap.to;
        }
        self.copy(out, at, self.directory_at)?;
        let dropped: u64 = gaps.iter().map(|gap| gap.to - gap.from).sum();
        let mut new_at = self.directory_at - dropped;
        let mut records = Vec::new();
        for member in members {
            records.extend(member.central_record(new_at - self.preamble));
            let header = member.local_header();
            out.write_all(&header)?;
            out.write_all(&member.packed)?;
            new_at += (header.len() + member.packed.len()) as u64;
        }

        let kept = if gaps.is_empty() {
            self.count
        } else {
            self.forget(&gaps)?
        };
        out.write_all(&self.directory)?;
        out.write_all(&records)?;
        let count = kept + members.len() as u64;
        let length = (self.directory.len() + records.len()) as u64;
        let end = End {
            at: new_at + length,
            count,
            directory_length: length,
            directory_offset: new_at - self.preamble,
            comment: self.comment,
            is_64: self.is_64,
        };
        out.write_all(&end.bytes())?;
        Ok(())
    }

    /// Uses the kernel's own copying where it has one.
    fn copy(&self, out: &mut File, from: u64, to: u64) -> Result<(), Trouble> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(from))?;
        let copied = io::copy(&mut file.take(to - from), out)?;
        if copied == to - from {
            Ok(())
        } else {
            Err(Damaged("it has become shorter while it was read"))
        }
    }

    /// What goes, in the order of the file. An entry reaches as far as the next one, so that its
    /// data descriptor goes with it. Both are looked at before a byte is cut out: the directory may be wrong.
    fn gaps(&self, drop: impl Fn(&Entry<'_>) -> bool) -> Result<Vec<Gap>, Trouble> {
        let mut gaps = Vec::new();
        for entry in self.entries().filter(|entry| drop(entry)) {
            let from = self.start(&entry)?;
            let mut next = None;
            for other in self.entries() {
                let start = self.start(&other)?;
                if start > from && next.is_none_or(|(least, _)| start < least) {
                    next = Some((start, other));
                }
            }
            let Some(data) = self.data_of(&entry)? else {
                return Err(CONTRADICTS);
            };
            let to = match next {
                Some((start, other)) if self.data_of(&other)?.is_some() => start,
                Some(_) => return Err(CONTRADICTS),
                None => self.directory_at,
            };
            if data
                .checked_add(entry.compressed()?)
                .is_none_or(|end| end > to)
            {
                return Err(Damaged("two of its entries overlap"));
            }
            gaps.push(Gap { from, to });
        }
        gaps.sort_unstable_by_key(|gap| gap.from);
        Ok(gaps)
    }

    /// Takes the records of what is gone out of the directory and mends the others' offsets, all
    /// in place. The number of those that stay.
    fn forget(&mut self, gaps: &[Gap]) -> Result<u64, Trouble> {
        let (mut from, mut to, mut kept) = (0, 0, 0);
        while let Some(length) = self.directory.get(from..).and_then(record_length) {
            let entry = Entry {
                record: &self.directory[from..from + length],
            };
            let (offset, at) = (entry.offset()?, self.start(&entry)?);
            let record = &mut self.directory[from..from + length];
            if !gaps.iter().any(|gap| gap.from == at) {
                let before = gaps.iter().filter(|gap| gap.from < at);
                let shift: u64 = before.map(|gap| gap.to - gap.from).sum();
                set_offset(record, offset - shift)?;
                self.directory.copy_within(from..from + length, to);
                to += length;
                kept += 1;
            }
            from += length;
        }
        self.directory.truncate(to);
        Ok(kept)
    }
}

fn set_offset(record: &mut [u8], offset: u64) -> Result<(), Trouble> {
    if u32_at(record, 42) == SEE_64 {
        let at = Entry { record }.wide_at(42)?;
        record[at..at + 8].copy_from_slice(&offset.to_le_bytes());
    } else {
        // It has become smaller than it was.
        let short = u32::try_from(offset).unwrap_or(SEE_64);
        record[42..46].copy_from_slice(&short.to_le_bytes());
    }
    Ok(())
}

/// Bytes of the file that go.
#[derive(Debug, Clone, Copy)]
struct Gap {
    from: u64,
    to: u64,
}
