//! What the core has in common with the openers and the docs: `runtime/contract.json`, read when this is built.

use std::sync::LazyLock;

use regex_lite::Regex;

mod generated {
    #![expect(
        missing_docs,
        clippy::unreadable_literal,
        reason = "the contract says what each is"
    )]
    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

pub use generated::{
    ARN_BYTES, BLOB_BYTES, BUNDLE_BYTES, CIPHERTEXT_BYTES, CIPHERTEXTS, Code, FILE, FILE_KEYS,
    IV_BYTES, SHOWN_CHARS, is_only_named, is_reserved,
};

/// A pattern of the contract, which is for a whole text.
struct Pattern(LazyLock<Option<Regex>>);

impl Pattern {
    fn fits(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Whether a text has the shape of a region, such as `eu-central-1`. Whether there is one of that name nobody knows here.
#[must_use]
pub fn is_region(text: &str) -> bool {
    static PATTERN: Pattern = Pattern(LazyLock::new(|| Regex::new(generated::REGION_PATTERN).ok()));
    PATTERN.fits(text)
}

/// Whether a text has the shape of a partition, such as `aws-cn`.
#[must_use]
pub fn is_partition(text: &str) -> bool {
    static PATTERN: Pattern = Pattern(LazyLock::new(|| {
        Regex::new(generated::PARTITION_PATTERN).ok()
    }));
    PATTERN.fits(text)
}

/// Whether a text has the shape of an account's number.
#[must_use]
pub fn is_account(text: &str) -> bool {
    static PATTERN: Pattern = Pattern(LazyLock::new(|| {
        Regex::new(generated::ACCOUNT_PATTERN).ok()
    }));
    PATTERN.fits(text)
}

/// Whether a text has the shape of the end of a KMS key's ARN: `key/...` or `alias/...`.
#[must_use]
pub fn is_key(text: &str) -> bool {
    static PATTERN: Pattern = Pattern(LazyLock::new(|| Regex::new(generated::KEY_PATTERN).ok()));
    PATTERN.fits(text)
}

/// The partition that a region lies in.
#[must_use]
pub fn partition_of(region: &str) -> &'static str {
    let mut all = generated::REGIONS.iter();
    let found = all.find(|(begins, _)| region.starts_with(begins));
    found.map_or("aws", |(_, partition)| partition)
}

/// The code of an error of AWS, and which of the code's hints belongs to it. `None`: it is in no table.
#[must_use]
pub fn error(name: &str) -> Option<(&'static str, &'static str)> {
    let mut all = generated::ERRORS.iter();
    let (_, code, hint) = all.find(|(known, ..)| *known == name)?;
    Some((code, hint))
}

/// Whether a partition is in the contract's table: an opener knows where its KMS is.
#[must_use]
pub fn knows_partition(partition: &str) -> bool {
    generated::PARTITIONS.contains(&partition)
}

/// Whether plain HTTP to a host stays on this machine.
#[must_use]
pub fn is_loopback(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => generated::LOOPBACK.contains(name),
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests;
