//! `DescribeSecret`: which versions a secret has, and which staging labels hang on them. It shows no value.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::want::is_arn;
use crate::aws::endpoint::SECRETS_MANAGER;
use crate::aws::json_call::{Api, JsonService};
use crate::aws::outage::Outage;
use crate::aws::trouble::{Refused, Trouble};
use crate::contract;
use crate::source::joint::Progress;
use crate::source::survey::seconds;

/// How Secrets Manager is spoken to.
pub const API: Api = Api {
    service: SECRETS_MANAGER,
    target: "secretsmanager",
    version: "1.1",
};
/// What the deploying role must be allowed.
pub const ACTION: &str = "secretsmanager:DescribeSecret";

/// A secret as it was described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Whole.
    pub arn: String,
    /// Whether its deletion is scheduled: no value can be read.
    pub is_deleted: bool,
    /// Those that have a staging label.
    pub versions: Vec<Version>,
    /// The KMS key, as it was named when it was set. `None`: AWS' own.
    pub key: Option<String>,
    /// When anything of it was changed last, in seconds since 1970.
    pub changed: Option<i64>,
}

/// A version of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// Its staging labels.
    pub stages: Vec<String>,
}

/// Why there is no description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// IAM refuses the action.
    Denied(String),
    /// There is no such secret.
    NotFound,
    /// What came back describes no secret.
    Odd,
    /// Any other error.
    Other(Refused),
}

/// What Secrets Manager said to each, by region and name or ARN.
pub type Answers<'a> = HashMap<(&'a str, &'a str), Result<Described, Said>>;

/// What ends all calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost<'a> {
    /// The region that was asked.
    pub region: &'a str,
    /// What happened there.
    pub outage: Outage,
}

impl Version {
    /// Whether a staging label hangs on it.
    #[must_use]
    pub fn has(&self, stage: &str) -> bool {
        self.stages.iter().any(|of| of == stage)
    }
}

impl Described {
    /// One by its id.
    #[must_use]
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The one that a staging label hangs on.
    #[must_use]
    pub fn staged(&self, stage: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.has(stage))
    }

    /// `None`: it describes no secret.
    fn read(answer: &Value) -> Option<Self> {
        let arn = answer.get("ARN")?.as_str().filter(|arn| is_arn(arn))?;
        let versions = match answer.get("VersionIdsToStages") {
            None | Some(Value::Null) => Vec::new(),
            Some(versions) => {
                let versions = versions.as_object()?.iter();
                versions
                    .map(|(id, stages)| Version::read(id, stages))
                    .collect::<Option<_>>()?
            }
        };
        Some(Self {
            arn: arn.to_owned(),
            is_deleted: answer
                .get("DeletedDate")
                .is_some_and(|date| !date.is_null()),
            versions,
            key: answer
                .get("KmsKeyId")
                .and_then(Value::as_str)
                .map(str::to_owned),
            changed: seconds(answer.get("LastChangedDate")),
        })
    }
}

impl Version {
    fn read(id: &str, stages: &Value) -> Option<Self> {
        let stages = stages.as_array()?.iter();
        let stages = stages.map(|stage| Some(stage.as_str()?.to_owned()));
        Some(Self {
            id: Some(id).filter(|id| contract::is_version(id))?.to_owned(),
            stages: stages.collect::<Option<_>>()?,
        })
    }
}

/// All answers, each secret once, side by side.
///
/// # Errors
/// The first outage; the other calls stop.
pub async fn all<'a>(
    services: &BTreeMap<&'a str, JsonService>,
    asks: &BTreeSet<(&'a str, &'a str)>,
    progress: Progress<'_>,
) -> Result<Answers<'a>, Lost<'a>> {
    let done = AtomicUsize::new(0);
    progress(0, asks.len());
    let answers = asks.iter().map(|(region, secret)| {
        let done = &done;
        async move {
            let answer = one(&services[region], secret).await;
            progress(done.fetch_add(1, Relaxed) + 1, asks.len());
            let answer = answer.map_err(|outage| Lost { region, outage })?;
            Ok(((*region, *secret), answer))
        }
    });
    Ok(try_join_all(answers).await?.into_iter().collect())
}

async fn one(service: &JsonService, secret: &str) -> Result<Result<Described, Said>, Outage> {
    let request = json!({ "SecretId": secret });
    Ok(match service.call("DescribeSecret", &request).await {
        Ok(answer) => Described::read(&answer).ok_or(Said::Odd),
        Err(Trouble::Outage(outage)) => return Err(outage),
        Err(Trouble::Refused(refused)) if refused.is_denied() => Err(Said::Denied(refused.said)),
        Err(Trouble::Refused(refused)) if refused.code == "ResourceNotFoundException" => {
            Err(Said::NotFound)
        }
        Err(Trouble::Refused(refused)) => Err(Said::Other(refused)),
    })
}
