//! Whose credentials these are: for messages, and for commands that compare it with a role.

use std::time::Duration;

use tokio::time::timeout;

use super::connection::Link;
use super::endpoint::STS;
use crate::contract;
use crate::failure::innermost;
use crate::failure::shown::Shown;

/// Whose credentials these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Somebody's.
    Known {
        /// The twelve digits.
        account: String,
        /// The user's or role's, as STS told it.
        arn: String,
    },
    /// Another service has an endpoint of its own and STS has none: nobody has said that these credentials may go anywhere else.
    NotAsked,
    /// STS does not take them.
    Refused {
        /// In its words.
        said: Shown,
    },
    /// Nobody tells it: STS was not reached, or what answered is something else.
    Unknown {
        /// In the system's words.
        said: Shown,
    },
}

/// The account of the credentials. Silence, or an answer later than 3 s, is `None`: the message is then given without it. So it is
/// where nobody has said that STS may be asked.
pub async fn account(link: &Link) -> Option<String> {
    match caller(link).await {
        Caller::Known { account, .. } => Some(account),
        Caller::NotAsked | Caller::Refused { .. } | Caller::Unknown { .. } => None,
    }
}

/// The ARN of the credentials: of a role's session `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. `None` as of the account.
pub async fn arn(link: &Link) -> Option<String> {
    match caller(link).await {
        Caller::Known { arn, .. } => Some(arn),
        Caller::NotAsked | Caller::Refused { .. } | Caller::Unknown { .. } => None,
    }
}

/// Asks STS, for 3 s at most.
pub async fn caller(link: &Link) -> Caller {
    let unknown = |said: &str| Caller::Unknown { said: said.into() };
    let endpoint = match link.endpoint(STS) {
        Ok(endpoint) => endpoint,
        Err(bad) => return unknown(&bad.to_string()),
    };
    if link.keeps_from_sts() {
        return Caller::NotAsked;
    }
    let mut config = aws_sdk_sts::config::Builder::from(&link.config);
    config.set_endpoint_url(endpoint);
    let client = aws_sdk_sts::Client::from_conf(config.build());
    let identity = client.get_caller_identity().send();
    let identity = match timeout(Duration::from_secs(3), identity).await {
        Ok(Ok(identity)) => identity,
        Ok(Err(error)) if error.as_service_error().is_some() => {
            let said = innermost(&error).into();
            return Caller::Refused { said };
        }
        Ok(Err(error)) => return unknown(&innermost(&error)),
        Err(_) => return unknown("STS did not answer within 3 s"),
    };
    match identity.account.filter(|id| contract::is_account(id)) {
        Some(account) => Caller::Known {
            account,
            arn: identity.arn.unwrap_or_default(),
        },
        None => unknown("what STS answered names no account"),
    }
}
