//! Dotenv as SOPS writes it: `KEY=value`, a line each, and its metadata flattened into keys of their own.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::edit::{Edit, line_end};
use super::path::{Path, Step};
use super::tree::{Fault, LEAVES, Scalar, Tell, Unread};

/// What the keys of the metadata begin with.
const PREFIX: &str = "sops_";
/// Before a key of a map within the metadata.
const MAP: &str = "__map_";
/// Before the index of a list within the metadata.
const LIST: &str = "__list_";
/// No list of the metadata is longer.
const LONGEST_LIST: usize = 100;
/// No key of the metadata has more parts: `sops_key_groups__list_0__map_kms__list_0__map_context__map_Stage`.
const PARTS: usize = 8;

/// Tells each value but those of the metadata, and gives that as it would stand in JSON.
///
/// # Errors
/// A line is none of `KEY=value`, or more than anybody writes.
pub fn walk(text: &str, tell: Tell<'_>) -> Result<Option<Value>, Unread> {
    let mut seen = HashSet::new();
    let mut metadata = Map::new();
    for (line, number) in text.lines().zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let unread = |fault| Unread {
            fault,
            line: number,
        };
        let (key, value) = line.split_once('=').ok_or(unread(Fault::Syntax))?;
        if !seen.insert(key) {
            return Err(unread(Fault::Doubled));
        }
        if seen.len() > LEAVES {
            return Err(unread(Fault::Many));
        }
        let value = value.replace("\\n", "\n");
        if let Some(key) = key.strip_prefix(PREFIX) {
            let kept = keep(&mut metadata, key, value);
            kept.ok_or(unread(Fault::Metadata))?;
        } else {
            let mut path = Path::default();
            path.push(Step::Key(key.to_owned()));
            if path.is_long() {
                return Err(unread(Fault::Long));
            }
            tell(&path, Scalar::Text(&value));
        }
    }
    let found = !metadata.is_empty();
    Ok(found.then(|| Value::Object(metadata)))
}

/// As what a key of the outermost map of the metadata stands in the file.
#[must_use]
pub fn metadata_key(key: &str) -> String {
    format!("{PREFIX}{key}")
}

/// Whether a key can stand in a file, and is none of the metadata.
#[must_use]
pub fn is_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    !key.is_empty() && key.chars().all(fits) && !key.starts_with(PREFIX)
}

/// A text in place of the value of a key. `None`: there is no such line.
#[must_use]
pub fn replace(text: &str, key: &str, new: &str) -> Option<Edit> {
    let (at, line) = lines(text).find(|(_, line)| {
        let value = line.strip_prefix(key);
        value.is_some_and(|value| value.starts_with('='))
    })?;
    let bytes = at + key.len() + 1..at + line.len();
    let text = new.to_owned();
    Some(Edit { bytes, text })
}

/// A new line before the metadata. `None`: there are none.
#[must_use]
pub fn add(text: &str, key: &str, value: &str) -> Option<Edit> {
    let (at, _) = lines(text).find(|(_, line)| line.starts_with(PREFIX))?;
    let text = format!("{key}={value}{}", line_end(text));
    Some(Edit {
        bytes: at..at,
        text,
    })
}

/// Each line, without what ends it, and where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let begins = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (begins, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// Puts `kms__list_0__map_arn` where it stands in JSON. `None`: it fits to nothing.
fn keep(metadata: &mut Map<String, Value>, key: &str, value: String) -> Option<()> {
    let (first, mut rest) = next(key);
    let mut place = metadata.entry(first).or_insert(Value::Null);
    for _ in 0..PARTS {
        if rest.is_empty() {
            break;
        }
        if let Some(inner) = rest.strip_prefix(MAP) {
            let (key, after) = next(inner);
            place = map_at(place)?.entry(key).or_insert(Value::Null);
            rest = after;
        } else {
            let (index, after) = next(rest.strip_prefix(LIST)?);
            let index = index.parse().ok().filter(|index| *index < LONGEST_LIST)?;
            place = item_at(place, index)?;
            rest = after;
        }
    }
    if !rest.is_empty() || !place.is_null() {
        return None;
    }
    *place = Value::String(value);
    Some(())
}

/// A key or index, and what follows it.
fn next(text: &str) -> (&str, &str) {
    let ends = [text.find(MAP), text.find(LIST)];
    let end = ends.into_iter().flatten().min().unwrap_or(text.len());
    text.split_at(end)
}

fn map_at(place: &mut Value) -> Option<&mut Map<String, Value>> {
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    place.as_object_mut()
}

fn item_at(place: &mut Value, index: usize) -> Option<&mut Value> {
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    let list = place.as_array_mut()?;
    if list.len() <= index {
        list.resize(index + 1, Value::Null);
    }
    list.get_mut(index)
}

#[cfg(test)]
mod tests;
