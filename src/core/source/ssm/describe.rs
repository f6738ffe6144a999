//! `DescribeParameters` and `GetParameterHistory`: keys, tiers and versions, page by page. A value that stands in a reply is not read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::fetch::API;
use crate::aws::Aws;
use crate::aws::json_call::JsonService;
use crate::aws::pages::{self, Paged};
use crate::aws::trouble::{Refused, Trouble};
use crate::failure::Failure;
use crate::gather::Gather as _;
use crate::source::survey::{Version, seconds};

const DESCRIBE: Paged = Paged {
    action: "DescribeParameters",
    items: "Parameters",
    more: "NextToken",
    next: "NextToken",
};
const HISTORY: Paged = Paged {
    action: "GetParameterHistory",
    ..DESCRIBE
};
/// A filter takes as many values, and a page has as many parameters or versions.
const MOST: usize = 50;

/// A parameter as it was described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// Its ARN, without a selector.
    pub arn: Option<String>,
    /// Its newest version.
    pub latest: Version,
    /// `Standard`, `Advanced`.
    pub tier: Option<String>,
}

/// By region and name; what is absent was left out of the replies.
pub type Descriptions<'a> = HashMap<(&'a str, String), Result<Described, Refused>>;

/// Parameter Store in each of these regions. Makes no call.
///
/// # Errors
/// There is no way to AWS, or no address that can be used with these settings.
pub async fn services<'a>(
    aws: &Aws,
    regions: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<&'a str, JsonService>, Failure> {
    let mut services = BTreeMap::new();
    for region in regions.into_set() {
        services.insert(region, JsonService::of(aws, API, region).await?);
    }
    Ok(services)
}

/// Key, tier and newest version of each, fifty a call and side by side.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn describe<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    names: &BTreeSet<(&'a str, &str)>,
) -> Result<Descriptions<'a>, Failure> {
    let of = |region: &str| -> Vec<&str> {
        let names = names.iter().filter(|(of, _)| *of == region);
        names.map(|(_, name)| *name).collect()
    };
    let batches = services.iter().flat_map(|(region, service)| {
        let names = of(region);
        let batches: Vec<_> = names.chunks(MOST).map(<[_]>::to_vec).collect();
        batches
            .into_iter()
            .map(move |names| batch(region, service, names))
    });
    Ok(try_join_all(batches).await?.into_iter().flatten().collect())
}

async fn batch<'a>(
    region: &'a str,
    service: &JsonService,
    names: Vec<&str>,
) -> Result<Descriptions<'a>, Failure> {
    let filter = json!({ "Key": "Name", "Option": "Equals", "Values": names });
    let request = json!({ "ParameterFilters": [filter], "MaxResults": MOST });
    Ok(match asked(service, DESCRIBE, request).await? {
        Ok(all) => {
            let place = |of: &Value| Some((region, of.get("Name")?.as_str()?.to_owned()));
            let all = all.iter();
            all.filter_map(|of| Some((place(of)?, Ok(described(of)))))
                .collect()
        }
        Err(refused) => {
            let all = names.into_iter();
            all.map(|name| ((region, name.to_owned()), Err(refused.clone())))
                .collect()
        }
    })
}

fn described(of: &Value) -> Described {
    Described {
        arn: text(of, "ARN"),
        latest: version(of),
        tier: text(of, "Tier"),
    }
}

/// All versions that are kept, newest first. `name` may be an ARN.
///
/// # Errors
/// An outage.
pub async fn history(
    service: &JsonService,
    name: &str,
) -> Result<Result<Vec<Version>, Refused>, Failure> {
    let request = json!({ "Name": name, "WithDecryption": false, "MaxResults": MOST });
    let all = asked(service, HISTORY, request).await?;
    Ok(all.map(|all| {
        let number = |of: &Value| of.get("Version").and_then(Value::as_i64);
        let mut all: Vec<_> = all.iter().collect();
        all.sort_unstable_by_key(|of| std::cmp::Reverse(number(of)));
        all.into_iter().map(version).collect()
    }))
}

fn version(of: &Value) -> Version {
    let labels = of.get("Labels").and_then(Value::as_array);
    let labels = labels.into_iter().flatten().filter_map(Value::as_str);
    Version {
        id: of
            .get("Version")
            .and_then(Value::as_i64)
            .map(|id| id.to_string()),
        labels: labels.map(str::to_owned).collect(),
        written: seconds(of.get("LastModifiedDate")),
        key: text(of, "KeyId"),
    }
}

fn text(of: &Value, key: &str) -> Option<String> {
    let text = of.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// What is refused is an answer.
async fn asked(
    service: &JsonService,
    paged: Paged,
    request: Value,
) -> Result<Result<Vec<Value>, Refused>, Failure> {
    match pages::all(service, paged, request).await {
        Ok(all) => Ok(Ok(all)),
        Err(Trouble::Refused(refused)) => Ok(Err(refused)),
        Err(Trouble::Outage(outage)) => Err(service.calls.unavailable(outage).await.into()),
    }
}
