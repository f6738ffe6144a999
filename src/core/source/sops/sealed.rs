//! A value under the data key, as its text stands in a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::gcm;
use super::leaf::{Encrypted, Kind};
use super::plaintext::Plaintext;

/// How many random bytes SOPS takes for the initialisation vector of a value.
const IV_BYTES: usize = 32;

/// `None`: it is another's, or was changed.
#[must_use]
pub fn open(encrypted: &Encrypted, aad: &str, key: &gcm::Key) -> Option<Plaintext> {
    let mut data = Zeroizing::new(STANDARD.decode(&encrypted.value).ok()?);
    let iv = STANDARD.decode(&encrypted.iv).ok()?;
    let tag = STANDARD.decode(&encrypted.tag).ok()?;
    let tag = tag.as_slice().try_into().ok()?;
    gcm::open(key, &iv, aad.as_bytes(), &mut data, tag).ok()?;
    Some(data)
}

/// `ENC[AES256_GCM,...]`, which is another one at each call.
///
/// # Errors
/// The system gives no random bytes.
pub fn seal(
    value: &[u8],
    kind: Kind,
    aad: &str,
    key: &gcm::Key,
) -> Result<String, getrandom::Error> {
    let mut iv = [0; IV_BYTES];
    getrandom::fill(&mut iv)?;
    let mut data = Zeroizing::new(value.to_vec());
    let tag = gcm::seal(key, &iv, aad.as_bytes(), &mut data);
    let [data, iv, tag] = [data.as_slice(), &iv, &tag].map(|bytes| STANDARD.encode(bytes));
    let kind = kind.as_str();
    Ok(format!(
        "ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{kind}]"
    ))
}

#[cfg(test)]
mod tests;
