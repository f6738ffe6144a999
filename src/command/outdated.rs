//! Which secrets have newer versions than their lock or their pin.

use secret_baker_core::aws::Aws;
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::lock::{self, Lock};
use secret_baker_core::source::Progress;
use secret_baker_core::source::survey::{Pin, Survey, Told, Unknown, Version, Wish};
use secret_baker_core::source::together;
use secret_baker_core::take;

use crate::service::Service;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outdated {
    /// Those that are behind, in the config's order.
    pub behind: Vec<Behind>,
    /// Those of which nobody could tell.
    pub unknown: Vec<(Shown, Unknown)>,
}

/// A secret that is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its name, as it may be shown.
    pub name: Shown,
    /// The version that a bake takes: of the lock, or the config's pin. `None`: it is not locked.
    pub held: Option<String>,
    /// Whether the config names that version.
    pub is_pinned: bool,
    /// The version that there is now.
    pub latest: Version,
}

/// Asks all services for the versions that there are, and compares.
///
/// # Errors
/// There is a mistake in the config or the lock, or a secret cannot be baked at all.
pub async fn outdated(service: &Service, progress: Progress<'_>) -> Result<Outdated, Failure> {
    let lock = service.locking(lock::Wish::Keep).read()?;
    let taken = take(service.request(), &service.caller)?;
    let aws = Aws::new(service.connection.clone());
    let surveys = together::survey(&taken.sources, &aws, Wish::default(), progress).await?;
    compared(lock.as_ref(), &surveys)
}

fn compared(lock: Option<&Lock>, surveys: &[Survey]) -> Result<Outdated, Failure> {
    let mut outdated = Outdated::default();
    let mut problems = Vec::new();
    for survey in surveys {
        let meant = match &survey.meant {
            Ok(meant) => meant,
            Err(problem) => {
                problems.push(problem.clone());
                continue;
            }
        };
        let name = survey.name.shown().clone();
        match newest(survey, meant) {
            Told::Known(latest) => {
                // What is not locked would be asked for.
                let held = match lock {
                    Some(lock) => lock
                        .lines
                        .get(survey.name.value())
                        .map(|line| &line.version),
                    None => meant.known().map(|version| &version.id),
                };
                if held != Some(&latest.id) {
                    outdated.behind.push(Behind {
                        name,
                        held: held.cloned().flatten(),
                        is_pinned: matches!(survey.pin, Pin::Version(_)),
                        latest: latest.clone(),
                    });
                }
            }
            Told::Unknown(unknown) => outdated.unknown.push((name, unknown.clone())),
            Told::Unasked => {}
        }
    }
    if problems.is_empty() {
        Ok(outdated)
    } else {
        Err(problems.into())
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
