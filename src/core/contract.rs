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
    IV_BYTES, NAMES_SHOWN, PAGE, PAGES_SHOWN, REPLY_BYTES, SEALED_VARIABLE, SHOWN_CHARS,
    is_only_named, is_reserved,
};

/// The parts of names that the contract gives a pattern for.
macro_rules! patterns {
    ($($(#[$about:meta])* $name:ident: $pattern:ident;)*) => {
        $($(#[$about])*
        #[must_use]
        pub fn $name(text: &str) -> bool {
            static PATTERN: LazyLock<Option<Regex>> =
                LazyLock::new(|| Regex::new(generated::$pattern).ok());
            PATTERN
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(text))
        })*
    };
}

patterns! {
    /// Whether a text has the shape of a region, such as `eu-central-1`. Whether there is one of that name nobody knows here.
    is_region: REGION_PATTERN;
    /// Whether a text has the shape of a partition, such as `aws-cn`.
    is_partition: PARTITION_PATTERN;
    /// Whether a text has the shape of an account's number.
    is_account: ACCOUNT_PATTERN;
    /// Whether a text has the shape of the end of a KMS key's ARN: `key/...` or `alias/...`.
    is_key: KEY_PATTERN;
    /// Whether a text has the shape of an error's name, such as `AccessDeniedException`.
    is_error_name: ERROR_NAME_PATTERN;
    /// Whether a text is the end of a secret's ARN, such as `secret:prod/db-AbCdEf`.
    is_secret: SECRET_PATTERN;
    /// Whether a text has the shape of the id of a secret's version.
    is_version: VERSION_PATTERN;
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

/// How the names of a partition's hosts end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// Those of IPv4 alone: `amazonaws.com`.
    pub suffix: &'static str,
    /// Those of both.
    pub dual_stack: &'static str,
}

/// A partition by its name; `None`: it is not in the contract's table.
#[must_use]
pub fn partition(name: &str) -> Option<Partition> {
    let mut all = generated::PARTITIONS.iter();
    let (_, suffix, dual_stack) = all.find(|(known, ..)| *known == name)?;
    Some(Partition { suffix, dual_stack })
}

/// Whether a host is below the names of a partition, and so one of AWS.
#[must_use]
pub fn is_host_of_aws(host: &str) -> bool {
    let below = |suffix: &str| {
        host.strip_suffix(suffix)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    let mut all = generated::PARTITIONS.iter();
    all.any(|(_, suffix, dual_stack)| below(suffix) || below(dual_stack))
}

/// Whether a partition is in the contract's table: an opener knows where its KMS is.
#[must_use]
pub fn knows_partition(name: &str) -> bool {
    partition(name).is_some()
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
