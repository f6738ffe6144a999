//! The calls themselves: `Query` for the latest version, `GetItem` for one that is pinned.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::ask::Ask;
use super::item::Item;
use crate::aws::Aws;
use crate::aws::endpoint::DYNAMODB;
use crate::aws::json_call::{Api, JsonService};
use crate::aws::outage::Outage;
use crate::aws::pages::{self, Paged};
use crate::aws::trouble::{Refused, Trouble};
use crate::failure::Failure;
use crate::gather::Gather as _;
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

/// What is asked for of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What is baked.
    All,
    /// Its name and version.
    Version,
}

impl Part {
    /// Some attributes are words of DynamoDB's own, so all have a name here.
    fn projection(self) -> (&'static str, Value) {
        match self {
            Self::All => (
                "#n, #v, #k, #c, #h, #d",
                json!({
                    "#n": "name", "#v": "version", "#k": "key", "#c": "contents", "#h": "hmac", "#d": "digest",
                }),
            ),
            Self::Version => ("#n, #v", json!({ "#n": "name", "#v": "version" })),
        }
    }
}

/// All versions of a credential.
const VERSIONS: Paged = Paged {
    action: "Query",
    items: "Items",
    more: "LastEvaluatedKey",
    next: "ExclusiveStartKey",
};

/// The action that fetches a version, by DynamoDB's name and by IAM's.
#[must_use]
pub fn action(version: Option<&str>) -> (&'static str, &'static str) {
    match version {
        Some(_) => ("GetItem", "dynamodb:GetItem"),
        None => ("Query", "dynamodb:Query"),
    }
}

/// DynamoDB in each region that is asked. Makes no call.
///
/// # Errors
/// There is no way to AWS, or no address that can be used with these settings.
pub async fn services<'a>(
    aws: &Aws,
    asks: &BTreeSet<Ask<'a>>,
) -> Result<BTreeMap<&'a str, JsonService>, Failure> {
    let mut services = BTreeMap::new();
    for region in asks.iter().map(|ask| ask.region).into_set() {
        services.insert(region, JsonService::of(aws, API, region).await?);
    }
    Ok(services)
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
    let item = whole_or_part(service, ask, Part::All).await?;
    Ok(item.and_then(|item| Item::read(&item, ask).map_err(Said::Malformed)))
}

/// An item, or which of all there is not.
async fn whole_or_part(
    service: &JsonService,
    ask: Ask<'_>,
    part: Part,
) -> Result<Result<Value, Said>, Outage> {
    let found = match found(service, ask, part).await? {
        Ok(found) => found,
        Err(said) => return Ok(Err(said)),
    };
    if let Some(item) = found {
        return Ok(Ok(item));
    }
    if ask.version.is_none() {
        return Ok(Err(Said::NotFound));
    }
    // One call more, on the way to an error message only: what has any version is there.
    let latest = Ask {
        version: None,
        ..ask
    };
    Ok(Err(match self::found(service, latest, part).await? {
        Ok(None) => Said::NotFound,
        Ok(Some(_)) | Err(_) => Said::VersionNotFound,
    }))
}

/// Which version there is, and nothing else of it; as `one`.
///
/// # Errors
/// An outage.
pub async fn version(service: &JsonService, ask: Ask<'_>) -> Result<Result<String, Said>, Outage> {
    let item = whole_or_part(service, ask, Part::Version).await?;
    Ok(item.and_then(|item| {
        let version = item.pointer("/version/S").and_then(Value::as_str);
        let none = || Said::Malformed("it has no text `version`".into());
        version.map(str::to_owned).ok_or_else(none)
    }))
}

/// All versions, newest first.
///
/// # Errors
/// Those of a call.
pub async fn versions(service: &JsonService, ask: Ask<'_>) -> Result<Vec<String>, Trouble> {
    let latest = Ask {
        version: None,
        ..ask
    };
    let mut request = request(latest, Part::Version);
    if let Some(request) = request.as_object_mut() {
        request.remove("Limit");
    }
    let all = pages::all(service, VERSIONS, request).await?;
    let version = |item: &Value| Some(item.pointer("/version/S")?.as_str()?.to_owned());
    Ok(all.iter().filter_map(version).collect())
}

/// The item as it is returned, if there is one.
async fn found(
    service: &JsonService,
    ask: Ask<'_>,
    part: Part,
) -> Result<Result<Option<Value>, Said>, Outage> {
    let (operation, action) = action(ask.version);
    match service.call(operation, &request(ask, part)).await {
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
fn request(ask: Ask<'_>, part: Part) -> Value {
    let (projection, names) = part.projection();
    let common = json!({
        "TableName": ask.table,
        "ConsistentRead": true,
        "ProjectionExpression": projection,
        "ExpressionAttributeNames": names,
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
