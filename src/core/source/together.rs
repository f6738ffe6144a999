//! All sources side by side: each takes its entries of the config, and what they answer comes back in the config's order.

use std::borrow::BorrowMut;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use serde_json::Value;

use super::joint::{Answer, Batch, Progress, Sealed, Source};
use super::permission::Permission;
use super::survey::{Survey, Wish};
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

/// An entry that its source has taken. No `Debug`: what it says may be a secret.
#[derive(Clone)]
pub struct Taken {
    /// Its index in the whole config.
    pub index: usize,
    /// Where the user wrote it.
    pub place: Place,
    /// Which of the sources has it.
    pub source: usize,
    /// The secret's name, where it brings one itself.
    pub name: Option<Text>,
    /// All that it says, whichever way it is spelt. Not for messages.
    pub says: BTreeMap<String, Value>,
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
    let taken = take_some(sources, config, written, root, |_| true)?;
    Ok(taken.into_iter().map(|taken| taken.place).collect())
}

/// Whether an entry, by its index, is or may be among `only`. `None`: all are.
pub fn is_among<'a>(config: &'a Value, only: Option<&'a [String]>) -> impl Fn(usize) -> bool {
    let known = config::name_of_each(config);
    let is_named = |name: &String| known.contains(&Some(name.as_str()));
    // An entry without a name may bring any that no other has.
    let are_all_named = only.is_some_and(|only| only.iter().all(is_named));
    move |index| match (only, known.get(index).copied().flatten()) {
        (None, _) => true,
        (Some(only), Some(name)) => only.iter().any(|wanted| wanted == name),
        (Some(_), None) => !are_all_named,
    }
}

