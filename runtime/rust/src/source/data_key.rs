//! Keys that KMS has opened, for ciphers of our own.

use zeroize::Zeroizing;

use super::sealed::Opened;
use crate::contract::Code;
use crate::error::Problem;

/// A data key of the length that its cipher has.
pub(super) type DataKey<const LENGTH: usize> = Zeroizing<[u8; LENGTH]>;

/// What KMS opened, as a data key.
///
/// # Errors
/// Why KMS did not open it; `Tampered` for another length.
pub(super) fn data_key<const LENGTH: usize>(opened: Opened) -> Result<DataKey<LENGTH>, Problem> {
    let bytes = opened?;
    let mut key = Zeroizing::new([0; LENGTH]);
    if bytes.len() != LENGTH {
        let reason = format!("its data key has not {LENGTH} bytes");
        return Err(Problem::new(Code::Tampered, reason));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}
