//! Keys that KMS has opened, for ciphers of our own.

#[cfg(test)]
mod tests;

use std::ops::Deref;

use zeroize::Zeroizing;

use super::sealed::Opened;
use crate::contract::Code;
use crate::error::Problem;

/// A data key of the length that its cipher has. It stays where KMS's answer was decoded: an array that is moved would leave
/// copies behind.
pub(super) struct DataKey<const LENGTH: usize>(Zeroizing<Vec<u8>>);

/// What KMS opened, as a data key.
///
/// # Errors
/// Why KMS did not open it; `Tampered` for another length.
pub(super) fn data_key<const LENGTH: usize>(opened: Opened) -> Result<DataKey<LENGTH>, Problem> {
    let bytes = opened?;
    if bytes.len() != LENGTH {
        let reason = format!("its data key has not {LENGTH} bytes");
        return Err(Problem::new(Code::Tampered, reason));
    }
    Ok(DataKey(bytes))
}

impl<const LENGTH: usize> Deref for DataKey<LENGTH> {
    type Target = [u8; LENGTH];

    fn deref(&self) -> &[u8; LENGTH] {
        let bytes = self.0.as_slice();
        bytes.try_into().expect("its length was looked at")
    }
}
