//! Verifying and decrypting a message that was taken apart.

use hkdf::Hkdf;
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::suite::Derivation;
use super::{Frame, Kind, Message, PUBLIC_KEY, signature};
use crate::error::Problem;

impl Message<'_> {
    /// The plaintext, released only after the commitment, the header's tag, all frames' tags and the signature
    /// have been verified.
    ///
    /// # Errors
    /// `Tampered` if any of them is not right, or the data key has not the length of the suite's.
    pub(crate) fn open(&self, data_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
        if data_key.len() != self.suite.key {
            return Err(tampered("its data key has not the length of its suite"));
        }
        let cipher = Cipher::new(&self.derived(data_key)?)
            .ok_or_else(|| tampered("its key has not the length of AES"))?;
        cipher
            .open(&self.header_iv, self.header, &mut [], self.header_tag)
            .ok_or_else(|| tampered("its header's tag is wrong"))?;
        // Of its whole size at once: growing would leave copies behind.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(
            self.frames.iter().map(|frame| frame.sealed.len()).sum(),
        ));
        for frame in &self.frames {
            let start = plaintext.len();
            plaintext.extend_from_slice(frame.sealed);
            cipher
                .open(
                    &frame.iv,
                    &self.associated_data(frame),
                    &mut plaintext[start..],
                    frame.tag,
                )
                .ok_or_else(|| tampered("a frame's tag is wrong"))?;
        }
        self.verify_signature()?;
        Ok(plaintext)
    }

    /// The AES key: the data key itself, or what is derived from it; for a committing suite after its commitment.
    pub(super) fn derived(&self, data_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let mut key = Zeroizing::new(vec![0; self.suite.key]);
        let suite = self.suite.id.to_be_bytes();
        let info = [suite.as_slice(), self.id].concat();
        let fits = match self.suite.derivation {
            Derivation::None => {
                key.copy_from_slice(data_key);
                Ok(())
            }
            Derivation::Sha256 => Hkdf::<Sha256>::new(None, data_key).expand(&info, &mut key),
            Derivation::Sha384 => Hkdf::<Sha384>::new(None, data_key).expand(&info, &mut key),
            Derivation::Committing => {
                let from = Hkdf::<Sha512>::new(Some(self.id), data_key);
                let mut commitment = [0; 32];
                let done = from.expand(b"COMMITKEY", &mut commitment);
                let is_kept: bool = commitment.ct_eq(self.commitment.unwrap_or_default()).into();
                if done.is_err() || !is_kept {
                    return Err(tampered("its commitment is to another key"));
                }
                from.expand(&[suite.as_slice(), b"DERIVEKEY"].concat(), &mut key)
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
        let Some(curve) = self.suite.signature else {
            return Ok(());
        };
        let key = self
            .context
            .get(PUBLIC_KEY)
            .map(String::as_str)
            .unwrap_or_default();
        if signature::is_valid(curve, key, self.signed, self.signature.unwrap_or_default()) {
            return Ok(());
        }
        Err(tampered("its signature is wrong"))
    }
}

fn tampered(what: &str) -> Problem {
    Problem::Tampered(what.into())
}
