//! What Secrets Manager tells of its secrets: versions, staging labels and the key, never a value.

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::ask::{self, Services};
use super::describe::{Answers, Described, Version as Labelled};
use super::refusal::Refusal;
use super::resolve::Found;
use super::want::{CURRENT, Pin as Wanted, Reference, SECRETS_MANAGER};
use crate::aws::Aws;
use crate::aws::json_call::JsonService;
use crate::aws::pages::{self, Paged};
use crate::aws::trouble::Trouble;
use crate::failure::{Failure, Problem};
use crate::source::joint::Progress;
use crate::source::refusal::{ServiceRefusal, words};
use crate::source::survey::{Pin, Survey, Told, Unknown, Version, Wish, seconds};

const VERSIONS: Paged = Paged {
    action: "ListSecretVersionIds",
    items: "Versions",
    more: "NextToken",
    next: "NextToken",
};
const ACTION: &str = "secretsmanager:ListSecretVersionIds";
/// What encrypts a secret that names no key.
const KEY_OF_AWS: &str = "alias/aws/secretsmanager";
/// What a version says in its place.
const DEFAULT_KEY: &str = "DefaultEncryptionKey";

/// What is told of all references.
///
/// # Errors
/// What no single entry is to blame for.
pub async fn survey(
    references: &[Reference],
    aws: &Aws,
    wish: Wish<'_>,
    progress: Progress<'_>,
) -> Result<Vec<Survey>, Failure> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    let home = aws.region().await?;
    let (services, answers) = ask::described(aws, home, references, progress).await?;
    let id = ask::account(aws, home, references, &answers).await;
    let found = references
        .iter()
        .map(|one| (one, one.found(home, id.as_deref(), &answers)));
    each(found, (home, &services, &answers), wish).await
}

/// What is told of each reference, whose version was found or was not.
///
/// # Errors
/// A region gives no answers.
pub async fn each<'a>(
    references: impl Iterator<Item = (&'a Reference, Found<'a>)>,
    (home, services, answers): (&str, &Services<'_>, &Answers<'_>),
    wish: Wish<'_>,
) -> Result<Vec<Survey>, Failure> {
    let told = references.map(|(reference, found)| {
        let ask = reference.ask(home);
        let described = answers[&ask].as_ref().ok();
        let service = &services[ask.0];
        async move {
            let history = match described {
                Some(described) if wish.history.has(&reference.name) => {
                    history(reference, described, service).await?
                }
                _ => Told::Unasked,
            };
            let found = found.map(|(_, version)| version);
            Ok(told(reference, ask.0, described, found, history))
        }
    });
    try_join_all(told).await
}

fn told(
    reference: &Reference,
    region: &str,
    described: Option<&Described>,
    found: Result<&Labelled, Refusal>,
    history: Told<Vec<Version>>,
) -> Survey {
    let of = |labelled: &Labelled| {
        let mut all = history.known().into_iter().flatten();
        let same = all.find(|one| one.id.as_deref() == Some(labelled.id.as_str()));
        let version = described.map(|described| version_of(described, labelled));
        same.cloned().or(version).unwrap_or_default()
    };
    let mut denied = None;
    let meant = match found {
        Ok(version) => Ok(Told::Known(of(version))),
        Err(Refusal::Service(ServiceRefusal::Denied { action, said, .. })) => {
            let unknown = Unknown { action, said };
            denied = Some(unknown.clone());
            Ok(Told::Unknown(unknown))
        }
        Err(why) => Err(Problem::at(&reference.place, why)),
    };
    let current = described.and_then(|described| described.staged(CURRENT));
    let unasked = || denied.clone().map_or(Told::Unasked, Told::Unknown);
    let latest = current.map_or_else(unasked, |current| Told::Known(of(current)));
    let keys = described.map_or_else(
        || denied.clone().map_or(Told::Unasked, Told::Unknown),
        |described| Told::Known(vec![key_of(described.key.as_deref())]),
    );
    Survey {
        index: reference.index,
        place: reference.place.clone(),
        name: reference.name.clone(),
        source: SECRETS_MANAGER,
        from: reference.secret.shown().clone(),
        region: Some(region.to_owned()),
        arn: described.map(|described| described.arn.clone()),
        pin: pin(reference.configured.as_ref().unwrap_or(&reference.pin)),
        meant,
        latest,
        oldest: Told::Unasked,
        history,
        keys,
        tier: Told::Unasked,
    }
}

fn pin(pin: &Wanted) -> Pin {
    match pin {
        Wanted::Current => Pin::Floating,
        Wanted::Stage(stage) if stage.value() == CURRENT => Pin::Floating,
        Wanted::Stage(stage) => Pin::Label(stage.shown().to_string()),
        Wanted::Id(id) => Pin::Version(id.shown().to_string()),
    }
}

/// Only of the current version it is known when it was written at the latest: when anything was changed.
fn version_of(described: &Described, labelled: &Labelled) -> Version {
    Version {
        id: Some(labelled.id.clone()),
        labels: labelled.stages.clone(),
        written: described.changed.filter(|_| labelled.has(CURRENT)),
        key: Some(key_of(described.key.as_deref())),
    }
}

fn key_of(key: Option<&str>) -> String {
    let own = key.filter(|key| *key != DEFAULT_KEY && !key.is_empty());
    own.unwrap_or(KEY_OF_AWS).to_owned()
}

/// Newest first, those without a staging label too.
async fn history(
    reference: &Reference,
    described: &Described,
    service: &JsonService,
) -> Result<Told<Vec<Version>>, Failure> {
    let request =
        json!({ "SecretId": described.arn, "MaxResults": 100, "IncludeDeprecated": true });
    match pages::all(service, VERSIONS, request).await {
        Ok(all) => {
            let mut all: Vec<_> = all.iter().map(|of| listed(described, of)).collect();
            all.sort_by_key(|version| std::cmp::Reverse(version.written));
            Ok(Told::Known(all))
        }
        Err(Trouble::Refused(refused)) => Ok(Told::Unknown(Unknown {
            action: ACTION,
            said: words(&reference.secret, "secret", &refused.said),
        })),
        Err(Trouble::Outage(outage)) => Err(service.calls.unavailable(outage).await.into()),
    }
}

fn listed(described: &Described, of: &Value) -> Version {
    let texts = |key: &str| {
        let list = of.get(key).and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    let key = texts("KmsKeyIds").into_iter().next();
    Version {
        id: of
            .get("VersionId")
            .and_then(Value::as_str)
            .map(str::to_owned),
        labels: texts("VersionStages"),
        written: seconds(of.get("CreatedDate")),
        key: Some(key_of(key.as_deref().or(described.key.as_deref()))),
    }
}
