//! What a table of credstash tells: which versions there are. Nothing else of an item is asked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use futures_util::future::try_join_all;

use super::ask::Ask;
use super::fetch::{self, Said};
use super::refusal::Refusal;
use super::want::{CREDSTASH, Reference, unpadded};
use crate::aws::Aws;
use crate::aws::account::Account;
use crate::aws::json_call::JsonService;
use crate::aws::outage::Outage;
use crate::aws::trouble::Trouble;
use crate::failure::{Failure, Problem};
use crate::gather::Gather as _;
use crate::source::joint::Progress;
use crate::source::refusal::words;
use crate::source::survey::{Pin, Survey, Told, Unknown, Version, Wish};

/// The action that tells all versions.
const QUERY: &str = "dynamodb:Query";

/// Which version there is, by what was asked.
pub type Versions<'a> = HashMap<Ask<'a>, Result<String, Said>>;

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
    let asking = Asking {
        references,
        aws,
        home,
    };
    let (mut asks, mut known) = (BTreeSet::new(), Versions::new());
    for reference in references {
        let ask = reference.ask(home);
        match (&reference.held, ask.version) {
            (Some(_), Some(version)) if wish.trusts_lock => {
                known.insert(ask, Ok(version.to_owned()));
            }
            _ => asks.extend([ask, newest(ask)]),
        }
    }
    known.extend(asking.versions(asks, progress).await?);
    Ok(asking.told(known, wish).await?.surveys)
}

/// Whom references are asked for.
pub struct Asking<'a> {
    /// All.
    pub references: &'a [Reference],
    /// The way.
    pub aws: &'a Aws,
    /// The region of those that name none.
    pub home: &'a str,
}

/// What is told of them.
pub struct Surveyed {
    /// Of each.
    pub surveys: Vec<Survey>,
    /// The account's number, where a message names it.
    pub account: Option<String>,
}

impl<'a> Asking<'a> {
    async fn versions(
        &self,
        asks: BTreeSet<Ask<'a>>,
        progress: Progress<'_>,
    ) -> Result<Versions<'a>, Failure> {
        let services = fetch::services(self.aws, &asks).await?;
        let (done, total) = (AtomicUsize::new(0), self.references.len());
        let versions = asks.iter().map(|ask| {
            let (service, done) = (&services[ask.region], &done);
            async move {
                let version = answered(service, fetch::version(service, *ask).await).await?;
                let done = done.fetch_add(1, Relaxed) + 1;
                progress(done.min(total), total);
                Ok::<_, Failure>((*ask, version))
            }
        });
        Ok(try_join_all(versions).await?.into_iter().collect())
    }

    /// The newest versions that are not among these; what is taken from a lock is not asked for.
    async fn newest(
        &self,
        versions: &Versions<'a>,
        wish: Wish<'_>,
    ) -> Result<Versions<'a>, Failure> {
        let is_trusted = |one: &&Reference| wish.trusts_lock && one.held.is_some();
        let floating = self.references.iter().filter(|one| !is_trusted(one));
        let newest = floating.map(|one| newest(one.ask(self.home)));
        let more = newest.filter(|ask| !versions.contains_key(ask));
        self.versions(more.into_set(), &|_, _| {}).await
    }

    /// What is told of all references where it is known which versions there are of what they mean; the newest ones that are not among
    /// these are asked for.
    ///
    /// # Errors
    /// What no single entry is to blame for.
    pub async fn told(
        &self,
        mut versions: Versions<'a>,
        wish: Wish<'_>,
    ) -> Result<Surveyed, Failure> {
        versions.extend(self.newest(&versions, wish).await?);
        // The account's number is worth a call only where a message will name it.
        let id = if versions.values().any(Result::is_err) {
            self.aws.account().await
        } else {
            None
        };
        let asks = self.references.iter().map(|one| one.ask(self.home));
        let services = fetch::services(self.aws, &asks.into_set()).await?;
        let told = self.references.iter().map(|reference| {
            let ask = reference.ask(self.home);
            let account = Account {
                region: ask.region.to_owned(),
                id: id.clone(),
            };
            let meant = meant(reference, ask, account, &versions[&ask]);
            let latest = versions.get(&self::newest(ask));
            let latest = latest.map_or(Told::Unasked, |latest| self::latest(reference, latest));
            let service = &services[ask.region];
            async move {
                let history = if wish.history.has(&reference.name) {
                    history(reference, ask, service).await?
                } else {
                    Told::Unasked
                };
                Ok::<_, Failure>(survey_of(reference, ask, meant, latest, history))
            }
        });
        Ok(Surveyed {
            surveys: try_join_all(told).await?,
            account: id,
        })
    }
}

fn survey_of(
    reference: &Reference,
    ask: Ask<'_>,
    meant: Result<Told<Version>, Problem>,
    latest: Told<Version>,
    history: Told<Vec<Version>>,
) -> Survey {
    Survey {
        index: reference.index,
        place: reference.place.clone(),
        name: reference.name.clone(),
        source: CREDSTASH,
        from: reference.from(),
        region: Some(ask.region.to_owned()),
        arn: None,
        pin: pin(reference),
        meant,
        latest,
        oldest: Told::Unasked,
        history,
        // Which key a data key is under stands nowhere in its item.
        keys: Told::Unasked,
        tier: Told::Unasked,
    }
}

fn newest(ask: Ask<'_>) -> Ask<'_> {
    Ask {
        version: None,
        ..ask
    }
}

async fn answered<T>(service: &JsonService, answer: Result<T, Outage>) -> Result<T, Failure> {
    match answer {
        Ok(answer) => Ok(answer),
        Err(outage) => Err(service.calls.unavailable(outage).await.into()),
    }
}

fn pin(reference: &Reference) -> Pin {
    let configured = reference.held.as_ref().map(|held| &held.configured);
    let version = configured.unwrap_or(&reference.version);
    version.as_deref().map_or(Pin::Floating, |version| {
        Pin::Version(unpadded(version).to_owned())
    })
}

fn meant(
    reference: &Reference,
    ask: Ask<'_>,
    account: Account,
    version: &Result<String, Said>,
) -> Result<Told<Version>, Problem> {
    match version {
        Ok(version) => Ok(Told::Known(version_of(version))),
        Err(Said::Denied { action, said }) => Ok(unknown(reference, action, said)),
        Err(said) => {
            let why = Refusal::of(reference, ask, account, said);
            Err(Problem::at(&reference.place, why))
        }
    }
}

fn latest(reference: &Reference, version: &Result<String, Said>) -> Told<Version> {
    match version {
        Ok(version) => Told::Known(version_of(version)),
        Err(Said::Denied { action, said }) => unknown(reference, action, said),
        Err(_) => Told::Unasked,
    }
}

async fn history(
    reference: &Reference,
    ask: Ask<'_>,
    service: &JsonService,
) -> Result<Told<Vec<Version>>, Failure> {
    match fetch::versions(service, ask).await {
        Ok(all) => Ok(Told::Known(all.iter().map(|one| version_of(one)).collect())),
        Err(Trouble::Refused(refused)) => Ok(unknown(reference, QUERY, &refused.said)),
        Err(Trouble::Outage(outage)) => answered(service, Err(outage)).await,
    }
}

fn unknown<T>(reference: &Reference, action: &'static str, said: &str) -> Told<T> {
    let said = words(&reference.credential, "credential", said);
    Told::Unknown(Unknown { action, said })
}

fn version_of(version: &str) -> Version {
    Version {
        id: Some(unpadded(version).to_owned()),
        ..Version::default()
    }
}
