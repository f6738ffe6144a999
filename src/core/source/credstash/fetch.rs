//! The calls themselves: `Query` for the latest version, `GetItem` for one that is pinned.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::ask::Ask;
use super::item::Item;
use crate::aws::endpoint::DYNAMODB;
use crate::aws::json_call::{Api, JsonService};
use crate::aws::outage::Outage;
use crate::aws::trouble::{Refused, Trouble};
use crate::source::joint::Progress;

/// How DynamoDB is spoken to.
pub const API: Api = Api {
    service: DYNAMODB,
    target: "DynamoDB_20120810",
    version: "1.0",
};

/// Why there is no item that can be baked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// IAM refuses the action.
    Denied { action: &'static str, said: String },
    /// There is no such table.
    NoTable,
    /// There is no such credential in the table.
    NotFound,
    /// There is the credential, without this version.
    VersionNotFound,
    /// There is one that credstash has not written: why, in words.
    Malformed(String),
    /// Any other error.
    Other(Refused),
}

/// What DynamoDB said to each.
pub type Answers<'a> = HashMap<Ask<'a>, Result<Item, Said>>;

/// What ends all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost<'a> {
    /// The region that was asked.
    pub region: &'a str,
    /// What happened there.
    pub outage: Outage,
}

/// The action that fetches a version, by DynamoDB's name and by IAM's.
#[must_use]
pub fn action(version: Option<&str>) -> (&'static str, &'static str) {
    match version {
        Some(_) => ("GetItem", "dynamodb:GetItem"),
        None => ("Query", "dynamodb:Query"),
    }
}

/// All answers, side by side.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn all<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    asks: &BTreeSet<Ask<'a>>,
    progress: Progress<'_>,
) -> Result<Answers<'a>, Lost<'a>> {
    let done = AtomicUsize::new(0);
    progress(0, asks.len());
    let answers = asks.iter().map(|ask| {
        let done = &done;
        async move {
            let answer = one(&services[ask.region], *ask).await;
            progress(done.fetch_add(1, Relaxed) + 1, asks.len());
            let answer = answer.map_err(|outage| Lost {
                region: ask.region,
                outage,
            })?;
            Ok((*ask, answer))
        }
    });
    Ok(try_join_all(answers).await?.into_iter().collect())
}

async fn one(service: &JsonService, ask: Ask<'_>) -> Result<Result<Item, Said>, Outage> {
    let found = match found(service, ask).await? {
        Ok(found) => found,
        Err(said) => return Ok(Err(said)),
    };
    if let Some(item) = found {
        return Ok(Item::read(&item, ask).map_err(Said::Malformed));
    }
    if ask.version.is_none() {
        return Ok(Err(Said::NotFound));
    }
    // One call more, on the way to an error message only: what has any version is there.
    let latest = Ask {
        version: None,
        ..ask
    };
    Ok(Err(match self::found(service, latest).await? {
        Ok(None) => Said::NotFound,
        Ok(Some(_)) | Err(_) => Said::VersionNotFound,
    }))
}

/// The item as it is returned, if there is one.
async fn found(service: &JsonService, ask: Ask<'_>) -> Result<Result<Option<Value>, Said>, Outage> {
    let (operation, action) = action(ask.version);
    match service.call(operation, &request(ask)).await {
        Ok(answer) => Ok(Ok(match ask.version {
            Some(_) => answer.get("Item").filter(|item| !is_empty(item)).cloned(),
            None => answer.pointer("/Items/0").cloned(),
        })),
        Err(Trouble::Refused(refused)) if refused.code == "ResourceNotFoundException" => {
            Ok(Err(Said::NoTable))
        }
        Err(Trouble::Refused(refused)) if refused.is_denied() => Ok(Err(Said::Denied {
            action,
            said: refused.said,
        })),
        Err(Trouble::Refused(refused)) => Ok(Err(Said::Other(refused))),
        Err(Trouble::Outage(outage)) => Err(outage),
    }
}

fn is_empty(item: &Value) -> bool {
    item.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Only what is baked is asked for, and never what was true a moment ago.
fn request(ask: Ask<'_>) -> Value {
    let common = json!({
        "TableName": ask.table,
        "ConsistentRead": true,
        "ProjectionExpression": "#n, #v, #k, #c, #h, #d",
        // Some of these are words of DynamoDB's own.
        "ExpressionAttributeNames": {
            "#n": "name", "#v": "version", "#k": "key", "#c": "contents", "#h": "hmac", "#d": "digest",
        },
    });
    let name = json!({ "S": ask.credential });
    let own = match ask.version {
        Some(version) => json!({ "Key": { "name": name, "version": { "S": version } } }),
        None => json!({
            "KeyConditionExpression": "#n = :n",
            "ExpressionAttributeValues": { ":n": name },
            "ScanIndexForward": false,
            "Limit": 1,
        }),
    };
    let both = [common, own].into_iter().filter_map(|part| match part {
        Value::Object(map) => Some(map),
        _ => None,
    });
    Value::Object(both.flatten().collect())
}
