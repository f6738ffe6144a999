//! Staging labels: a version that one hangs on is not deleted. First what is to be moved, with no network, then the calls.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::describe::{Described, Lost, Version};
use super::refusal::{Asked, Refusal};
use crate::aws::json_call::JsonService;
use crate::aws::trouble::Trouble;
use crate::config::Text;
use crate::gather::Gather as _;

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
    pub label: Text,
    /// The secret.
    pub described: &'a Described,
    /// That version of it.
    pub version: &'a Version,
}

/// What is refused, by its entry's place among all.
pub type Refusals = BTreeMap<usize, Refusal>;

/// A label that is to be moved.
#[derive(Debug)]
pub struct Move {
    index: usize,
    asked: Asked,
    region: String,
    label: Text,
    request: Value,
}

impl Move {
    /// Where the secret is.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }
}

/// Moves labels side by side.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn keep<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    moves: &'a [Move],
) -> Result<Refusals, Lost<'a>> {
    let refused = moves.iter().map(|one| async move {
        let service = &services[one.region()];
        match service.call("UpdateSecretVersionStage", &one.request).await {
            Ok(_) => Ok(None),
            Err(Trouble::Refused(refused)) => {
                let asked = one.asked.clone();
                Ok(Some((
                    one.index,
                    asked.not_labelled(&one.label, ACTION, &refused),
                )))
            }
            Err(Trouble::Outage(outage)) => Err(Lost {
                region: one.region(),
                outage,
            }),
        }
    });
    let refused = try_join_all(refused).await?;
    Ok(refused.into_iter().flatten().into_map())
}

/// The labels that are to be moved, each once, and none that hangs there already; and the entries that want a label on another version
/// than an earlier one does.
#[must_use]
pub fn plan(kept: &[Kept<'_>]) -> (Vec<Move>, Refusals) {
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let (mut moves, mut twice) = (Vec::new(), Refusals::new());
    for one in kept {
        let (arn, to) = (one.described.arn.as_str(), one.version.id.as_str());
        let label = one.label.value();
        match first.get(&(arn, label)) {
            Some(of_first) if *of_first == to => {}
            Some(_) => {
                twice.insert(one.index, one.asked.clone().labelled_twice(&one.label));
            }
            None => {
                first.insert((arn, label), to);
                moves.extend((!one.version.has(label)).then(|| one.to_move()));
            }
        }
    }
    (moves, twice)
}

impl Kept<'_> {
    fn to_move(&self) -> Move {
        Move {
            index: self.index,
            asked: self.asked.clone(),
            region: self.region.to_owned(),
            label: self.label.clone(),
            request: self.request(),
        }
    }

    /// The label leaves one version, if it hangs on any, for another.
    fn request(&self) -> Value {
        let mut request = json!({
            "SecretId": self.described.arn,
            "VersionStage": self.label.value(),
            "MoveToVersionId": self.version.id,
        });
        if let Some(from) = self.described.staged(self.label.value()) {
            request["RemoveFromVersionId"] = from.id.clone().into();
        }
        request
    }
}
