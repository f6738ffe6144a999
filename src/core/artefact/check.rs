//! A last look just before the upload: is in each artefact what it is to carry? Changes nothing.

use std::path::Path;

use super::claims::local_path;
use super::zip::Archive;
use super::zip::Member;
use super::{
    Artefact, Found, Function, is_at, launcher, look, open, place, side_by_side, unreadable,
};
use crate::bundle::{self, Names};
use crate::config;
use crate::error::{Cause, Failure, Problem};

/// What the artefacts must hold.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// This bundle, narrowed to each function.
    Bundle(&'a [u8]),
    /// The secrets of this config, of whichever version: what was packaged earlier is deployed as it is.
    Config(&'a serde_json::Value),
}

/// Looks into every zip, in the framework's own folder or elsewhere. Images are passed over.
///
/// # Errors
/// Every function whose artefact lacks its bundle or has another one, at once.
pub fn check(
    functions: &[Function],
    expected: Expected<'_>,
    service: &Path,
) -> Result<(), Failure> {
    let carries = match expected {
        Expected::Bundle(bundle) => Carries::Bundle(Names::read(bundle)?),
        Expected::Config(config) => Carries::of_config(config)?,
    };
    let results = side_by_side(functions, |function| is_right(function, &carries, service));
    let problems: Vec<Problem> = functions
        .iter()
        .zip(results)
        .filter_map(|(function, result)| Some(Problem::at(&place(&function.name), result.err()?)))
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

enum Carries {
    Bundle(Names),
    Names {
        names: Vec<String>,
        /// Below a prefix there are secrets that the config does not name.
        and_others: bool,
    },
}

impl Carries {
    fn of_config(config: &serde_json::Value) -> Result<Self, Failure> {
        let references = config::read(config)?;
        let count = references.len();
        let names: Vec<_> = references
            .into_iter()
            .filter_map(|reference| match reference.want {
                config::Want::One { name, .. } => Some(name),
                config::Want::Below(_) => None,
            })
            .collect();
        let and_others = names.len() < count;
        Ok(Self::Names { names, and_others })
    }

    fn fits(&self, archive: &Archive, function: &Function) -> Result<bool, Cause> {
        let unreadable = |trouble| unreadable(archive.path(), &trouble);
        match self {
            Self::Bundle(names) => {
                let bundle = names.narrowed(function.only.as_deref())?;
                let bundle = Member::stored(bundle::FILE, &bundle).map_err(unreadable)?;
                Ok(look(archive, &bundle).map_err(unreadable)? == Found::Right)
            }
            Self::Names { names, and_others } => {
                let Some(found) = found_names(archive).map_err(unreadable)? else {
                    return Ok(false);
                };
                let wanted = function.only.as_deref().unwrap_or(names);
                let may_have_more = function.only.is_none() && *and_others;
                let has_all = wanted.iter().all(|name| found.contains(name));
                Ok(has_all && (may_have_more || found.len() == wanted.len()))
            }
        }
    }
}

fn is_right(function: &Function, carries: &Carries, service: &Path) -> Result<(), Cause> {
    let Artefact::Zip(zip) = &function.artefact else {
        return Ok(());
    };
    let path = local_path(zip, service)?;
    let archive = open(&path)?;
    let starts = match &function.env {
        Some(env) => {
            let found = look(&archive, &launcher::read(&env.launcher)?);
            found.map_err(|trouble| unreadable(&path, &trouble))? == Found::Right
        }
        None => true,
    };
    if starts && carries.fits(&archive, function)? {
        Ok(())
    } else {
        let path = path.display().to_string();
        Err(Cause::ArtefactLacksSecrets { path })
    }
}

/// The names of the secrets that an artefact carries; `None` if it has no bundle that can be read.
fn found_names(archive: &Archive) -> Result<Option<Vec<String>>, super::zip::Trouble> {
    let mut ours = archive.entries().filter(|entry| is_at(entry, bundle::FILE));
    let (Some(entry), None) = (ours.next(), ours.next()) else {
        return Ok(None);
    };
    let length = usize::try_from(entry.length()?).unwrap_or(usize::MAX);
    if length > bundle::LONGEST || !entry.allows(0o444) {
        return Ok(None);
    }
    let bytes = archive.read(&entry, length)?;
    let names = bytes.and_then(|bytes| Names::read(&bytes).ok());
    Ok(names.map(Names::into_names))
}
