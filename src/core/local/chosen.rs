//! Which value each secret gets: that of the local file, else that of the SOPS file which its entry names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::file;
use super::identity::Variables;
use super::request::{Config, Values};
use super::wanted::{self, Wanted};
use crate::config::Text;
use crate::config::place::Place;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, Problem, did_you_mean, nearest};
use crate::gather::Gather as _;
use crate::source::sops::opened::Opened;
use crate::source::sops::plaintext::Plaintext;

/// The only value of a file that SOPS has encrypted as a whole.
const WHOLE: &str = "data";

/// A secret and its value.
pub struct Chosen {
    /// The key in the bundle.
    pub name: Text,
    /// The entry that wants it. `None`: the config names it nowhere.
    pub place: Option<Place>,
    /// The plaintext.
    pub value: Plaintext,
    /// The file that it comes from.
    pub from: Shown,
}

/// A secret without a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoValue {
    /// The file has no such name.
    #[error("`{file}` has no local value for `{name}`{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    Missing {
        /// As the user wrote it.
        file: Shown,
        /// The secret.
        name: Shown,
        /// What may have been meant.
        meant: Option<Shown>,
    },
    /// It stands there for everybody who sees the repository.
    #[error("`{file}` has `{name}` in plain text, which is no secret")]
    Plain {
        /// As the user wrote it.
        file: Shown,
        /// The secret.
        name: Shown,
    },
}

impl Explain for NoValue {
    fn code(&self) -> Code {
        Code::LocalValues
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        Some(match self {
            Self::Missing { file, .. } => {
                format!("add it to {file}; a SOPS file is opened by `sops edit`")
            }
            Self::Plain { file, .. } => format!(
                "let SOPS encrypt it as well: see `unencrypted_suffix` and its kin in {file} and in `.sops.yaml`"
            ),
        })
    }
}

/// The value of each secret: those of the config in its order, and, where an entry brings names that only AWS knows, all others of the file behind
/// them.
///
/// # Errors
/// Every mistake of the config, a file that cannot be read, or every secret without a value.
pub fn choose(config: Config<'_>, values: Values<'_>) -> Result<Vec<Chosen>, Failure> {
    let wanted = wanted::of(
        config.config,
        config.written,
        config.root,
        config.deployment,
    )?;
    of(wanted, &config.deployment.folder, values)
}

fn of(wanted: Vec<Wanted>, folder: &Path, values: Values<'_>) -> Result<Vec<Chosen>, Failure> {
    let mut choice = Choice {
        local: Store::of(
            values.file.into(),
            file::read(folder, values.file, values.variables)?,
        ),
        own: BTreeMap::new(),
        taken: BTreeSet::new(),
        chosen: Vec::new(),
        problems: Vec::new(),
    };
    choice.read_own(&wanted, folder, values.variables)?;
    let mut all = false;
    for one in wanted {
        all |= choice.take(one);
    }
    if all {
        choice.take_the_rest();
    }
    if choice.problems.is_empty() {
        Ok(choice.chosen)
    } else {
        Err(choice.problems.into())
    }
}

/// The values of a file, by their names.
struct Store {
    file: Shown,
    values: Vec<(String, Plaintext)>,
    index: BTreeMap<String, usize>,
    plain: BTreeSet<String>,
}

impl Store {
    fn of(file: Shown, Opened { values, plain }: Opened) -> Self {
        let index = values.iter().enumerate();
        let index = index.map(|(at, (name, _))| (name.clone(), at)).collect();
        Self {
            file,
            values,
            index,
            plain: plain.into_iter().collect(),
        }
    }

    fn get(&self, name: &str) -> Option<Plaintext> {
        let at = *self.index.get(name)?;
        Some(self.values[at].1.clone())
    }
}

struct Choice {
    local: Store,
    /// By the path in the config. `None`: age has no part in it.
    own: BTreeMap<String, Option<Store>>,
    taken: BTreeSet<String>,
    chosen: Vec<Chosen>,
    problems: Vec<Problem>,
}

impl Choice {
    /// Reads the files of entries to which the local file gives no value, each once.
    fn read_own(
        &mut self,
        wanted: &[Wanted],
        folder: &Path,
        variables: Variables<'_>,
    ) -> Result<(), Failure> {
        let lacks = |name: &Text| self.local.get(name.value()).is_none();
        let lacking = wanted
            .iter()
            .filter(|one| one.name.as_ref().is_none_or(lacks));
        let files = lacking
            .filter_map(|one| Some(&one.own.as_ref()?.file))
            .map(|file| (file.value(), file))
            .into_map();
        let mut problems = Vec::new();
        for (path, file) in files {
            match file::read_sops(folder, file, variables) {
                Ok(opened) => {
                    let store = opened.map(|opened| Store::of(file.shown().clone(), opened));
                    self.own.insert(path.to_owned(), store);
                }
                Err(failure) => problems.extend(failure.problems),
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.into())
        }
    }

    /// Whether the names of this entry are known to its source alone.
    fn take(&mut self, wanted: Wanted) -> bool {
        let Wanted { place, name, own } = wanted;
        let own = own.as_ref();
        let store = own.and_then(|own| self.own.get(own.file.value())?.as_ref());
        match (name, store) {
            (Some(name), store) => {
                let field = own.and_then(|own| own.field.as_ref());
                let found = found(&name, field, &self.local, store);
                match found {
                    Ok((value, from)) => self.push(name, Some(place), value, from),
                    Err(why) => self.problems.push(Problem::at(&place, why)),
                }
                false
            }
            (None, Some(store)) => {
                let (values, from) = (store.values.clone(), store.file.clone());
                for (name, value) in values {
                    let local = self.local.get(&name);
                    let (value, from) = match local {
                        Some(value) => (value, self.local.file.clone()),
                        None => (value, from.clone()),
                    };
                    self.push(Text::public(&name), Some(place.clone()), value, from);
                }
                false
            }
            (None, None) => true,
        }
    }

    fn take_the_rest(&mut self) {
        let (values, from) = (
            std::mem::take(&mut self.local.values),
            self.local.file.clone(),
        );
        for (name, value) in values {
            self.push(Text::public(&name), None, value, from.clone());
        }
    }

    /// A name that is there already keeps its value.
    fn push(&mut self, name: Text, place: Option<Place>, value: Plaintext, from: Shown) {
        if self.taken.insert(name.value().to_owned()) {
            self.chosen.push(Chosen {
                name,
                place,
                value,
                from,
            });
        }
    }
}

/// The value of a secret, and its file.
fn found(
    name: &Text,
    field: Option<&Text>,
    local: &Store,
    own: Option<&Store>,
) -> Result<(Plaintext, Shown), NoValue> {
    if let Some(value) = local.get(name.value()) {
        return Ok((value, local.file.clone()));
    }
    let whole = Text::public(WHOLE);
    let (store, wanted) = match own {
        Some(own) => (own, field.unwrap_or(&whole)),
        None => (local, name),
    };
    let (wanted, shown) = (wanted.value(), wanted.shown().clone());
    if let Some(value) = store.get(wanted) {
        return Ok((value, store.file.clone()));
    }
    let file = store.file.clone();
    if store.plain.contains(wanted) {
        return Err(NoValue::Plain { file, name: shown });
    }
    let names = store.values.iter().map(|(name, _)| name.as_str());
    let meant = nearest(wanted, names).map(Shown::of);
    Err(NoValue::Missing {
        file,
        name: shown,
        meant,
    })
}

#[cfg(test)]
mod tests;
