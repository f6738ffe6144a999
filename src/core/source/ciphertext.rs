//! Which of the known ciphertexts a value is, told by its first bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::contract;

/// The ciphertexts that AWS writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ciphertext {
    /// One `kms:Encrypt` blob: the standard tier.
    Kms,
    /// An AWS Encryption SDK message: the advanced tier.
    EncryptionSdk,
}

impl Ciphertext {
    /// Classifies a parameter's undecrypted value, which is base64.
    ///
    /// `None` means that it must not be baked: it may be a plaintext, as some emulators of
    /// AWS show it. The headers are those that AWS has written since 2015.
    #[must_use]
    pub fn of(value: &str) -> Option<Self> {
        Self::of_bytes(&STANDARD.decode(value).ok()?)
    }

    /// Classifies the bytes themselves.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let mut known = contract::CIPHERTEXTS.iter();
        let (_, is_message) = known.find(|(header, _)| bytes.starts_with(header))?;
        Some(if *is_message {
            Self::EncryptionSdk
        } else {
            Self::Kms
        })
    }
}

#[cfg(test)]
mod tests;
