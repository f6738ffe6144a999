//! AES-256 in counter mode, as credstash and the files of 2016 have it. Nothing proves the integrity of what is decrypted.

#[cfg(test)]
mod tests;

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};

/// Decrypts in place. The first counter block is the number 1 in 16 bytes, and the counter is big-endian.
pub(crate) fn apply(key: &[u8; 32], text: &mut [u8]) {
    let first = 1_u128.to_be_bytes();
    Ctr128BE::<Aes256>::new(key.into(), (&first).into()).apply_keystream(text);
}
