//! Staging labels: a version that one hangs on is not deleted. First what is to be moved, with no network, then the calls.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::describe::{Described, Lost, Version};
use super::refusal::{Asked, Refusal};
use crate::aws::json_call::JsonService;
use crate::aws::trouble::Trouble;

/// What the deploying role must be allowed where labels are moved.
pub const ACTION: &str = "secretsmanager:UpdateSecretVersionStage";

/// A version that a label is to hang on.
#[derive(Debug)]
pub struct Kept<'a> {
    /// Its entry's place among all.
    pub index: usize,
    /// As messages name it.
    pub asked: Asked,
    /// Where the secret is.
    pub region: &'a str,
    /// The staging label.
    pub label: &'a str,
    /// The secret.
    pub described: &'a Described,
    /// That version of it.
    pub version: &'a Version,
}

/// What is refused, by its entry's place among all.
pub type Refusals = BTreeMap<usize, Refusal>;

/// Moves labels side by side, each once, and none that hangs there already. Where two entries want one label on two versions, none
/// is moved.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn keep<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    kept: &[Kept<'a>],
) -> Result<Refusals, Lost<'a>> {
    let (moves, twice) = plan(kept);
    if !twice.is_empty() {
        return Ok(twice);
    }
    let refused = moves.into_iter().map(|one| async move {
        let (service, request) = (&services[one.region], one.request());
        match service.call("UpdateSecretVersionStage", &request).await {
            Ok(_) => Ok(None),
            Err(Trouble::Refused(refused)) => {
                let asked = one.asked.clone();
                Ok(Some((
                    one.index,
                    asked.not_labelled(one.label, ACTION, &refused),
                )))
            }
            Err(Trouble::Outage(outage)) => Err(Lost {
                region: one.region,
                outage,
            }),
        }
    });
    Ok(try_join_all(refused).await?.into_iter().flatten().collect())
}

/// Those that are to be moved, each once, and the entries that want a label on another version than an earlier one does.
fn plan<'k, 'a>(kept: &'k [Kept<'a>]) -> (Vec<&'k Kept<'a>>, Refusals) {
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let (mut moves, mut twice) = (Vec::new(), Refusals::new());
    for one in kept {
        let (arn, to) = (one.described.arn.as_str(), one.version.id.as_str());
        match first.get(&(arn, one.label)) {
            Some(of_first) if *of_first == to => {}
            Some(_) => {
                twice.insert(one.index, one.asked.clone().labelled_twice(one.label));
            }
            None => {
                first.insert((arn, one.label), to);
                moves.extend((!one.version.has(one.label)).then_some(one));
            }
        }
    }
    (moves, twice)
}

impl Kept<'_> {
    /// The label leaves one version, if it hangs on any, for another.
    fn request(&self) -> Value {
        let mut request = json!({
            "SecretId": self.described.arn,
            "VersionStage": self.label,
            "MoveToVersionId": self.version.id,
        });
        if let Some(from) = self.described.staged(self.label) {
            request["RemoveFromVersionId"] = from.id.clone().into();
        }
        request
    }
}
