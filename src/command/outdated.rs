//! Which secrets have newer versions than their lock or their pin.

use secret_baker_core::aws::Aws;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Failure, Problem};
use secret_baker_core::gather::Gather as _;
use secret_baker_core::lock::{self, Held};
use secret_baker_core::source::Progress;
use secret_baker_core::source::survey::{Pin, Survey, Told, Unknown, Version, Wish};
use secret_baker_core::source::together;
use secret_baker_core::{held, take};

use crate::service::Service;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outdated {
    /// Those that are behind, in the config's order; then those that are no longer below their prefix.
    pub behind: Vec<Behind>,
    /// Those of which nobody could tell.
    pub unknown: Vec<(Shown, Unknown)>,
    /// What keeps locked ones from being locked anew.
    pub problems: Vec<Problem>,
}

/// A secret that is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its name, as it may be shown.
    pub name: Shown,
    /// The version that a bake takes: of the lock, or the config's pin. `None`: it is not locked as the config has it.
    pub held: Option<String>,
    /// Whether the config names that version.
    pub is_pinned: bool,
    /// The version that there is now. `None`: there is none any more.
    pub latest: Option<Version>,
}

/// Asks all services for the versions that there are, and compares.
///
/// # Errors
/// There is a mistake in the config or the lock, the lock is of another place, or a secret that is not locked cannot be baked at all.
pub async fn outdated(service: &Service, progress: Progress<'_>) -> Result<Outdated, Failure> {
    let aws = Aws::new(service.connection.clone());
    let locking = service.locking(lock::Wish::Keep);
    let held = held(service.locked_request(&locking), &service.caller, &aws).await?;
    let taken = take(service.request(), &service.caller)?;
    let surveys = together::survey(&taken.sources, &aws, Wish::default(), progress).await?;
    compared(held.as_deref(), &surveys)
}

/// `held`: what a bake takes from the lock. `None`: there is no lock.
fn compared(held: Option<&[Held]>, surveys: &[Survey]) -> Result<Outdated, Failure> {
    let lines = held.unwrap_or_default().iter();
    let mut lines = lines
        .map(|one| ((one.index, one.name.as_str()), one))
        .into_map();
    let mut outdated = Outdated::default();
    let mut problems = Vec::new();
    for survey in surveys {
        let line = lines.remove(&(survey.index, survey.name.value()));
        let meant = match (&survey.meant, line) {
            (Ok(meant), _) => meant,
            (Err(problem), Some(line)) => {
                outdated.problems.push(problem.clone());
                outdated.behind.push(lost(line));
                continue;
            }
            (Err(problem), None) => {
                problems.push(problem.clone());
                continue;
            }
        };
        let name = survey.name.shown().clone();
        match newest(survey, meant) {
            Told::Known(latest) => {
                // What is not locked would be asked for.
                let own = match held {
                    Some(_) => line.map(|line| &line.version),
                    None => meant.known().map(|version| &version.id),
                };
                if own != Some(&latest.id) {
                    outdated.behind.push(Behind {
                        name,
                        held: own.cloned().flatten(),
                        is_pinned: matches!(survey.pin, Pin::Version(_)),
                        latest: Some(latest.clone()),
                    });
                }
            }
            Told::Unknown(unknown) => outdated.unknown.push((name, unknown.clone())),
            Told::Unasked => {}
        }
    }
    // Those of a prefix that it gives no longer, unless nobody could tell what it gives.
    let is_told = |index: usize| {
        let mut own = surveys.iter().filter(|survey| survey.index == index);
        own.all(|survey| matches!(survey.meant, Ok(Told::Known(_))))
    };
    let gone = lines.into_values().filter(|line| is_told(line.index));
    outdated.behind.extend(gone.map(lost));
    if problems.is_empty() {
        Ok(outdated)
    } else {
        Err(problems.into())
    }
}

/// A locked one that there is no longer.
fn lost(line: &Held) -> Behind {
    Behind {
        name: Shown::of(&line.name),
        held: line.version.clone(),
        is_pinned: false,
        latest: None,
    }
}

/// The version that a bake would take if nothing held it: whichever has the label, or the latest.
fn newest<'a>(survey: &'a Survey, meant: &'a Told<Version>) -> &'a Told<Version> {
    match survey.pin {
        // It stands beside the lock, and is read anew by each bake.
        Pin::Here => &Told::Unasked,
        Pin::Label(_) => meant,
        // That of Parameter Store needs a permission of its own, and a bake takes the same one.
        Pin::Floating if survey.latest.known().is_none() => meant,
        Pin::Floating | Pin::Version(_) => &survey.latest,
    }
}

#[cfg(test)]
mod tests;
