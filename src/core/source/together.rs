//! All sources side by side: each takes its entries of the config, and what they answer comes back in the config's order.

use std::borrow::BorrowMut;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use serde_json::Value;

use super::joint::{Answer, Progress, Sealed, Source};
use crate::aws::Aws;
use crate::config::entry::Keys;
use crate::config::place::Place;
use crate::config::{self, Text};
use crate::failure::internal::Internal;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, Problem};

/// Two entries would write the same name into the bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name `{name}` is already used by {first}")]
pub struct DoubledName {
    /// As it may be shown.
    pub name: Shown,
    /// Where it was used first.
    pub first: Place,
}

impl Explain for DoubledName {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some("give each secret a name of its own".to_owned())
    }
}

/// Gives each entry of the config to its source. Returns the places of all entries.
///
/// # Errors
/// Every mistake, in the config's order, and then the names that are used twice.
pub fn take<'s>(
    sources: &mut [impl BorrowMut<dyn Source + 's>],
    config: &Value,
    written: Option<&Value>,
    root: &Place,
) -> Result<Vec<Place>, Failure> {
    take_only(sources, config, written, root, None)
}

/// The same of those entries that are, or may be, among `only`. `None`: of all.
///
/// # Errors
/// Every mistake in them.
pub fn take_only<'s>(
    sources: &mut [impl BorrowMut<dyn Source + 's>],
    config: &Value,
    written: Option<&Value>,
    root: &Place,
    only: Option<&[String]>,
) -> Result<Vec<Place>, Failure> {
    let known = config::name_of_each(config);
    let is_wanted = |index: usize| {
        let name = known.get(index).copied().flatten();
        only.zip(name)
            .is_none_or(|(only, name)| only.iter().any(|wanted| wanted == name))
    };
    let sources = sources.iter_mut();
    let mut sources: Vec<&mut (dyn Source + 's)> = sources.map(BorrowMut::borrow_mut).collect();
    let keys: Vec<Keys> = sources.iter().map(|source| source.keys()).collect();
    let (mut places, mut named, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for entry in config::entries(config, written, root, &keys) {
        let mut entry = match entry {
            Ok(entry) if !is_wanted(entry.index) => continue,
            Ok(entry) => entry,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        entry.index = places.len();
        let name = sources[entry.source].take(&mut entry);
        let place = entry.place.clone();
        let found = entry.into_problems();
        if found.is_empty() {
            named.extend(name.map(|name| (name, place.clone())));
        }
        problems.extend(found);
        places.push(place);
    }
    problems.extend(doubled(named.iter().map(|(name, place)| (name, place))));
    if problems.is_empty() {
        Ok(places)
    } else {
        Err(problems.into())
    }
}

/// Seals what all sources took, side by side: the secrets in the config's order, and what the user should know.
///
/// # Errors
/// What a source as a whole failed of, then each entry's own problems in the config's order, then the names that are used twice.
pub async fn seal(
    sources: &[Box<dyn Source>],
    places: &[Place],
    aws: &Aws,
    progress: Progress<'_>,
) -> Result<(Vec<Sealed>, Vec<String>), Failure> {
    let counts = Counts::new(sources.len(), progress);
    let reports: Vec<_> = (0..sources.len()).map(|source| counts.of(source)).collect();
    let sealing = sources.iter().zip(&reports);
    let sealing = sealing.map(|(source, report)| source.seal(aws, report));
    let (mut answers, mut notices, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for batch in join_all(sealing).await {
        match batch {
            Ok(batch) => {
                answers.extend(batch.answers);
                notices.extend(batch.notices);
            }
            Err(failure) => add(&mut problems, failure),
        }
    }
    answers.sort_by_key(|answer: &Answer| answer.index);
    let indices = answers.iter().map(|answer| answer.index);
    if problems.is_empty() && !indices.eq(0..places.len()) {
        // A secret that nobody answers for would be missing in the function.
        let said = "a source has not answered for each of its entries just once".into();
        return Err(Internal { said }.into());
    }
    let mut sealed = Vec::new();
    for Answer { index, outcome } in answers {
        match outcome {
            Ok(all) => sealed.extend(all.into_iter().map(|one| (one, &places[index]))),
            Err(found) => problems.extend(found),
        }
    }
    let named = sealed.iter().map(|(sealed, place)| (&sealed.name, *place));
    problems.extend(doubled(named));
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let sealed = sealed.into_iter().map(|(sealed, _)| sealed).collect();
    Ok((sealed, notices))
}

/// Lets each source keep what was sealed, side by side.
///
/// # Errors
/// All that could not be kept.
pub async fn keep(sources: &[Box<dyn Source>], aws: &Aws) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for kept in join_all(sources.iter().map(|source| source.keep(aws))).await {
        if let Err(failure) = kept {
            add(&mut problems, failure);
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

/// Two sources may have found the same closed door.
fn add(problems: &mut Vec<Problem>, failure: Failure) {
    for problem in failure.problems {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

/// How far each source has come, told as one.
struct Counts<'a> {
    all: Mutex<Vec<(usize, usize)>>,
    progress: Progress<'a>,
}

impl<'a> Counts<'a> {
    fn new(sources: usize, progress: Progress<'a>) -> Self {
        let all = Mutex::new(vec![(0, 0); sources]);
        Self { all, progress }
    }

    /// What one of them reports to.
    fn of(&self, source: usize) -> impl Fn(usize, usize) + Send + Sync {
        move |done, total| {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all[source] = (done, total);
            let sums = all
                .iter()
                .fold((0, 0), |sums, of| (sums.0 + of.0, sums.1 + of.1));
            (self.progress)(sums.0, sums.1);
        }
    }
}

/// A problem for each name that stands at more than one place, at the later one.
fn doubled<'a>(named: impl Iterator<Item = (&'a Text, &'a Place)>) -> Vec<Problem> {
    let mut first_places: HashMap<&str, &Place> = HashMap::new();
    let mut problems = Vec::new();
    for (name, place) in named {
        if let Some(first) = first_places.get(name.value()) {
            let why = DoubledName {
                name: name.shown().clone(),
                first: (*first).clone(),
            };
            problems.push(Problem::at(place, why));
        } else {
            first_places.insert(name.value(), place);
        }
    }
    problems
}

#[cfg(test)]
mod tests;
