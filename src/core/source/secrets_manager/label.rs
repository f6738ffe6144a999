//! Staging labels: a version that one hangs on is not deleted. First what is to be moved, with no network, then the calls.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::describe::{Described, Lost, Version};
use crate::aws::json_call::JsonService;
use crate::aws::trouble::{Refused, Trouble};

/// What the deploying role must be allowed where labels are moved.
pub const ACTION: &str = "secretsmanager:UpdateSecretVersionStage";

/// A version that a label is to hang on.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Its entry's place among all.
    pub index: usize,
    /// Where the secret is.
    pub region: &'a str,
    /// The staging label.
    pub label: &'a str,
    /// The secret.
    pub described: &'a Described,
    /// That version of it.
    pub version: &'a Version,
}

/// A call: a label leaves one version, if it hangs on any, for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move<'a> {
    /// The entry's that is told of a refusal.
    pub index: usize,
    /// Where the secret is.
    pub region: &'a str,
    /// The staging label.
    pub label: &'a str,
    arn: &'a str,
    to: &'a str,
    from: Option<&'a str>,
}

/// The moves that are needed, each once: none where the label hangs there already. And the entries that want a label on another
/// version than an earlier one does.
#[must_use]
pub fn plan<'a>(kept: &[Kept<'a>]) -> (Vec<Move<'a>>, Vec<(usize, &'a str)>) {
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let (mut moves, mut twice) = (Vec::new(), Vec::new());
    for one in kept {
        let (arn, to) = (one.described.arn.as_str(), one.version.id.as_str());
        if let Some(of_first) = first.get(&(arn, one.label)) {
            if *of_first != to {
                twice.push((one.index, one.label));
            }
            continue;
        }
        first.insert((arn, one.label), to);
        if !one.version.has(one.label) {
            let from = one.described.staged(one.label);
            moves.push(Move {
                index: one.index,
                region: one.region,
                label: one.label,
                arn,
                to,
                from: from.map(|version| version.id.as_str()),
            });
        }
    }
    (moves, twice)
}

/// Makes all moves side by side, and gives those that are refused.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn make<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    moves: &[Move<'a>],
) -> Result<Vec<(Move<'a>, Refused)>, Lost<'a>> {
    let refused = moves.iter().map(|one| async move {
        match services[one.region]
            .call("UpdateSecretVersionStage", &one.request())
            .await
        {
            Ok(_) => Ok(None),
            Err(Trouble::Refused(refused)) => Ok(Some((*one, refused))),
            Err(Trouble::Outage(outage)) => Err(Lost {
                region: one.region,
                outage,
            }),
        }
    });
    Ok(try_join_all(refused).await?.into_iter().flatten().collect())
}

impl Move<'_> {
    fn request(&self) -> Value {
        let mut request = json!({
            "SecretId": self.arn,
            "VersionStage": self.label,
            "MoveToVersionId": self.to,
        });
        if let Some(from) = self.from {
            request["RemoveFromVersionId"] = from.into();
        }
        request
    }
}
