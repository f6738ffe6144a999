//! The ARN of a key of KMS, or of an alias of one.

use crate::contract::{self, ARN_BYTES};

/// An ARN by which an opener finds KMS and, where it is no alias, proves which key has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyArn(String);

impl KeyArn {
    /// Takes `arn:<partition>:kms:<region>:<account>:key/...` or `alias/...`. `None`: an opener would refuse it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let fits = match parts[..] {
            ["arn", partition, "kms", region, account, key] => {
                contract::is_partition(partition)
                    && contract::is_region(region)
                    && contract::is_account(account)
                    && contract::is_key(key)
            }
            _ => false,
        };
        (fits && text.len() <= ARN_BYTES).then(|| Self(text.to_owned()))
    }

    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where KMS is asked.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}
