//! Whether a service answers at all, and what time it has: for whoever looks for what is wrong with a set-up.

use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::ErrorMetadata;

use super::endpoint::Service;
use super::signed_call::{Ask, SignedService};
use super::trouble::Trouble;
use super::{Aws, endpoint};
use crate::failure::Failure;
use crate::failure::shown::Shown;

/// A service that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Its address, as it may be shown.
    pub address: Shown,
    /// How many seconds this machine's clock is ahead of the service's; negative where it is behind. `None`: it told no time.
    pub ahead: Option<i64>,
}

#[derive(Debug)]
struct Answer {
    date: Option<SystemTime>,
}

/// Asks a service for nothing in particular: whatever it answers, a refusal too, it is there. Nothing is changed.
///
/// # Errors
/// There is no way to it.
pub async fn probe(aws: &Aws, service: Service, region: &str) -> Result<Reached, Failure> {
    let signed = SignedService::of(aws, service, region, read).await?;
    let ask = Ask {
        method: "POST",
        path: "/".into(),
        headers: vec![("content-type", "application/x-amz-json-1.1".into())],
        body: "{}".into(),
    };
    let now = SystemTime::now();
    match signed.call(ask).await {
        Ok(answer) => Ok(Reached {
            address: endpoint::shown(signed.calls.address()),
            ahead: answer.date.map(|date| seconds_between(date, now)),
        }),
        Err(Trouble::Outage(outage)) => Err(signed.calls.unavailable(outage).await.into()),
        Err(Trouble::Refused(_)) => Ok(Reached {
            address: endpoint::shown(signed.calls.address()),
            ahead: None,
        }),
    }
}

/// Every answer of the service's is one.
#[expect(clippy::unnecessary_wraps, reason = "the type is that of all readers")]
fn read(response: &HttpResponse) -> Result<Answer, OrchestratorError<ErrorMetadata>> {
    let date = response.headers().get("date");
    let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
    Ok(Answer {
        date: date.and_then(|date| SystemTime::try_from(date).ok()),
    })
}

fn seconds_between(theirs: SystemTime, ours: SystemTime) -> i64 {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match ours.duration_since(theirs) {
        Ok(ahead) => seconds(ahead),
        Err(behind) => -seconds(behind.duration()),
    }
}
