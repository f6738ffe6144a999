//! The key of this process: what is sealed under it can be opened by nobody else, and by nobody once the process has ended.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::source::sops::gcm;

/// How a blob of KMS begins, so that every opener takes it for one.
const HEADER: [u8; 4] = [1, 2, 2, 0];
const IV_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// What a ciphertext is bound to.
pub type Context = BTreeMap<String, String>;

/// A key that is nowhere but in memory.
pub struct ProcessKey(Zeroizing<gcm::Key>);

impl ProcessKey {
    /// A new one.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new(gcm::Key::default());
        getrandom::fill(key.as_mut())?;
        Ok(Self(key))
    }

    /// A blob that opens under the same context only.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn seal(&self, context: &Context, plaintext: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
        let mut iv = [0; IV_BYTES];
        getrandom::fill(&mut iv)?;
        let mut data = Zeroizing::new(plaintext.to_vec());
        let tag = gcm::seal(&self.0, &iv, &additional(context), &mut data);
        Ok([&HEADER[..], &iv, &data, &tag].concat())
    }

    /// The plaintext of a blob. `None`: it is none of this process, or bound to another context.
    #[must_use]
    pub fn open(&self, context: &Context, blob: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let rest = blob.strip_prefix(&HEADER)?;
        let (iv, rest) = rest.split_at_checked(IV_BYTES)?;
        let (data, tag) = rest.split_at_checked(rest.len().checked_sub(TAG_BYTES)?)?;
        let mut data = Zeroizing::new(data.to_vec());
        let tag = tag.try_into().ok()?;
        gcm::open(&self.0, iv, &additional(context), &mut data, tag).ok()?;
        Some(data)
    }
}

/// One text for one context, whatever is in it.
fn additional(context: &Context) -> Vec<u8> {
    let pair = |(key, value): (&String, &String)| (key.clone(), Value::from(value.as_str()));
    let object: Map<_, _> = context.iter().map(pair).collect();
    Value::Object(object).to_string().into_bytes()
}

#[cfg(test)]
mod tests;
