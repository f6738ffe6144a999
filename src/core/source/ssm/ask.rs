//! What is planned -> what Parameter Store says, and what can be sealed of it.

use std::collections::BTreeMap;

use super::fetch::{API, Answers, Fetch, Lost};
use super::plan::Plan;
use super::seal::Sealing;
use super::want::Reference;
use crate::aws::Aws;
use crate::aws::account::Account;
use crate::aws::json_call::JsonService;
use crate::failure::Failure;
use crate::gather::Gather as _;
use crate::source::joint::Progress;

/// What Parameter Store says to all that is planned, each in its own region.
///
/// # Errors
/// What no single parameter is to blame for.
pub async fn fetched<'p>(
    aws: &Aws,
    home: &str,
    plan: &'p Plan<'p>,
    progress: Progress<'_>,
) -> Result<Answers<'p>, Failure> {
    let mut stores = BTreeMap::new();
    let regions = plan.calls.iter().map(|call| call.region);
    let regions = regions.chain([None]).into_set();
    for region in regions {
        // An address that there cannot be is a mistake of the settings, and no call is made.
        let store = JsonService::of(aws, API, region.unwrap_or(home)).await?;
        stores.insert(region.map(str::to_owned), store);
    }
    match Fetch::new(&stores, progress).all(plan).await {
        Ok(answers) => Ok(answers),
        Err(Lost { region, outage }) => {
            let store = &stores[&region];
            Err(store.calls.unavailable(outage).await.into())
        }
    }
}

/// The answers as they can be sealed. The account's number is worth a call only where a message will name it.
///
/// # Errors
/// There is no way to AWS.
pub async fn sealing<'a>(
    aws: &Aws,
    home: &str,
    answers: &'a Answers<'a>,
    references: &[Reference],
) -> Result<Sealing<'a>, Failure> {
    let unknown = Account {
        region: home.to_owned(),
        id: None,
    };
    let account = answers.account().unwrap_or_else(|| unknown.clone());
    let known = account.id.is_some();
    let stranger = JsonService::of(aws, API, home).await?.calls.stranger();
    let sealing = Sealing::new(answers, account, stranger.clone());
    let batch = sealing.batch(references);
    if known || batch.answers.iter().all(|answer| answer.outcome.is_ok()) {
        return Ok(sealing);
    }
    let account = Account {
        id: aws.account().await,
        ..unknown
    };
    Ok(Sealing::new(answers, account, stranger))
}