/// The same as `take`, of the entries alone whose index is wanted. Among themselves they are counted from 0 again.
///
/// # Errors
/// As `take`.
pub fn take_some<'s>(
    sources: &mut [impl BorrowMut<dyn Source + 's>],
    config: &Value,
    written: Option<&Value>,
    root: &Place,
    is_wanted: impl Fn(usize) -> bool,
) -> Result<Vec<Taken>, Failure> {
    let sources = sources.iter_mut();
    let mut sources: Vec<&mut (dyn Source + 's)> = sources.map(BorrowMut::borrow_mut).collect();
    let keys: Vec<Keys> = sources.iter().map(|source| source.keys()).collect();
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for entry in config::entries(config, written, root, &keys) {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        if !is_wanted(entry.index) {
            continue;
        }
        let index = entry.index;
        entry.index = all.len();
        let source = &mut sources[entry.source];
        let name = source.take(&mut entry);
        let mut says = entry.says();
        let default = source.default_of_entries();
        says.extend(default.map(|default| (String::new(), default.into())));
        let (source, place) = (entry.source, entry.place.clone());
        let found = entry.into_problems();
        all.push(Taken {
            index,
            place,
            source,
            name: name.filter(|_| found.is_empty()),
            says,
        });
        problems.extend(found);
    }
    let named = all
        .iter()
        .filter_map(|one| Some((one.name.as_ref()?, &one.place)));
    problems.extend(doubled(named).into_iter().flatten());
    if problems.is_empty() {
        Ok(all)
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
    let (sealed, notices) = seal_each(sources, places, aws, progress).await?;
    Ok((sealed.into_iter().flatten().collect(), notices))
}

/// The same, entry by entry.
///
/// # Errors
/// As `seal`.
pub async fn seal_each(
    sources: &[Box<dyn Source>],
    places: &[Place],
    aws: &Aws,
    progress: Progress<'_>,
) -> Result<(Vec<Vec<Sealed>>, Vec<String>), Failure> {
    answers(sources, aws, progress).await.joined(places)
}

/// What became of every entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// In the config's order.
    pub each: Vec<Answer>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// What a source as a whole failed of.
    pub problems: Vec<Problem>,
}

/// Has all sources seal what they took, side by side.
pub async fn answers(sources: &[Box<dyn Source>], aws: &Aws, progress: Progress<'_>) -> Answers {
    let counts = Counts::new(sources.len(), progress);
    let reports: Vec<_> = (0..sources.len()).map(|source| counts.of(source)).collect();
    let sealing = sources.iter().zip(&reports);
    let sealing = sealing.map(|(source, report)| source.seal(aws, report));
    let mut answers = Answers::default();
    for batch in join_all(sealing).await {
        match batch {
            Ok(batch) => answers.take(batch),
            Err(failure) => add(&mut answers.problems, failure),
        }
    }
    answers.in_order()
}

/// Has all sources seal what they took and tell what there is of it, side by side: as `answers` and as `survey`, by fewer calls than the
/// two make. What a source as a whole failed of is among the answers.
pub async fn examine(
    sources: &[Box<dyn Source>],
    aws: &Aws,
    progress: Progress<'_>,
) -> (Answers, Vec<Survey>) {
    let counts = Counts::new(sources.len(), progress);
    let reports: Vec<_> = (0..sources.len()).map(|source| counts.of(source)).collect();
    let asking = sources.iter().zip(&reports);
    let asking = asking.map(|(source, report)| source.examine(aws, report));
    let (mut answers, mut surveys) = (Answers::default(), Vec::new());
    for examined in join_all(asking).await {
        match examined {
            Ok(examined) => {
                answers.take(examined.batch);
                surveys.extend(examined.surveys);
            }
            Err(failure) => add(&mut answers.problems, failure),
        }
    }
    (answers.in_order(), in_order(surveys))
}

impl Answers {
    fn take(&mut self, batch: Batch) {
        self.each.extend(batch.answers);
        self.notices.extend(batch.notices);
    }

    fn in_order(mut self) -> Self {
        self.each.sort_unstable_by_key(|answer| answer.index);
        self
    }

    /// All secrets, entry by entry, if there are all.
    ///
    /// # Errors
    /// As of `seal`.
    pub fn joined(self, places: &[Place]) -> Result<(Vec<Vec<Sealed>>, Vec<String>), Failure> {
        let Self {
            each,
            notices,
            mut problems,
        } = self;
        let indices = each.iter().map(|answer| answer.index);
        if problems.is_empty() && !indices.eq(0..places.len()) {
            // A secret that nobody answers for would be missing in the function.
            let said = "a source has not answered for each of its entries just once".into();
            return Err(Internal { said }.into());
        }
        let mut sealed = vec![Vec::new(); places.len()];
        for Answer { index, outcome } in each {
            match outcome {
                Ok(all) => sealed[index] = all,
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(doubled_names(&sealed, places));
        if problems.is_empty() {
            Ok((sealed, notices))
        } else {
            Err(problems.into())
        }
    }
}

/// A problem for each name that two of these secrets have; they and their places are those of the entries.
#[must_use]
pub fn doubled_names(sealed: &[Vec<Sealed>], places: &[Place]) -> Vec<Problem> {
    let each = sealed.iter().zip(places);
    let named = each.flat_map(|(all, place)| all.iter().map(move |one| (&one.name, place)));
    doubled(named).into_iter().flatten().collect()
}

/// What all sources tell of what they took, side by side, in the config's order. Nothing is changed, and a secret that a bake could not
/// take is among them.
///
/// # Errors
/// What a source as a whole failed of.
pub async fn survey(
    sources: &[Box<dyn Source>],
    aws: &Aws,
    wish: Wish<'_>,
    progress: Progress<'_>,
) -> Result<Vec<Survey>, Failure> {
    let counts = Counts::new(sources.len(), progress);
    let reports: Vec<_> = (0..sources.len()).map(|source| counts.of(source)).collect();
    let asking = sources.iter().zip(&reports);
    let asking = asking.map(|(source, report)| source.survey(aws, wish, report));
    let (mut surveys, mut problems) = (Vec::new(), Vec::new());
    for told in join_all(asking).await {
        match told {
            Ok(told) => surveys.extend(told),
            Err(failure) => add(&mut problems, failure),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    Ok(in_order(surveys))
}

/// In the config's order; a name that is used twice is told where it stands for the second time.
fn in_order(mut surveys: Vec<Survey>) -> Vec<Survey> {
    // Those of one prefix stay in their order.
    surveys.sort_by_key(|survey: &Survey| survey.index);
    // What a bake would not take has no name there.
    let named = surveys.iter().filter(|survey| survey.meant.is_ok());
    let doubled = doubled(named.map(|survey| (&survey.name, &survey.place)));
    let named = surveys.iter_mut().filter(|survey| survey.meant.is_ok());
    for (survey, doubled) in named.zip(doubled) {
        if let Some(problem) = doubled {
            survey.meant = Err(problem);
        }
    }
    surveys
}

/// What all that was taken needs to be allowed. `surveys` are those of the same sources.
#[must_use]
pub fn permissions(sources: &[Box<dyn Source>], surveys: &[Survey]) -> Vec<Permission> {
    let of = |source: &dyn Source| {
        let own = source.keys().own;
        let told = surveys.iter().filter(|survey| survey.source == own);
        source.permissions(&told.collect::<Vec<_>>())
    };
    let sources = sources.iter().map(AsRef::as_ref);
    sources.flat_map(of).collect()
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

/// For each name whether it stands at an earlier place too.
fn doubled<'a>(named: impl Iterator<Item = (&'a Text, &'a Place)>) -> Vec<Option<Problem>> {
    let mut first_places: HashMap<&str, &Place> = HashMap::new();
    let problem = |(name, place): (&'a Text, &'a Place)| {
        let Some(first) = first_places.get(name.value()) else {
            first_places.insert(name.value(), place);
            return None;
        };
        let why = DoubledName {
            name: name.shown().clone(),
            first: (*first).clone(),
        };
        Some(Problem::at(place, why))
    };
    named.map(problem).collect()
}

#[cfg(test)]
mod tests;
