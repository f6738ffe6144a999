//! Which way an entry is written: a text, a pair of a map or an object; and whose it is.

use serde_json::{Map, Value};

use super::{Entry, Form, Keys, NAME, PATH, Stated, of_cloud_formation, text};
use crate::config::mistake::{BadEntry, kind_of};
use crate::config::place::Place;
use crate::config::text::{NoName, Text};
use crate::config::written::Written;
use crate::failure::shown::Shown;
use crate::failure::{Problem, nearest};

type Read<'a> = Result<Entry<'a>, Vec<Problem>>;

impl<'a> Entry<'a> {
    /// An item of a list.
    ///
    /// # Errors
    /// It is no entry of any source.
    pub fn item(
        index: usize,
        place: Place,
        item: &'a Value,
        written: Written<'a>,
        sources: &[Keys],
    ) -> Read<'a> {
        match item {
            Value::String(_) => {
                let (source, stated) = stated(&place, item, written, sources)?;
                Ok(Self::new(
                    index,
                    place,
                    (source, stated.key),
                    Form::Text(stated),
                ))
            }
            Value::Object(map) => {
                if let Some(why) = not_an_entry(map, written, sources) {
                    return Err(vec![Problem::at(&place, why)]);
                }
                Self::object(index, place, None, (map, written), sources)
            }
            other => {
                let found = kind_of(other);
                Err(vec![Problem::at(&place, BadEntry::NotAnEntry { found })])
            }
        }
    }

    /// `NAME: /path` of a map, or `NAME: { path: /path }`.
    ///
    /// # Errors
    /// The name cannot be used, or it is no entry of any source.
    pub fn pair(
        index: usize,
        root: &Place,
        (name, value): (&str, &'a Value),
        map: Written<'a>,
        sources: &[Keys],
    ) -> Read<'a> {
        let named = Text::key(name, map);
        let place = match &named {
            Ok(name) if name.is_public() => root.key(name.value()),
            _ => root.nth_key(index),
        };
        let name = named.map_err(|why| vec![Problem::at(&place, why)])?;
        if name.value().trim().is_empty() {
            return Err(vec![Problem::at(&place, BadEntry::Empty)]);
        }
        let written = map.key(name.value());
        if let Value::Object(map) = value {
            let why = of_cloud_formation(map)
                .map(|function| BadEntry::CloudFormation { function })
                .or_else(|| map.contains_key(NAME).then_some(BadEntry::NamedTwice));
            if let Some(why) = why {
                return Err(vec![Problem::at(&place, why)]);
            }
            return Self::object(index, place, Some(name), (map, written), sources);
        }
        let (source, stated) = stated(&place, value, written, sources)?;
        Ok(Self::new(
            index,
            place,
            (source, stated.key),
            Form::Pair(name, stated),
        ))
    }

    fn object(
        index: usize,
        place: Place,
        name: Option<Text>,
        (map, written): (&'a Map<String, Value>, Written<'a>),
        sources: &[Keys],
    ) -> Read<'a> {
        let named = |(_, keys): &(usize, &Keys)| map.contains_key(keys.own);
        let named: Vec<_> = sources.iter().enumerate().filter(named).collect();
        let form = Form::Object(name, map, written);
        match named[..] {
            [(source, keys)] => {
                let mut entry = Self::new(index, place, (source, keys.own), form);
                entry.look_for_unknown(map, written, &known(&[*keys]));
                Ok(entry)
            }
            [] => {
                // It goes to no source: this one is never asked for.
                let mut entry = Self::new(index, place, (usize::MAX, PATH), form);
                entry.look_for_unknown(map, written, &known(sources));
                entry.name();
                entry.must_have(NAME);
                let keys: Vec<_> = sources.iter().map(|keys| keys.own).collect();
                if !keys.iter().any(|key| entry.meant.contains(key)) {
                    entry.refuse(BadEntry::NoSource { keys });
                }
                Err(entry.problems)
            }
            _ => {
                let keys = named.into_iter().map(|(_, keys)| keys.own).collect();
                Err(vec![Problem::at(&place, BadEntry::Sources { keys })])
            }
        }
    }

    fn look_for_unknown(
        &mut self,
        map: &Map<String, Value>,
        written: Written<'_>,
        known: &[&'static str],
    ) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let absent = known.iter().copied();
            let absent = absent.filter(|known| !map.contains_key(*known));
            let meant = nearest(key, absent);
            self.meant.extend(meant);
            let key = match Text::key(key, written) {
                Ok(text) => text.shown().clone(),
                Err(_) => "a text that a variable gives".into(),
            };
            self.refuse(BadEntry::UnknownKey { key, meant });
        }
    }
}

/// The source of a text, and what it stands for there.
fn stated<'a>(
    place: &Place,
    value: &'a Value,
    written: Written<'a>,
    sources: &[Keys],
) -> Result<(usize, Stated<'a>), Vec<Problem>> {
    let text = text(place, value).map_err(|problem| vec![problem])?;
    let begins = |keys: &Keys| keys.scheme.is_some_and(|scheme| text.starts_with(scheme));
    let source = sources.iter().position(begins);
    let source = source.or_else(|| sources.iter().position(|keys| keys.own == PATH));
    let Some(source) = source else {
        let keys = sources.iter().map(|keys| keys.own).collect();
        return Err(vec![Problem::at(place, BadEntry::NoSource { keys })]);
    };
    let key = sources[source].own;
    let stated = Stated {
        key,
        value,
        written,
    };
    Ok((source, stated))
}

fn known(sources: &[Keys]) -> Vec<&'static str> {
    let of_sources = sources.iter().flat_map(|keys| {
        std::iter::once(keys.own).chain(keys.fields.iter().map(|field| field.key))
    });
    std::iter::once(NAME).chain(of_sources).collect()
}

/// What an object is in place of an entry, where that can be told.
fn not_an_entry(
    map: &Map<String, Value>,
    written: Written<'_>,
    sources: &[Keys],
) -> Option<BadEntry> {
    if let Some(function) = of_cloud_formation(map) {
        return Some(BadEntry::CloudFormation { function });
    }
    let (key, value) = map.iter().next()?;
    let known = known(sources);
    let is_near = |key: &String| nearest(key, known.iter().copied()).is_some();
    if map.keys().any(is_near) || !map.values().all(Value::is_string) {
        return None;
    }
    let path = value.as_str().unwrap_or_default();
    let paths = sources.iter().find(|keys| keys.own == PATH);
    let path = paths.and_then(|keys| (keys.shows)(path, written.key(key)));
    Some(BadEntry::PairInList {
        name: public(Text::key(key, written)).unwrap_or("NAME".into()),
        path: path.unwrap_or("/path/to/parameter".into()),
    })
}

fn public(text: Result<Text, NoName>) -> Option<Shown> {
    let text = text.ok().filter(Text::is_public)?;
    Some(text.shown().clone())
}
