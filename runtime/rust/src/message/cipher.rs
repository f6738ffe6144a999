//! AES-GCM with a key of any of its three lengths.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::aes::Aes192;
use aes_gcm::{Aes128Gcm, Aes256Gcm, AesGcm};

type Aes192Gcm = AesGcm<Aes192, U12>;

pub(super) struct Cipher(Box<dyn Open>);

trait Open {
    fn open(&self, iv: &[u8; 12], data: &[u8], sealed: &mut [u8], tag: &[u8]) -> Option<()>;
}

impl<C> Open for C
where
    C: AeadInOut<NonceSize = U12>,
{
    fn open(&self, iv: &[u8; 12], data: &[u8], sealed: &mut [u8], tag: &[u8]) -> Option<()> {
        let tag = tag.try_into().ok()?;
        self.decrypt_inout_detached(iv.into(), data, InOutBuf::from(sealed), tag)
            .ok()
    }
}

impl Cipher {
    /// `None` for a key of any other length than 16, 24 and 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        Some(Self(match key.len() {
            16 => Box::new(Aes128Gcm::new_from_slice(key).ok()?),
            24 => Box::new(Aes192Gcm::new_from_slice(key).ok()?),
            32 => Box::new(Aes256Gcm::new_from_slice(key).ok()?),
            _ => return None,
        }))
    }

    /// Decrypts in place. `None` if the tag is not that of these bytes and this associated data: then they are
    /// still the ciphertext.
    pub(super) fn open(
        &self,
        iv: &[u8; 12],
        data: &[u8],
        sealed: &mut [u8],
        tag: &[u8],
    ) -> Option<()> {
        self.0.open(iv, data, sealed, tag)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    #[test]
    fn its_keys_are_zeroed() {
        fn is_zeroed<T: ZeroizeOnDrop>() {}
        is_zeroed::<Aes128Gcm>();
        is_zeroed::<Aes192Gcm>();
        is_zeroed::<Aes256Gcm>();
    }
}
