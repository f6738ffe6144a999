//! Taking a message apart, from its first byte to its last.

use std::collections::BTreeMap;

use super::suite::Suite;
use super::{DataKey, Frame, Kind, Message, PUBLIC_KEY};
use crate::error::Problem;

const TAG: usize = 16;
const LAST_FRAME: u32 = u32::MAX;

impl<'a> Message<'a> {
    /// Takes a message apart and checks its structure, down to the last byte.
    ///
    /// # Errors
    /// `UnknownCiphertext` for a suite that is not known and for a message without a data key of KMS; `Tampered` for
    /// whatever has not the right structure.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let mut rest = Reader { bytes, at: 0 };
        let version = rest.u8()?;
        if version == 1 && rest.u8()? != 0x80 {
            return Err(tampered("its type is not known"));
        }
        let id = rest.u16()?;
        let suite = Suite::of(version, id).ok_or_else(|| {
            unknown(&format!(
                "is an Encryption SDK message of the suite {id:04x}"
            ))
        })?;
        let message_id = rest.take(if version == 1 { 16 } else { 32 })?;
        let context = context(rest.counted()?)?;
        if context.contains_key(PUBLIC_KEY) != suite.signature.is_some() {
            return Err(tampered("its public key and its suite do not go together"));
        }
        let data_keys = data_keys(&mut rest)?;
        let shape = Shape::read(&mut rest, version)?;
        let commitment = if version == 2 {
            Some(rest.take(32)?)
        } else {
            None
        };
        let header = rest.taken();
        let header_iv = if version == 1 { rest.iv()? } else { [0; 12] };
        let header_tag = rest.take(TAG)?;
        let frames = frames(&mut rest, shape)?;
        let signed = rest.taken();
        let signature = if suite.signature.is_some() {
            Some(rest.counted()?)
        } else {
            None
        };
        if rest.at != bytes.len() {
            return Err(tampered("there are bytes after its end"));
        }
        Ok(Self {
            suite,
            id: message_id,
            context,
            data_keys,
            commitment,
            header,
            header_iv,
            header_tag,
            frames,
            signed,
            signature,
        })
    }
}

/// The encryption context: nothing at all, or a count and as many pairs.
fn context(bytes: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    let mut pairs = BTreeMap::new();
    if bytes.is_empty() {
        return Ok(pairs);
    }
    let mut rest = Reader { bytes, at: 0 };
    for _ in 0..rest.u16()? {
        let name = text(rest.counted()?)?;
        let value = text(rest.counted()?)?;
        if pairs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(tampered("its context has a name twice"));
        }
    }
    if rest.at != bytes.len() || pairs.is_empty() {
        return Err(tampered("its context has not the length it says"));
    }
    Ok(pairs)
}

/// The data keys of KMS; those of other providers are passed over.
fn data_keys<'a>(rest: &mut Reader<'a>) -> Result<Vec<DataKey<'a>>, Problem> {
    let mut keys = Vec::new();
    let count = rest.u16()?;
    if count == 0 {
        return Err(tampered("it has no data key"));
    }
    for _ in 0..count {
        let (provider, info, ciphertext) = (rest.counted()?, rest.counted()?, rest.counted()?);
        if provider == b"aws-kms" {
            keys.push(DataKey {
                key_arn: text(info)?,
                ciphertext,
            });
        }
    }
    if keys.is_empty() {
        return Err(unknown(
            "is an Encryption SDK message without a data key of KMS",
        ));
    }
    Ok(keys)
}

/// How the body is cut: in frames of a length, or not at all.
#[derive(Clone, Copy)]
enum Shape {
    Framed(usize),
    Single,
}

impl Shape {
    fn read(rest: &mut Reader, version: u8) -> Result<Self, Problem> {
        let content = rest.u8()?;
        // Version 1 also has four reserved bytes and the length of an IV, which is always 12.
        if version == 1 && rest.take(5)? != [0, 0, 0, 0, 12] {
            return Err(tampered("its header has other reserved bytes"));
        }
        match (content, rest.u32()? as usize) {
            (1, 0) => Ok(Self::Single),
            (2, length @ 1..) => Ok(Self::Framed(length)),
            _ => Err(tampered(
                "its content type and its frame length do not go together",
            )),
        }
    }
}

fn frames<'a>(rest: &mut Reader<'a>, shape: Shape) -> Result<Vec<Frame<'a>>, Problem> {
    let length = match shape {
        Shape::Single => {
            let iv = rest.iv()?;
            let length = usize::try_from(rest.u64()?).map_err(|_| cut())?;
            return Ok(vec![Frame {
                kind: Kind::Single,
                number: 1,
                iv,
                sealed: rest.take(length)?,
                tag: rest.take(TAG)?,
            }]);
        }
        Shape::Framed(length) => length,
    };
    let mut frames = Vec::new();
    for number in 1.. {
        let first = rest.u32()?;
        let last = first == LAST_FRAME;
        if (if last { rest.u32()? } else { first }) != number {
            return Err(tampered("its frames are not in order"));
        }
        let iv = rest.iv()?;
        let size = if last { rest.u32()? as usize } else { length };
        if size > length {
            return Err(tampered("its last frame is too long"));
        }
        let kind = if last { Kind::Final } else { Kind::Regular };
        frames.push(Frame {
            kind,
            number,
            iv,
            sealed: rest.take(size)?,
            tag: rest.take(TAG)?,
        });
        if last {
            break;
        }
    }
    Ok(frames)
}

/// Reads bytes in order, never beyond the end.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Problem> {
        let end = self.at.checked_add(length).ok_or_else(cut)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(cut)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        self.take(N)?.try_into().map_err(|_| cut())
    }

    fn u8(&mut self) -> Result<u8, Problem> {
        self.array().map(u8::from_be_bytes)
    }

    fn u16(&mut self) -> Result<u16, Problem> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Result<u32, Problem> {
        self.array().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, Problem> {
        self.array().map(u64::from_be_bytes)
    }

    fn iv(&mut self) -> Result<[u8; 12], Problem> {
        self.array()
    }

    /// As many bytes as the two before them say.
    fn counted(&mut self) -> Result<&'a [u8], Problem> {
        let length = self.u16()?;
        self.take(length.into())
    }

    /// All that was read so far.
    fn taken(&self) -> &'a [u8] {
        &self.bytes[..self.at]
    }
}

fn text(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| tampered("its header has a text that is not UTF-8"))
}

fn cut() -> Problem {
    tampered("it ends too early")
}

fn tampered(what: &str) -> Problem {
    Problem::Tampered(what.into())
}

fn unknown(what: &str) -> Problem {
    Problem::UnknownCiphertext(what.into())
}
