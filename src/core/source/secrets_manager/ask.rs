//! References -> what Secrets Manager says of their secrets, each once, in the regions of their ARNs.

use std::collections::BTreeMap;

use super::describe::{self, API, Answers, Lost};
use super::want::Reference;
use crate::aws::Aws;
use crate::aws::account;
use crate::aws::json_call::JsonService;
use crate::failure::Failure;
use crate::gather::Gather as _;
use crate::source::joint::Progress;

/// By region.
pub type Services<'a> = BTreeMap<&'a str, JsonService>;

/// What is told of all secrets, and who was asked.
///
/// # Errors
/// What no single secret is to blame for.
pub async fn described<'a>(
    aws: &Aws,
    home: &'a str,
    references: &'a [Reference],
    progress: Progress<'_>,
) -> Result<(Services<'a>, Answers<'a>), Failure> {
    let asks = references.iter().map(|one| one.ask(home)).into_set();
    let services = services(aws, asks.iter().map(|(region, _)| *region)).await?;
    match describe::all(&services, &asks, progress).await {
        Ok(answers) => Ok((services, answers)),
        Err(lost) => Err(unavailable(&services, lost).await),
    }
}

/// Secrets Manager in each of these regions. Makes no call.
///
/// # Errors
/// There is no way to AWS, or no address that can be used with these settings.
pub async fn services<'a>(
    aws: &Aws,
    regions: impl Iterator<Item = &'a str>,
) -> Result<Services<'a>, Failure> {
    let mut services = Services::new();
    for region in regions.into_set() {
        services.insert(region, JsonService::of(aws, API, region).await?);
    }
    Ok(services)
}

/// Why a region gave no answer.
pub async fn unavailable(services: &Services<'_>, lost: Lost<'_>) -> Failure {
    let calls = &services[lost.region].calls;
    calls.unavailable(lost.outage).await.into()
}

/// The account's number, where a message will name it and no ARN does.
pub async fn account(
    aws: &Aws,
    home: &str,
    references: &[Reference],
    answers: &Answers<'_>,
) -> Option<String> {
    let unknown = |one: &Reference| {
        let ask = one.ask(home);
        account::in_arn(ask.1).is_none() && answers[&ask].is_err()
    };
    if references.iter().any(unknown) {
        aws.account().await
    } else {
        None
    }
}
