//! Messages of the AWS Encryption SDK, whoever stores them.
//!
//! `read` takes a message apart and refuses what has not the right structure; nothing is decrypted yet. `open`
//! verifies and decrypts it with the data key that KMS returned. Only data keys of KMS and the suites of the contract
//! are read.

mod open;
mod read;
mod signature;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use p384::ecdsa::VerifyingKey;

use crate::contract::Suite;

/// A message taken apart: slices of its bytes.
pub(crate) struct Message<'a> {
    suite: &'static Suite,
    id: &'a [u8],
    pub(crate) context: BTreeMap<String, String>,
    /// Those of KMS, in the message's order: one to three.
    pub(crate) data_keys: Vec<DataKey<'a>>,
    commitment: Option<&'a [u8]>,
    /// All of the header that its tag authenticates.
    header: &'a [u8],
    header_iv: [u8; 12],
    header_tag: &'a [u8],
    frames: Vec<Frame<'a>>,
    /// All of the message that its signature signs.
    signed: &'a [u8],
    /// By whom it is to be signed, and the signature.
    signature: Option<(VerifyingKey, &'a [u8])>,
}

/// A data key that KMS has encrypted.
pub(crate) struct DataKey<'a> {
    pub(crate) key_arn: &'a str,
    pub(crate) ciphertext: &'a [u8],
}

/// A sealed part of the plaintext.
struct Frame<'a> {
    kind: Kind,
    number: u32,
    iv: [u8; 12],
    sealed: &'a [u8],
    tag: &'a [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Regular,
    Final,
    Single,
}

/// The public key's name in the encryption context.
const PUBLIC_KEY: &str = "aws-crypto-public-key";
