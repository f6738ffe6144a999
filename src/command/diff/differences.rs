//! One bundle, or one sealed variable, against the bundle of now.

use std::iter;

use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::shown::Shown;
use serde_json::{Map, Value};

use super::keys;
use crate::open::version_in;

/// What stands in a bundle under a name.
pub(super) type Entry = Map<String, Value>;

/// How a secret differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bake would bring it.
    Added,
    /// A bake would leave it out.
    Gone,
    /// A bake would bring one from another place: another parameter, secret or source.
    Place,
    /// A bake would bring another version.
    Version,
    /// The same version, sealed under another key.
    Key,
    /// The same version, sealed anew: under the same key, or nobody can tell.
    Sealed,
}

impl Kind {
    /// In one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Gone => "gone",
            Self::Place => "place",
            Self::Version => "version",
            Self::Key => "key",
            Self::Sealed => "sealed",
        }
    }
}

/// A secret that differs in one artefact or function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The artefact or the function.
    pub place: Shown,
    /// The secret's name.
    pub name: String,
    /// The environment variable that it is sealed into. `None`: it is in the bundle.
    pub variable: Option<String>,
    /// How.
    pub kind: Kind,
    /// The version that is there, where it has one.
    pub built: Option<String>,
    /// The version that a bake would give.
    pub now: Option<String>,
}

/// What differs in a bundle. `carried` is `None` where there is none.
pub(super) fn in_bundle(place: &Shown, carried: Option<&Bundle>, now: &Bundle) -> Vec<Difference> {
    let gone = carried.into_iter().flat_map(Bundle::names);
    let gone = gone.filter(|name| !now.contains(name));
    let names = now.names().chain(gone);
    let difference = |name: &str| {
        let built = carried.filter(|carried| carried.contains(name));
        let kind = match built {
            None => Kind::Added,
            Some(_) if !now.contains(name) => Kind::Gone,
            Some(built) if built.is_same(now, name) => return None,
            Some(built) => kind(built.entry(name), now.entry(name))?,
        };
        let version = |bundle: &Bundle| version_in(bundle.entry(name)?);
        Some(Difference {
            place: place.clone(),
            name: name.to_owned(),
            variable: None,
            kind,
            built: built.and_then(version),
            now: version(now),
        })
    };
    names.filter_map(difference).collect()
}

/// How a sealed variable differs. It does not name its secret: that is the one of the same place, else the one that is called as it is.
pub(super) fn in_variable(
    place: &Shown,
    variable: &str,
    entry: &Entry,
    now: &Bundle,
) -> Option<Difference> {
    let all = || {
        now.names()
            .filter_map(|name| Some((name, now.entry(name)?)))
    };
    if all().any(|(_, one)| is_same(entry, one)) {
        return None;
    }
    let of_place = || all().find(|(_, one)| is_telling(entry) && origin(entry) == origin(one));
    let of_name = || all().find(|(name, one)| *name == variable && origin(entry) == origin(one));
    let found = of_place().or_else(of_name);
    Some(Difference {
        place: place.clone(),
        name: found.map_or(variable, |(name, _)| name).to_owned(),
        variable: Some(variable.to_owned()),
        kind: match found {
            Some((_, now)) => kind(Some(entry), Some(now))?,
            None => Kind::Gone,
        },
        built: version_in(entry),
        now: found.and_then(|(_, now)| version_in(now)),
    })
}

/// `None`: they are the same. What is no entry at all has neither place nor version.
fn kind(built: Option<&Entry>, now: Option<&Entry>) -> Option<Kind> {
    let (Some(built), Some(now)) = (built, now) else {
        return Some(Kind::Sealed);
    };
    if is_same(built, now) {
        None
    } else if origin(built) != origin(now) {
        Some(Kind::Place)
    } else if version_in(built) != version_in(now) {
        Some(Kind::Version)
    } else if keys::are_different(built, now) {
        Some(Kind::Key)
    } else {
        Some(Kind::Sealed)
    }
}

/// Whether both open to the same. 2.1.0 wrote no version, which no reader looks at.
fn is_same(built: &Entry, now: &Entry) -> bool {
    let mut others = now.iter().filter(|(field, _)| *field != "version");
    let is_of_old = !built.contains_key("source") && !built.contains_key("version");
    built == now
        || (is_of_old
            && built.len() + 1 == now.len()
            && others.all(|(field, value)| built.get(field) == Some(value)))
}

/// What tells where a secret comes from.
fn origin(entry: &Entry) -> Vec<Option<&Value>> {
    let fields = place_fields(entry).iter();
    let fields = iter::once(&"source").chain(fields);
    fields.map(|field| entry.get(*field)).collect()
}

/// Whether that is more than the kind of its source.
fn is_telling(entry: &Entry) -> bool {
    !place_fields(entry).is_empty()
}

fn place_fields(entry: &Entry) -> &'static [&'static str] {
    match entry.get("source").map(Value::as_str) {
        None => &["arn"],
        Some(Some("secretsManager")) => &["arn", "field"],
        Some(Some("credstash")) => &["region", "name"],
        Some(Some("sops")) => &["aad"],
        Some(_) => &[],
    }
}

#[cfg(test)]
mod tests;
