//! The MAC of a file: SHA-512 over all its plaintexts in their order, sealed under the data key and bound to the time of the last change.

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;

use super::gcm;
use super::leaf::{Kind, Value};
use super::sealed;
use crate::source::hexadecimal;

/// The metadata's key of the MAC.
pub const MAC: &str = "mac";
/// The metadata's key of the time that the MAC is bound to.
pub const LAST_MODIFIED: &str = "lastmodified";

/// What SOPS begins the MAC with where it covers encrypted values only.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// The values so far, one after the other.
pub struct Mac {
    hash: Sha512,
    only_encrypted: bool,
}

impl Mac {
    /// Of no value, by the file's rules.
    #[must_use]
    pub fn new(metadata: &Map<String, Json>) -> Self {
        let flag = metadata.get("mac_only_encrypted");
        // A dotenv file has it as a text.
        let only_encrypted = flag.is_some_and(|flag| *flag == true || *flag == "true");
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED);
        }
        Self {
            hash,
            only_encrypted,
        }
    }

    /// Adds what a ciphertext stands for.
    pub fn encrypted(&mut self, value: &[u8], kind: Kind) {
        let is_truth = kind == Kind::Bool;
        self.hash
            .update(if is_truth { truth(value) } else { value });
    }

    /// Adds a text that SOPS was told to leave.
    pub fn plain(&mut self, value: &[u8]) {
        if !self.only_encrypted {
            self.hash.update(value);
        }
    }

    /// Adds a number or truth value that SOPS was told to leave.
    pub fn other(&mut self, value: &[u8]) {
        self.plain(truth(value));
    }

    /// Whether it is the one that stands in the metadata.
    #[must_use]
    pub fn fits(self, metadata: &Map<String, Json>, key: &gcm::Key) -> bool {
        let text = |key: &str| metadata.get(key).and_then(Json::as_str).unwrap_or_default();
        let Value::Encrypted(mac) = Value::of(text(MAC)) else {
            return false;
        };
        let found = sealed::open(&mac, text(LAST_MODIFIED), key);
        found.is_some_and(|found| found.ct_eq(self.digits().as_bytes()).into())
    }

    /// As it is to stand in the metadata beside this time.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn sealed(self, last_modified: &str, key: &gcm::Key) -> Result<String, getrandom::Error> {
        sealed::seal(self.digits().as_bytes(), Kind::Str, last_modified, key)
    }

    fn digits(self) -> String {
        hexadecimal::of(&self.hash.finalize()).to_uppercase()
    }
}

/// As SOPS writes a truth value into its MAC, whatever the file's own format makes of it.
fn truth(value: &[u8]) -> &[u8] {
    match value {
        b"true" => b"True",
        b"false" => b"False",
        _ => value,
    }
}
