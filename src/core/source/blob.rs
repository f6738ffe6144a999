//! A blob of `kms:Encrypt`, in base64: what `kms:Decrypt` takes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ciphertext::Ciphertext;
use crate::contract::BLOB_BYTES;

/// Why a text is no blob. It may be a plaintext, so that nothing of it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoBlob {
    /// Not base64 as an opener reads it: canonical, with padding and without white space.
    #[error("is no base64")]
    NotBase64,
    /// More than KMS takes.
    #[error("has {bytes} bytes, and KMS takes at most {BLOB_BYTES}")]
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// KMS itself cannot open it.
    #[error("is a message of the AWS Encryption SDK, which KMS itself does not open")]
    Message,
    /// Nothing that KMS has ever written.
    #[error("begins like no ciphertext of KMS")]
    Unknown,
}

/// Checks what can be checked of a blob without KMS.
///
/// # Errors
/// It is none.
pub fn check(text: &str) -> Result<(), NoBlob> {
    let bytes = STANDARD.decode(text).map_err(|_| NoBlob::NotBase64)?;
    match Ciphertext::of_bytes(&bytes) {
        Some(Ciphertext::Kms) if bytes.len() > BLOB_BYTES => {
            let bytes = bytes.len();
            Err(NoBlob::TooLong { bytes })
        }
        Some(Ciphertext::Kms) => Ok(()),
        Some(Ciphertext::EncryptionSdk) => Err(NoBlob::Message),
        None => Err(NoBlob::Unknown),
    }
}
