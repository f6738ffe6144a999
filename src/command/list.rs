//! All secrets as their sources have them, under which keys they are, and which functions carry them.

use std::collections::{BTreeMap, BTreeSet};

use secret_baker_core::aws::Aws;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Failure, nearest};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::lock::{self, Held};
use secret_baker_core::source::Progress;
use secret_baker_core::source::survey::{Survey, Told, Unknown, Version, Whose, Wish};
use secret_baker_core::source::together;
use secret_baker_core::{held, take};

use crate::keys::{self, AllFacts, Facts};
use crate::service::{Function, Service};

/// All that was found.
#[derive(Debug)]
pub struct Listed {
    /// In the order of the config; those of a prefix one by one.
    pub secrets: Vec<Secret>,
    /// Why the lock is not taken into account, though there is one.
    pub lock: Option<Failure>,
    /// What could not be asked, each action once.
    pub unanswered: Vec<Unanswered>,
    /// By region and name.
    aliases: BTreeMap<(String, String), String>,
}

/// One secret.
#[derive(Debug)]
pub struct Secret {
    /// What its source tells.
    pub survey: Survey,
    /// The version that the lock has, which a bake takes. `None`: it is not locked as the config has it.
    pub locked: Option<String>,
    /// The keys of the functions that carry it, in their order.
    pub functions: Vec<String>,
}

/// What gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Such as `ssm:DescribeParameters`.
    pub action: &'static str,
    /// In the service's words.
    pub said: Shown,
    /// The secrets of which something is not told.
    pub secrets: Vec<Shown>,
}

/// Why there is no list.
#[derive(Debug)]
pub enum NoList {
    /// A secret was named that there is not.
    NoSuchSecret {
        /// As it was typed.
        name: Shown,
        /// Which was meant.
        meant: Option<Shown>,
    },
    /// All else.
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for NoList {
    fn from(failure: E) -> Self {
        Self::Failed(failure.into())
    }
}

impl Listed {
    /// What people call a key of a secret: its alias where it has one.
    #[must_use]
    pub fn called<'a>(&'a self, survey: &Survey, key: &'a str) -> &'a str {
        self.alias(survey, key).unwrap_or(key)
    }

