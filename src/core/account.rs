//! Which account is being asked: found out for error messages only.

use std::time::Duration;

use tokio::time::timeout;

use crate::connection::Link;
use crate::error::Account;

/// The region and account that a parameter's ARN names.
#[must_use]
pub fn in_arn(arn: &str) -> Option<Account> {
    let mut parts = arn.strip_prefix("arn:")?.split(':').skip(2);
    let region = parts.next()?.to_owned();
    let id = parts.next()?.to_owned();
    Some(Account {
        region,
        id: Some(id),
    })
}

/// The account of the credentials. Silence, or an answer later than 3 s, is `None`: the
/// message is then given without it.
pub async fn of_caller(link: &Link) -> Option<String> {
    let identity = aws_sdk_sts::Client::new(&link.config)
        .get_caller_identity()
        .send();
    let identity = timeout(Duration::from_secs(3), identity).await.ok()?.ok()?;
    identity.account
}
