//! AES-256-GCM under an IV of any length, as SOPS writes one of 32 bytes: NIST SP 800-38D, algorithm 5 (section 7.2).
//!
//! The crate `aes-gcm` has the IV's length in its type, so what it is made of is put together here once more.

#[cfg(test)]
mod tests;

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use ctr::cipher::{InnerIvInit as _, StreamCipher as _};
use ctr::{Ctr32BE, CtrCore};
use ghash::GHash;
use ghash::universal_hash::UniversalHash as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

const BLOCK: usize = 16;

/// Decrypts in place. `None` if the tag is not that of these bytes, this IV and this associated data: then they are still
/// the ciphertext.
pub(crate) fn open(
    key: &[u8; 32],
    iv: &[u8],
    data: &[u8],
    sealed: &mut [u8],
    tag: &[u8; BLOCK],
) -> Option<()> {
    let aes = Aes256::new(key.into());
    let mut hash_key = Zeroizing::new([0; BLOCK]);
    aes.encrypt_block((&mut *hash_key).into());
    let hash = GHash::new((&*hash_key).into());
    let first = first_counter(&hash, iv);
    // Its blocks count on from the first, whose own masks the tag.
    let mut stream = Ctr32BE::from_core(CtrCore::inner_iv_init(&aes, (&first).into()));
    let mut expected = [0; BLOCK];
    stream.apply_keystream(&mut expected);
    for (masked, byte) in expected.iter_mut().zip(hashed(&hash, data, sealed)) {
        *masked ^= byte;
    }
    if !bool::from(expected.ct_eq(tag)) {
        return None;
    }
    stream.apply_keystream(sealed);
    Some(())
}

/// J0 of the standard.
fn first_counter(hash: &GHash, iv: &[u8]) -> [u8; BLOCK] {
    if let Ok(iv) = <[u8; 12]>::try_from(iv) {
        let mut block = [0; BLOCK];
        block[..12].copy_from_slice(&iv);
        block[BLOCK - 1] = 1;
        return block;
    }
    hashed(hash, &[], iv)
}

/// GHASH of both, each filled up to whole blocks, and of their lengths in bits.
fn hashed(hash: &GHash, first: &[u8], second: &[u8]) -> [u8; BLOCK] {
    let bits = |part: &[u8]| (part.len() as u64 * 8).to_be_bytes();
    let mut lengths = [0; BLOCK];
    lengths[..8].copy_from_slice(&bits(first));
    lengths[8..].copy_from_slice(&bits(second));
    let mut hash = hash.clone();
    hash.update_padded(first);
    hash.update_padded(second);
    hash.update(&[lengths.into()]);
    hash.finalize().into()
}
