//! Plaintexts: zeroed when dropped, unprintable, read only by `expose`.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The plaintext of a secret, a text.
///
/// Its memory is zeroed when the last clone is dropped. Nothing prints it: `Debug` shows `[secret]`, and there is
/// neither `Display` nor `Serialize`.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// The plaintext. Copies made of it are not zeroed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The plaintext of a secret, its bytes. The same as [`Secret`] for what need not be UTF-8.
#[derive(Clone)]
pub struct SecretBytes(Plaintext);

impl SecretBytes {
    /// The plaintext. Copies made of it are not zeroed.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        match &self.0 {
            Plaintext::Text(text) => text.as_bytes(),
            Plaintext::Binary(bytes) => bytes,
        }
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// What is remembered of an opened secret. Whether it is a text is found out once.
#[derive(Clone)]
pub(crate) enum Plaintext {
    Text(Arc<Zeroizing<String>>),
    Binary(Arc<Zeroizing<Vec<u8>>>),
}

impl Plaintext {
    /// Takes the bytes over, without a copy.
    pub(crate) fn new(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Self::Text(Arc::new(Zeroizing::new(text))),
            Err(error) => Self::Binary(Arc::new(Zeroizing::new(error.into_bytes()))),
        }
    }

    pub(crate) fn text(self) -> Option<Secret> {
        match self {
            Self::Text(text) => Some(Secret(text)),
            Self::Binary(_) => None,
        }
    }

    pub(crate) fn bytes(self) -> SecretBytes {
        SecretBytes(self)
    }
}
