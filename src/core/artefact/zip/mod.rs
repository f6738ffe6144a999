//! The container of an artefact: what is in a zip, and the same zip with one entry changed.
//!
//! Nothing is compressed again and no byte of another entry changes: the entries are copied as
//! they are, one is put behind them, and the central directory follows with its offsets mended.
//! Only the central directory is held in memory. The format is that of PKWARE's APPNOTE 6.3,
//! sections 4.3.7 (local file header) to 4.3.16 (end of central directory record), and 4.5.3
//! (zip64).

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use flate2::read::DeflateDecoder;
use sha2::{Digest as _, Sha256};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
const END_64_LENGTH: usize = 56;
const LOCATOR_64_LENGTH: usize = 20;
/// The longest comment that an archive may end with.
const COMMENT: usize = 0xffff;

/// A field of 32 bits with this value stands for one of 64 bits elsewhere.
const SEE_64: u32 = u32::MAX;
const EXTRA_64: u16 = 1;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ENCRYPTED: u16 = 1;
const STREAMED: u16 = 1 << 3;
const MADE_ON_UNIX: u16 = 3;
/// Versions 2.0 and 4.5 of the format, the first with what we write.
const VERSION: u16 = 0x14;
const VERSION_64: u16 = 0x2d;
const PLAIN_FILE: u32 = 0o100_000;
/// 1980-01-01, the first day of the format: the same input always gives the same archive.
const FIRST_DAY: u16 = 1 << 5 | 1;

/// Why an archive cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file system's.
    #[error("{0}")]
    File(#[from] io::Error),
    /// It is no archive, or a damaged one.
    #[error("{0}")]
    Damaged(&'static str),
}

use Trouble::Damaged;

const CONTRADICTS: Trouble =
    Damaged("its directory says something else of an entry than the entry itself");

/// An open archive: its file and its central directory.
#[derive(Debug)]
pub struct Archive {
    file: File,
    /// The records of the central directory.
    directory: Vec<u8>,
    /// Where they begin in the file.
    directory_at: u64,
    /// How many bytes precede the archive in its file: a self-extracting one has a program there.
    preamble: u64,
    /// How many records there are.
    count: u64,
    /// The comment that ends the file.
    comment: Vec<u8>,
    /// Whether its end is written in 64 bits already.
    is_64: bool,
}

/// One record of the central directory.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    record: &'a [u8],
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

    fn flags(&self) -> u16 {
        u16_at(self.record, 8)
    }

    fn method(&self) -> u16 {
        u16_at(self.record, 10)
    }

    fn crc(&self) -> u32 {
        u32_at(self.record, 16)
    }

    fn compressed(&self) -> Result<u64, Trouble> {
        self.wide(20)
    }

    /// How many bytes it unpacks to, as it says itself.
    ///
    /// # Errors
    /// The record is damaged.
    pub fn length(&self) -> Result<u64, Trouble> {
        self.wide(24)
    }

    fn offset(&self) -> Result<u64, Trouble> {
        self.wide(42)
    }

    /// An entry that begins at `start` ends here or later: its local header may have more extra fields, and a descriptor may follow.
    fn least_end(&self, start: u64) -> Result<u64, Trouble> {
        let header = LOCAL_LENGTH as u64 + self.name().len() as u64;
        let length = header.checked_add(self.compressed()?);
        let end = length.and_then(|length| start.checked_add(length));
        end.ok_or(Damaged("an entry lies outside the file"))
    }

    /// A field that may have moved into the zip64 extra field.
    fn wide(&self, field: usize) -> Result<u64, Trouble> {
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
    fn wide_at(&self, field: usize) -> Result<usize, Trouble> {
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
    fn extra(&self, id: u16) -> Option<(usize, usize)> {
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

impl Archive {
    /// Opens an archive and reads its central directory.
    ///
    /// # Errors
    /// The file cannot be read, or is no whole archive.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let end = End::read(&file, size)?;
        let directory_at = end.at.checked_sub(end.directory_length);
        let preamble = directory_at.and_then(|at| at.checked_sub(end.directory_offset));
        let (Some(directory_at), Some(preamble)) = (directory_at, preamble) else {
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
    fn check(&self, expected: u64) -> Result<u64, Trouble> {
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
    fn start(&self, entry: &Entry<'_>) -> Result<u64, Trouble> {
        let start = self.preamble.checked_add(entry.offset()?);
        let outside = Damaged("an entry lies outside the file");
        start
            .filter(|start| *start < self.directory_at)
            .ok_or(outside)
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
        let mut file = &self.file;
        file.seek(SeekFrom::Start(data))?;
        let packed = file.take(entry.compressed()?);
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
    fn data_of(&self, entry: &Entry<'_>) -> Result<Option<u64>, Trouble> {
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
        out.write_all(&self.end(count, new_at - self.preamble, length))?;
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

    /// What follows a central directory of `count` records, at `offset`, of `length` bytes.
    fn end(&self, count: u64, offset: u64, length: u64) -> Vec<u8> {
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

/// What the end of an archive tells.
struct End {
    /// Where the central directory ends.
    at: u64,
    count: u64,
    directory_length: u64,
    directory_offset: u64,
    comment: Vec<u8>,
    is_64: bool,
}

impl End {
    fn read(file: &File, size: u64) -> Result<Self, Trouble> {
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
    fn widen(self, file: &File, locator_at: u64, locator: &[u8]) -> Result<Self, Trouble> {
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
}

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
    packed: Cow<'a, [u8]>,
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

    fn packed_length(&self) -> u32 {
        u32::try_from(self.packed.len()).unwrap_or(SEE_64)
    }

    fn local_header(&self) -> Vec<u8> {
        let mut header = Vec::with_capacity(LOCAL_LENGTH + self.name.len());
        put32(&mut header, LOCAL);
        self.common(&mut header);
        put16(&mut header, 0);
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    fn central_record(&self, offset: u64) -> Vec<u8> {
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
    fn common(&self, to: &mut Vec<u8>) {
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

/// The length of the record that begins here; `None` where none does.
fn record_length(bytes: &[u8]) -> Option<usize> {
    if bytes.len() < CENTRAL_LENGTH || u32_at(bytes, 0) != CENTRAL {
        return None;
    }
    let variable = [28, 30, 32].map(|field| usize::from(u16_at(bytes, field)));
    Some(CENTRAL_LENGTH + variable.iter().sum::<usize>())
}

fn read_at(mut file: &File, at: u64, length: u64) -> Result<Vec<u8>, Trouble> {
    let length = usize::try_from(length).map_err(|_| Damaged("it is too long for this machine"))?;
    file.seek(SeekFrom::Start(at))?;
    // At once in its size: the central directory is all that this process holds of an archive.
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Damaged("it ends too early")
        } else {
            error.into()
        }
    })?;
    Ok(bytes)
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Reads little-endian; 0 past the end, which the callers have ruled out.
fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let read = bytes
        .get(at..at + N)
        .and_then(|bytes| bytes.try_into().ok());
    read.unwrap_or([0; N])
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(number(bytes, at))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(number(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(number(bytes, at))
}

fn put16(to: &mut Vec<u8>, number: u16) {
    to.extend(number.to_le_bytes());
}

fn put32(to: &mut Vec<u8>, number: u32) {
    to.extend(number.to_le_bytes());
}

fn put64(to: &mut Vec<u8>, number: u64) {
    to.extend(number.to_le_bytes());
}
