//! Whose credentials these are: asked for messages, and by commands that compare it with a role.

use std::time::Duration;

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;
use tokio::time::timeout;

use super::connection::Link;
use super::endpoint::STS;
use crate::contract;

/// The account of the credentials. Silence, or an answer later than 3 s, is `None`: the message is then given without it. So it is
/// where another service has an endpoint of its own and STS has none: nobody has said that these credentials may go anywhere else.
pub async fn account(link: &Link) -> Option<String> {
    let identity = identity(link).await?;
    identity.account.filter(|id| contract::is_account(id))
}

/// The ARN of the credentials: of a role's session `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. `None` as of the account.
pub async fn arn(link: &Link) -> Option<String> {
    identity(link).await?.arn
}

async fn identity(link: &Link) -> Option<GetCallerIdentityOutput> {
    let endpoint = link.endpoint(STS).ok()?;
    if link.keeps_from_sts() {
        return None;
    }
    let mut config = aws_sdk_sts::config::Builder::from(&link.config);
    config.set_endpoint_url(endpoint);
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let identity = client.get_caller_identity().send();
    timeout(Duration::from_secs(3), identity).await.ok()?.ok()
}