    /// The alias of a key of a secret. `None`: it has none, or nobody could be asked.
    #[must_use]
    pub fn alias<'a>(&'a self, survey: &Survey, key: &'a str) -> Option<&'a str> {
        alias_in(key).or_else(|| self.aliases.get(&place(survey, key)).map(String::as_str))
    }
}

/// Lists all secrets, or only those of `versions`, where that names any, with all their versions.
///
/// # Errors
/// A name that is none, every mistake of the config, or what no single secret is to blame for.
pub async fn list(
    service: &Service,
    versions: Option<&[String]>,
    progress: Progress<'_>,
) -> Result<Listed, NoList> {
    let taken = take(service.request(), &service.caller)?;
    let aws = Aws::new(service.connection.clone());
    let locking = service.locking(lock::Wish::Keep);
    let held = held(service.locked_request(&locking), &service.caller, &aws).await;
    let (lines, lock) = match held {
        Ok(held) => (held.unwrap_or_default(), None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let locked = |survey: &Survey| {
        let mut lines = lines.iter();
        let is_its = |line: &&Held| line.index == survey.index && line.name == survey.name.value();
        lines.find(is_its).and_then(|line| line.version.clone())
    };
    let history = match versions {
        None => Whose::Nobodys,
        Some([]) => Whose::Everyones,
        Some(names) => Whose::Of(names),
    };
    let wish = Wish {
        history,
        ..Wish::default()
    };
    let surveys = together::survey(&taken.sources, &aws, wish, progress).await?;
    let surveys = named(surveys, versions.unwrap_or_default())?;
    let facts = facts(&aws, &surveys).await;
    let unanswered = unanswered(&surveys, &facts);
    let aliases = surveys.iter().flat_map(|survey| {
        let keys = keys_of(survey).into_iter();
        keys.filter_map(|key| {
            let place = place(survey, &key);
            let alias = facts.of(&place.0, &place.1)?.alias()?.to_owned();
            Some((place, alias))
        })
    });
    Ok(Listed {
        lock,
        unanswered,
        aliases: aliases.collect(),
        secrets: surveys
            .into_iter()
            .map(|survey| Secret {
                locked: locked(&survey),
                functions: carriers(&survey, &service.functions),
                survey,
            })
            .collect(),
    })
}

/// Those that are named; all where none is.
fn named(surveys: Vec<Survey>, names: &[String]) -> Result<Vec<Survey>, NoList> {
    let mut all = surveys.iter().map(|survey| survey.name.value());
    let unknown = names.iter().find(|name| !all.clone().any(|of| of == *name));
    if let Some(name) = unknown {
        let meant = nearest(name, all.by_ref());
        let meant = surveys.iter().find(|of| Some(of.name.value()) == meant);
        return Err(NoList::NoSuchSecret {
            name: Shown::of(name),
            meant: meant.map(|survey| survey.name.shown().clone()),
        });
    }
    let is_named =
        |survey: &Survey| names.is_empty() || names.iter().any(|name| name == survey.name.value());
    Ok(surveys.into_iter().filter(is_named).collect())
}

fn carriers(survey: &Survey, functions: &[Function]) -> Vec<String> {
    let carries = |function: &&Function| {
        let only = function.only.as_ref();
        only.is_none_or(|only| only.iter().any(|name| name == survey.name.value()))
    };
    let all = functions.iter().filter(carries);
    all.map(|function| function.key.clone()).collect()
}

/// The aliases of all keys that are not named by one. Without them the list is whole all the same.
async fn facts(aws: &Aws, surveys: &[Survey]) -> Found {
    let asks = surveys.iter().flat_map(|survey| {
        let keys = keys_of(survey).into_iter();
        keys.filter(|key| alias_in(key).is_none())
            .map(|key| place(survey, &key))
    });
    let asks = asks.into_set();
    if asks.is_empty() {
        return Found::All(AllFacts::default());
    }
    match keys::facts(aws, &asks, keys::Wish { aliases: true }).await {
        Ok(facts) => Found::All(facts),
        Err(failure) => Found::None(Unknown {
            action: "kms:ListAliases",
            said: first_line(&failure),
        }),
    }
}

/// What is known of all keys.
enum Found {
    All(AllFacts),
    None(Unknown),
}

impl Found {
    fn of(&self, region: &str, name: &str) -> Option<&Facts> {
        match self {
            Self::All(facts) => facts.of(region, name),
            Self::None(_) => None,
        }
    }

    /// Why an alias is not known.
    fn unknown(&self, survey: &Survey, key: &str) -> Option<&Unknown> {
        match self {
            Self::None(unknown) => Some(unknown).filter(|_| alias_in(key).is_none()),
            Self::All(facts) => {
                let (region, name) = place(survey, key);
                let facts = facts.of(&region, &name)?;
                unknown_in(&facts.key).or_else(|| unknown_in(&facts.aliases))
            }
        }
    }
}

fn first_line(failure: &Failure) -> Shown {
    let first = failure.problems.first().map(ToString::to_string);
    let first = first.unwrap_or_default();
    first.lines().next().unwrap_or_default().into()
}

fn keys_of(survey: &Survey) -> BTreeSet<String> {
    let versions = [survey.meant.as_ref().ok(), Some(&survey.latest)];
    let versions = versions.into_iter().flatten().filter_map(Told::known);
    let history = survey.history.known().into_iter().flatten();
    let of_versions = versions.chain(history).filter_map(|of| of.key.as_ref());
    let own = survey.keys.known().into_iter().flatten();
    own.chain(of_versions).cloned().collect()
}

/// Where a key is asked for: an ARN says it by itself.
fn place(survey: &Survey, key: &str) -> (String, String) {
    let region = survey.region.clone().unwrap_or_default();
    (region, key.to_owned())
}

/// The alias by which a source names a key.
fn alias_in(key: &str) -> Option<&str> {
    let resource = key.rsplit(':').next().unwrap_or(key);
    resource.starts_with("alias/").then_some(resource)
}

fn unanswered(surveys: &[Survey], facts: &Found) -> Vec<Unanswered> {
    let mut all: Vec<Unanswered> = Vec::new();
    for survey in surveys {
        for unknown in unknowns(survey, facts) {
            let name = survey.name.shown();
            match all.iter_mut().find(|of| of.action == unknown.action) {
                None => all.push(Unanswered {
                    action: unknown.action,
                    said: unknown.said.clone(),
                    secrets: vec![name.clone()],
                }),
                Some(of) if of.secrets.last() != Some(name) => of.secrets.push(name.clone()),
                Some(_) => {}
            }
        }
    }
    all
}

fn unknowns<'a>(survey: &'a Survey, facts: &'a Found) -> Vec<&'a Unknown> {
    let told = [
        survey.meant.as_ref().ok().and_then(unknown_in),
        unknown_in(&survey.latest),
        unknown_in(&survey.history),
        unknown_in(&survey.keys),
        unknown_in(&survey.tier),
    ];
    let keys = keys_of(survey).into_iter();
    let aliases = keys.filter_map(|key| facts.unknown(survey, &key));
    told.into_iter().flatten().chain(aliases).collect()
}

fn unknown_in<T>(told: &Told<T>) -> Option<&Unknown> {
    match told {
        Told::Unknown(unknown) => Some(unknown),
        Told::Known(_) | Told::Unasked => None,
    }
}

/// The version that counts: what a bake would take, or else the newest.
#[must_use]
pub fn counting(survey: &Survey) -> &Told<Version> {
    match &survey.meant {
        Ok(Told::Unknown(_)) | Err(_) => &survey.latest,
        Ok(meant) => meant,
    }
}

#[cfg(test)]
mod tests;
