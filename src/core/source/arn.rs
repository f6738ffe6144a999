//! The ARN of something that a source names.

use crate::contract::{self, ARN_BYTES};

/// What an ARN tells beside the service that it was read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// Such as `eu-central-1`.
    pub region: &'a str,
    /// All behind the account, such as `key/1234`.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Reads `arn:<partition>:<service>:<region>:<account>:<resource>`, as strictly as an opener does. `None`: it is none of that service.
    #[must_use]
    pub fn of(text: &'a str, service: &str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, of, region, account, resource] = parts[..] else {
            return None;
        };
        let fits = of == service
            && contract::is_partition(partition)
            && contract::is_region(region)
            && contract::is_account(account)
            && text.len() <= ARN_BYTES;
        fits.then_some(Self { region, resource })
    }
}
