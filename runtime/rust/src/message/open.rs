//! Verifying and decrypting a message that was taken apart.

#[cfg(test)]
mod tests;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Key};
use hkdf::Hkdf;
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Frame, Kind, Message, signature};
use crate::contract::{Code, Derivation};
use crate::error::Problem;

/// Of a data key, and of the AES key that is derived from it.
const KEY: usize = 32;

impl Message<'_> {
    /// The plaintext, released only after the commitment, the header's tag, all frames' tags and the signature
    /// have been verified.
    ///
    /// # Errors
    /// `Tampered` if any of them is not right, or the data key has not the length of the suite's.
    pub(crate) fn open(&self, data_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.derived(data_key)?));
        unseal(
            &cipher,
            &self.header_iv,
            self.header,
            &mut [],
            self.header_tag,
        )
        .ok_or_else(|| tampered("its header's tag is wrong"))?;
        // Of its whole size at once: growing would leave copies behind.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(
            self.frames.iter().map(|frame| frame.sealed.len()).sum(),
        ));
        for frame in &self.frames {
            let start = plaintext.len();
            plaintext.extend_from_slice(frame.sealed);
            let data = self.associated_data(frame);
            unseal(
                &cipher,
                &frame.iv,
                &data,
                &mut plaintext[start..],
                frame.tag,
            )
            .ok_or_else(|| tampered("a frame's tag is wrong"))?;
        }
        self.verify_signature()?;
        Ok(plaintext)
    }

    /// The AES key, derived from the data key; for a committing suite after its commitment.
    pub(super) fn derived(&self, data_key: &[u8]) -> Result<Zeroizing<[u8; KEY]>, Problem> {
        if data_key.len() != KEY {
            return Err(tampered("its data key has not the length of its suite"));
        }
        let mut key = Zeroizing::new([0; KEY]);
        let suite = self.suite.id.to_be_bytes();
        let info = [suite.as_slice(), self.id].concat();
        let fits = match self.suite.derivation {
            Derivation::Sha256 => Hkdf::<Sha256>::new(None, data_key).expand(&info, &mut *key),
            Derivation::Sha384 => Hkdf::<Sha384>::new(None, data_key).expand(&info, &mut *key),
            Derivation::Committing => {
                let from = Hkdf::<Sha512>::new(Some(self.id), data_key);
                let mut commitment = [0; 32];
                let done = from.expand(b"COMMITKEY", &mut commitment);
                let is_kept: bool = commitment.ct_eq(self.commitment.unwrap_or_default()).into();
                if done.is_err() || !is_kept {
                    return Err(tampered("its commitment is to another key"));
                }
                from.expand(&[suite.as_slice(), b"DERIVEKEY"].concat(), &mut *key)
            }
        };
        fits.map(|()| key)
            .map_err(|_| tampered("its key cannot be derived"))
    }

    fn associated_data(&self, frame: &Frame) -> Vec<u8> {
        let kind: &[u8] = match frame.kind {
            Kind::Regular => b"AWSKMSEncryptionClient Frame",
            Kind::Final => b"AWSKMSEncryptionClient Final Frame",
            Kind::Single => b"AWSKMSEncryptionClient Single Block",
        };
        let length = frame.sealed.len() as u64;
        [
            self.id,
            kind,
            &frame.number.to_be_bytes(),
            &length.to_be_bytes(),
        ]
        .concat()
    }

    fn verify_signature(&self) -> Result<(), Problem> {
        match &self.signature {
            Some((key, signature)) if !signature::is_valid(key, self.signed, signature) => {
                Err(tampered("its signature is wrong"))
            }
            _ => Ok(()),
        }
    }
}

/// Decrypts in place. `None` if the tag is not that of these bytes and this associated data: then they are still the
/// ciphertext.
fn unseal(
    cipher: &Aes256Gcm,
    iv: &[u8; 12],
    data: &[u8],
    sealed: &mut [u8],
    tag: &[u8],
) -> Option<()> {
    let tag = tag.try_into().ok()?;
    cipher
        .decrypt_inout_detached(iv.into(), data, InOutBuf::from(sealed), tag)
        .ok()
}

fn tampered(what: &str) -> Problem {
    Problem::new(Code::Tampered, what)
}
