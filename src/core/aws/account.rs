//! Which account is being asked: found out for error messages only.

use std::time::Duration;

use tokio::time::timeout;

use crate::aws::connection::Link;
use crate::contract;
use crate::failure::Account;

/// The region and account that a parameter's ARN names. Part of an answer, so looked at before it is believed.
#[must_use]
pub fn in_arn(arn: &str) -> Option<Account> {
    let mut parts = arn.strip_prefix("arn:")?.split(':').skip(2);
    let region = parts.next().filter(|region| contract::is_region(region))?;
    let id = parts.next().filter(|id| is_account(id))?;
    Some(Account {
        region: region.to_owned(),
        id: Some(id.to_owned()),
    })
}

fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|digit| digit.is_ascii_digit())
}

/// The account of the credentials. Silence, or an answer later than 3 s, is `None`: the message is then given without it. So it is
/// where only Parameter Store has an endpoint of its own: nobody has said that these credentials may go anywhere else.
pub async fn of_caller(link: &Link) -> Option<String> {
    if link.endpoint.is_some() && link.sts_endpoint.is_none() {
        return None;
    }
    let mut config = aws_sdk_sts::config::Builder::from(&link.config);
    config.set_endpoint_url(link.sts_endpoint.clone());
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let identity = client.get_caller_identity().send();
    let identity = timeout(Duration::from_secs(3), identity).await.ok()?.ok()?;
    identity.account.filter(|id| is_account(id))
}
