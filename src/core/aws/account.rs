//! Which account is being asked: known for messages only.

use std::fmt;

use crate::contract;

/// Where something was looked for, as messages name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The region that was called.
    pub region: String,
    /// The twelve digits, where they are known.
    pub id: Option<String>,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "region {}", self.region)?;
        match &self.id {
            Some(id) => write!(f, ", account {id}"),
            None => Ok(()),
        }
    }
}

/// The region and account that an ARN names. Part of an answer, so looked at before it is believed.
#[must_use]
pub fn in_arn(arn: &str) -> Option<Account> {
    let mut parts = arn.strip_prefix("arn:")?.split(':').skip(2);
    let region = parts.next().filter(|region| contract::is_region(region))?;
    let id = parts.next().filter(|id| contract::is_account(id))?;
    Some(Account {
        region: region.to_owned(),
        id: Some(id.to_owned()),
    })
}
