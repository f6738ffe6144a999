//! AES-256-GCM with an initialisation vector of any length, as NIST SP 800-38D defines it: SOPS writes 32 bytes.

use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockEncrypt as _, KeyInit as _, KeyIvInit as _, StreamCipher as _};
use ctr::Ctr32BE;
use ghash::GHash;
use ghash::universal_hash::UniversalHash as _;
use subtle::ConstantTimeEq as _;

/// A key of AES-256.
pub type Key = [u8; 32];
/// What proves that nothing was changed.
pub type Tag = [u8; 16];

/// The tag is that of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAuthentic;

/// Encrypts `data` in its place.
pub fn seal(key: &Key, iv: &[u8], additional: &[u8], data: &mut [u8]) -> Tag {
    let (mut stream, mask, hash) = begin(key, iv);
    stream.apply_keystream(data);
    tag(hash, additional, data, mask)
}

/// Decrypts `data` in its place, once its tag has been found right.
///
/// # Errors
/// The key, one of the parts or the tag is another; `data` is as it was.
pub fn open(
    key: &Key,
    iv: &[u8],
    additional: &[u8],
    data: &mut [u8],
    expected: &Tag,
) -> Result<(), NotAuthentic> {
    let (mut stream, mask, hash) = begin(key, iv);
    let found = tag(hash, additional, data, mask);
    if !bool::from(found.ct_eq(expected)) {
        return Err(NotAuthentic);
    }
    stream.apply_keystream(data);
    Ok(())
}

/// The key stream behind its first block, that block, which masks the tag, and the hash.
fn begin(key: &Key, iv: &[u8]) -> (Ctr32BE<Aes256>, Tag, GHash) {
    let mut hash_key = GenericArray::default();
    Aes256::new(key.into()).encrypt_block(&mut hash_key);
    let hash = GHash::new(&hash_key);
    let mut stream = Ctr32BE::<Aes256>::new(key.into(), &first_counter(&hash, iv).into());
    let mut mask = Tag::default();
    stream.apply_keystream(&mut mask);
    (stream, mask, hash)
}

fn first_counter(hash: &GHash, iv: &[u8]) -> Tag {
    let mut counter = Tag::default();
    if iv.len() == 12 {
        counter[..12].copy_from_slice(iv);
        counter[15] = 1;
        return counter;
    }
    let mut hash = hash.clone();
    hash.update_padded(iv);
    hash.update(&[lengths(0, iv.len()).into()]);
    hash.finalize().into()
}

fn tag(mut hash: GHash, additional: &[u8], ciphertext: &[u8], mask: Tag) -> Tag {
    hash.update_padded(additional);
    hash.update_padded(ciphertext);
    hash.update(&[lengths(additional.len(), ciphertext.len()).into()]);
    let mut tag: Tag = hash.finalize().into();
    for (byte, mask) in tag.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    tag
}

/// The last block: both lengths in bits.
fn lengths(first: usize, second: usize) -> Tag {
    let bits = |bytes: usize| (bytes as u64).wrapping_mul(8).to_be_bytes();
    let mut block = Tag::default();
    block[..8].copy_from_slice(&bits(first));
    block[8..].copy_from_slice(&bits(second));
    block
}

#[cfg(test)]
mod tests;
