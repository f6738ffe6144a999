//! Local values as ordinary entries of Parameter Store: every opener has known those from the beginning, and so have snippets of one's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::process_key::{Context, ProcessKey};
use crate::contract;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain};
use crate::source::hexadecimal;

/// There is no such account.
pub const ACCOUNT: &str = "000000000000";
/// KMS gives no longer plaintext.
pub const LONGEST: usize = 4096;
/// A longer name is cut in the ARN: it has 2,048 bytes in all.
const LONGEST_PATH: usize = 512;

/// A value that cannot be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSealed {
    /// KMS would not give it.
    #[error("the local value of `{name}` has {bytes} bytes, and KMS gives at most {LONGEST}")]
    TooLong {
        /// The secret.
        name: Shown,
        /// How many.
        bytes: usize,
    },
    /// Without random bytes nothing is sealed.
    #[error("this machine gives no random bytes: {reason}")]
    NoRandom {
        /// In the system's words.
        reason: Shown,
    },
}

impl Explain for NotSealed {
    fn code(&self) -> Code {
        Code::LocalValues
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        matches!(self, Self::TooLong { .. })
            .then(|| "take a shorter value for local runs, or split it".into())
    }
}

/// The entry of one value, as a bundle has it.
///
/// # Errors
/// It is too long, or cannot be sealed at all.
pub fn entry(
    key: &ProcessKey,
    region: &str,
    (name, shown): (&str, &Shown),
    plaintext: &[u8],
) -> Result<Map<String, Value>, NotSealed> {
    if plaintext.len() > LONGEST {
        return Err(NotSealed::TooLong {
            name: shown.clone(),
            bytes: plaintext.len(),
        });
    }
    let arn = arn(region, name);
    let context = Context::from([("PARAMETER_ARN".to_owned(), arn.clone())]);
    let sealed = key.seal(&context, plaintext);
    let sealed = sealed.map_err(|error| NotSealed::NoRandom {
        reason: error.to_string().into(),
    })?;
    let mut entry = Map::new();
    entry.insert("ciphertext".into(), STANDARD.encode(sealed).into());
    entry.insert("arn".into(), arn.into());
    entry.insert("version".into(), json!(1));
    Ok(entry)
}

/// Another ARN for each name, so that no two values could be exchanged.
fn arn(region: &str, name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-');
    let mut path: String = name
        .chars()
        .take(LONGEST_PATH)
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    if path != name || path.starts_with('/') {
        // What was lost of the name is in its hash.
        let hash = Sha256::digest(name);
        let hash = hexadecimal::of(&hash[..8]);
        path = format!("{}.{hash}", path.trim_start_matches('/'));
    }
    let partition = contract::partition_of(region);
    format!("arn:{partition}:ssm:{region}:{ACCOUNT}:parameter/local/{path}")
}

#[cfg(test)]
mod tests;
