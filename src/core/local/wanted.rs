//! Which values a config wants: one for each name that it has, and which of them a SOPS file of their own brings.

use serde_json::Value;

use crate::config::entry::Keys;
use crate::config::place::Place;
use crate::config::{self, Text};
use crate::failure::Failure;
use crate::source::sops::want::{self, SOPS};
use crate::source::{self, Deployment, together};

/// An entry of the config, as far as local values go.
pub struct Wanted {
    /// Where the user wrote it.
    pub place: Place,
    /// The secret's name. `None`: the entry brings several, which only its source could name.
    pub name: Option<Text>,
    /// The SOPS file that the entry itself names.
    pub own: Option<OwnFile>,
}

/// A SOPS file that an entry names.
pub struct OwnFile {
    /// Its path.
    pub file: Text,
    /// What is taken from it. `None`: all.
    pub field: Option<Text>,
}

/// All entries, in their order.
///
/// # Errors
/// Every mistake of the config, as a bake tells them.
pub fn of(
    config: &Value,
    written: Option<&Value>,
    root: &Place,
    deployment: &Deployment,
) -> Result<Vec<Wanted>, Failure> {
    together::take(&mut source::all(deployment), config, written, root)?;
    let mut sources = source::all(deployment);
    let keys: Vec<Keys> = sources.iter().map(|source| source.keys()).collect();
    let entries = config::entries(config, written, root, &keys);
    let wanted = entries.into_iter().flatten().map(|mut entry| {
        let is_sops = keys[entry.source].own == SOPS;
        let file = is_sops.then(|| want::file(&mut entry)).flatten();
        let own = file.map(|file| OwnFile {
            file,
            field: want::field(&mut entry),
        });
        let name = sources[entry.source].take(&mut entry);
        let place = entry.place;
        Wanted { place, name, own }
    });
    Ok(wanted.collect())
}
