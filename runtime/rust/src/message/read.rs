//! Taking a message apart, from its first byte to its last.

use std::collections::BTreeMap;

use p384::ecdsa::VerifyingKey;

use super::{DataKey, Frame, Kind, Message, PUBLIC_KEY, signature};
use crate::arn::is_key_or_alias;
use crate::contract::{Code, SUITES, Suite, limit};
use crate::error::Problem;

const TAG: usize = 16;
const LAST_FRAME: u32 = u32::MAX;

impl<'a> Message<'a> {
    /// Takes a message apart and checks its structure, down to the last byte. Whether it is bound to its entry,
    /// `is_bound` says by its encryption context.
    ///
    /// # Errors
    /// `UnknownCiphertext` for a suite that is not known and for a message without a data key of KMS; what `is_bound`
    /// says; `Tampered` for whatever has not the right structure.
    pub(crate) fn read(
        bytes: &'a [u8],
        is_bound: impl Fn(&BTreeMap<String, String>) -> Result<(), Problem>,
    ) -> Result<Self, Problem> {
        let mut rest = Reader { bytes, at: 0 };
        let suite = suite(&mut rest)?;
        let is_first = suite.version == 1;
        let message_id = rest.take(if is_first { 16 } else { 32 })?;
        let context = context(rest.counted()?)?;
        let data_keys = data_keys(&mut rest)?;
        let shape = Shape::read(&mut rest, is_first)?;
        let commitment = (!is_first).then(|| rest.take(32)).transpose()?;
        let header = rest.taken();
        let header_iv = if is_first { rest.iv()? } else { [0; 12] };
        let header_tag = rest.take(TAG)?;
        let key = public_key(&context, suite)?;
        if data_keys.is_empty() {
            return Err(unknown(
                "it is an Encryption SDK message without a data key of KMS",
            ));
        }
        is_bound(&context)?;
        let frames = frames(&mut rest, shape)?;
        let signed = rest.taken();
        let signature = match key {
            Some(key) => Some((key, footer(&mut rest)?)),
            None => None,
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

fn suite(rest: &mut Reader) -> Result<&'static Suite, Problem> {
    let version = rest.u8()?;
    if version == 1 && rest.u8()? != 0x80 {
        return Err(tampered("its type is not known"));
    }
    let id = rest.u16()?;
    SUITES
        .iter()
        .find(|suite| suite.id == id && suite.version == version)
        .ok_or_else(|| {
            unknown(&format!(
                "it is an Encryption SDK message of the suite {id:04x}"
            ))
        })
}

/// That of a suite that signs, and of no other.
fn public_key(
    context: &BTreeMap<String, String>,
    suite: &Suite,
) -> Result<Option<VerifyingKey>, Problem> {
    let key = context.get(PUBLIC_KEY);
    if key.is_some() != suite.signs {
        return Err(tampered("its public key and its suite do not go together"));
    }
    key.map(|key| signature::key(key).ok_or_else(|| tampered("its public key is none of P-384")))
        .transpose()
}

fn footer<'a>(rest: &mut Reader<'a>) -> Result<&'a [u8], Problem> {
    let signature = rest.counted()?;
    if !signature::is_der(signature) {
        return Err(tampered("its signature is not in the form of one"));
    }
    Ok(signature)
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
    if !(1..=limit::DATA_KEYS).contains(&count.into()) {
        return Err(tampered("it has no data key, or too many"));
    }
    for _ in 0..count {
        let provider = text(rest.counted()?)?;
        let (key_arn, ciphertext) = (text(rest.counted()?)?, rest.counted()?);
        if provider != "aws-kms" {
            continue;
        }
        if !is_key_or_alias(key_arn) {
            return Err(tampered("a data key names no key of KMS"));
        }
        if !(1..=limit::BLOB_BYTES).contains(&ciphertext.len()) {
            return Err(tampered("a data key has not the length of one"));
        }
        keys.push(DataKey {
            key_arn,
            ciphertext,
        });
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
    fn read(rest: &mut Reader, is_first: bool) -> Result<Self, Problem> {
        let content = rest.u8()?;
        // Version 1 also has four reserved bytes and the length of an IV, which is always 12.
        if is_first && rest.take(5)? != [0, 0, 0, 0, 12] {
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
    tampered("it is cut off")
}

fn tampered(what: &str) -> Problem {
    Problem::new(Code::Tampered, what)
}

fn unknown(what: &str) -> Problem {
    Problem::new(Code::UnknownCiphertext, what)
}
