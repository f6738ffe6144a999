//! What all that open a bundle have in common: tables that `build.rs` makes of `contract.json`.

/// A service of AWS that is called.
pub(crate) struct Service {
    /// As signatures have it.
    pub(crate) id: &'static str,
    /// As sentences have it.
    pub(crate) name: &'static str,
    /// The beginning of its host names.
    pub(crate) host: &'static str,
    /// The variable that names another address.
    pub(crate) endpoint: &'static str,
    /// What codes mean of this service, where that is something else.
    pub(crate) words: &'static [(Code, Words)],
}

/// What is said of a code instead of its own words.
pub(crate) struct Words {
    pub(crate) sentence: Option<&'static str>,
    pub(crate) hint: Option<&'static str>,
}

/// What a service's name of an error means.
pub(crate) struct Meaning {
    pub(crate) code: Code,
    pub(crate) hint: &'static str,
    /// Whether another attempt may help.
    pub(crate) retry: bool,
}

/// The ends of host names in a partition.
pub(crate) struct Partition {
    pub(crate) suffix: &'static str,
    pub(crate) dual_stack: &'static str,
}

/// The kinds of ciphertext, told by their first bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Blob,
    Message,
}

/// What an algorithm suite's number stands for. Each has AES-256, and signs, if it does, with ECDSA over P-384.
pub(crate) struct Suite {
    pub(crate) id: u16,
    /// Of the message format.
    pub(crate) version: u8,
    pub(crate) derivation: Derivation,
    pub(crate) signs: bool,
}

/// How the AES key is made of the data key.
pub(crate) enum Derivation {
    Sha256,
    Sha384,
    /// HKDF-SHA512, of a key and of a commitment to it.
    Committing,
}

#[allow(
    dead_code,
    clippy::pedantic,
    reason = "the tables are made by a program, and are those of all languages: this one needs not all of each"
)]
mod tables {
    use super::{Derivation, Kind, Meaning, Partition, Service, Suite, Words};

    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}
pub use tables::*;

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
