//! A last look just before the upload: is in each artefact what it is to carry? Changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use super::claims::{Kind, absolute, is_remote, local_path};
use super::function::{Artefact, Function};
use super::launcher;
use super::look::{Found, Unusable};
use super::opened::Opened;
use super::side_by_side::side_by_side;
use super::zip::Trouble;
use crate::bundle::{self, Bundle};
use crate::config;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, Problem};
use crate::folder::turn::Use;
use crate::gather::Gather as _;

/// What an artefact has not that is to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Lacks {
    #[error("its artefact {path} does not hold just its secrets: {why}")]
    Secrets { path: Shown, why: Shown },
    #[error(
        "its artefact {path} does not hold the launcher that makes environment variables of its secrets"
    )]
    Launcher { path: Shown },
}

impl Explain for Lacks {
    fn code(&self) -> Code {
        Code::ArtefactWithoutSecrets
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(format!("{}; nothing was deployed", caller.package_again))
    }
}

/// What the artefacts must hold.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// This bundle, narrowed to each function.
    Bundle(&'a Bundle),
    /// What was packaged earlier.
    Packaged {
        /// `Bundle::digest` of what each function carries, by its name.
        digests: &'a BTreeMap<String, String>,
        /// Names the secrets, for messages only: `None` where it cannot be read any more.
        config: Option<&'a serde_json::Value>,
    },
}

/// Looks into every zip and folder, in the caller's own folder or elsewhere. Images are passed over.
///
/// # Errors
/// Every function whose artefact lacks its bundle or has another one, at once.
pub fn check(
    functions: &[Function],
    expected: Expected<'_>,
    service: &Path,
    caller: &Caller,
) -> Result<(), Failure> {
    let results = side_by_side(functions, |function| is_right(function, expected, service));
    let problems: Vec<Problem> = functions
        .iter()
        .zip(results)
        .filter_map(|(function, result)| Some((function.place(caller), result.err()?)))
        .flat_map(|(place, failure)| {
            failure
                .problems
                .into_iter()
                .map(move |Problem { why, .. }| {
                    let place = Some(place.clone());
                    Problem { place, why }
                })
        })
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

impl Expected<'_> {
    /// What is wrong with the bundle that a function's artefact has, in words.
    fn wrong(self, function: &Function, found: &[u8]) -> Option<String> {
        let only = function.only.as_deref();
        let right = match self {
            Self::Bundle(bundle) => bundle.narrowed(only).bytes() == found,
            Self::Packaged { digests, .. } => {
                digests.get(&function.name) == Some(&bundle::digest(found))
            }
        };
        if right {
            return None;
        }
        let Ok(found) = Bundle::read(found) else {
            return Some(format!("its `{}` is no bundle", bundle::FILE));
        };
        let (names, and_others): (Vec<&str>, bool) = match (only, self) {
            (Some(only), _) => (only.iter().map(String::as_str).collect(), false),
            (None, Self::Bundle(bundle)) => (bundle.names().collect(), false),
            (
                None,
                Self::Packaged {
                    config: Some(config),
                    ..
                },
            ) => config::names(config),
            // Nothing is known of them but that they are others.
            (None, Self::Packaged { config: None, .. }) => (found.names().collect(), true),
        };
        let wanted = names.into_iter().into_set();
        let has = found.names().into_set();
        let missing = listed(wanted.difference(&has).copied());
        let foreign = listed(has.difference(&wanted).copied().filter(|_| !and_others));
        Some(match (missing, foreign) {
            (Some(missing), Some(foreign)) => {
                format!("it lacks {missing} and has {foreign}, which it is not to carry")
            }
            (Some(missing), None) => format!("it lacks {missing}"),
            (None, Some(foreign)) => format!("it has {foreign}, which it is not to carry"),
            (None, None) => match self {
                Self::Bundle(bundle) => {
                    let other = has.into_iter().filter(|name| !bundle.is_same(&found, name));
                    let other = listed(other).unwrap_or_else(|| "the file".to_owned());
                    format!("{other} is not what was baked")
                }
                Self::Packaged { .. } => {
                    "their ciphertexts are not those that were packaged".to_owned()
                }
            },
        })
    }
}

/// Names for a message, as many as can be read.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    const MOST: usize = 10;
    let names: Vec<_> = names.map(|name| format!("`{}`", Shown::of(name))).collect();
    let more = names.len().saturating_sub(MOST);
    let shown = names
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let shown = if more > 0 {
        format!("{shown} and {more} more")
    } else {
        shown
    };
    (!names.is_empty()).then_some(shown)
}

fn is_right(function: &Function, expected: Expected<'_>, service: &Path) -> Result<(), Failure> {
    let (kind, path) = match &function.artefact {
        Artefact::Zip(zip) if is_remote(zip) && function.carries_nothing() => return Ok(()),
        Artefact::Zip(zip) => (Kind::Zip, local_path(zip, service)?),
        Artefact::Folder(folder) => (Kind::Folder, absolute(folder, service)),
        Artefact::Context(_) | Artefact::Elsewhere => return Ok(()),
    };
    let opened =
        Opened::open(kind, &path, Use::Look).map_err(|trouble| Unusable::of(&path, &trouble))?;
    let Some(opened) = opened else {
        return Ok(());
    };
    let damaged = |trouble: Trouble| Unusable::damaged(&path, &trouble);
    let strays = opened.strays().map_err(damaged)?;
    let why = match opened.bundle().map_err(damaged)? {
        _ if !strays.is_empty() => {
            let strays: Vec<_> = strays
                .iter()
                .map(|stray| format!("`{}`", stray.shown()))
                .collect();
            Some(format!("there are more at {}", strays.join(", ")))
        }
        Ok(found) => expected.wrong(function, &found),
        Err(why) => Some(why),
    };
    if let Some(why) = why {
        let (path, why) = (Shown::path(&path), why.into());
        return Err(Lacks::Secrets { path, why }.into());
    }
    if let Some(env) = &function.env
        && opened
            .look(&launcher::read(&env.launcher)?)
            .map_err(damaged)?
            != Found::Right
    {
        let path = Shown::path(&path);
        return Err(Lacks::Launcher { path }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
