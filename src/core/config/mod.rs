//! `custom.secretBaker` -> references. Past this door nobody asks "string or object?".
//!
//! What `serverless-secret-baker` 2.1.0 accepts is accepted here with the same meaning:
//! a list of names, a map from name to path, a list of `{name, path}`, and a mixture of both lists. What came out of a
//! variable is taken only as far as it is no secret that somebody resolved too early: see `Text`.

pub mod place;
mod text;
mod variable;
mod written;

use std::collections::HashMap;

use serde_json::{Map, Value};

pub use self::text::Text;
pub use self::written::Written;
use crate::config::place::Place;
use crate::failure::shown::Shown;
use crate::failure::{Asked, Cause, Failure, Problem};
use crate::source::ssm::name::{Parameter, Prefix, Reason};

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where the user wrote it.
    pub place: Place,
    /// What it asks for.
    pub want: Want,
    /// The path as it was set, for messages.
    pub path: Text,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// One parameter under a name of the user's choice.
    One {
        /// The key in the bundle.
        name: Text,
        /// The parameter to bake under it.
        parameter: Parameter,
    },
    /// Every `SecureString` below a path, each named by the rest of its own path.
    Below(Prefix),
}

impl Reference {
    /// The path as messages name it.
    #[must_use]
    pub fn asked(&self) -> Asked {
        let name = match &self.want {
            Want::One { parameter, .. } => Some(parameter.name()),
            Want::Below(_) => None,
        };
        Asked {
            shown: self.path.shown().clone(),
            name: name.filter(|_| self.path.is_public()),
        }
    }
}

/// The keys that an entry may have.
const KEYS: [&str; 2] = ["name", "path"];

/// Parses the config's JSON.
///
/// # Errors
/// Only for a text that JavaScript's `JSON.stringify` has not written.
pub fn parse(json: &str) -> Result<Value, Failure> {
    serde_json::from_str(json).map_err(|error| {
        // The words of the parser name a line and a column, and never the text.
        let said = format!("the config is not JSON: {error}").into();
        Cause::Internal { said }.into()
    })
}

/// Reads the config; the references come in its order.
///
/// What 2.1.0 takes for an empty list (`null`, `false`, `0`, `""`) is one. `written` is the same config before its variables were resolved.
///
/// # Errors
/// Every mistake of the config, each with its place.
pub fn read(config: &Value, written: Option<&Value>) -> Result<Vec<Reference>, Failure> {
    let (root, written) = (Place::root(), Written::from(written));
    let read = match config {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| read_item(&root.item(index), item, written.item(index)))
            .collect(),
        // A secret may be named `Ref`.
        Value::Object(map) if !map.contains_key("Ref") && of_cloud_formation(map).is_some() => {
            let function = of_cloud_formation(map).unwrap_or_default();
            let cause = Cause::CloudFormationFunction { function };
            vec![Err(vec![Problem::at(&root, cause)])]
        }
        Value::Object(map) => map
            .iter()
            .enumerate()
            .map(|(index, (name, path))| read_pair(&root, index, name, path, written))
            .collect(),
        empty if is_falsy(empty) => Vec::new(),
        other => {
            let found = kind_of(other);
            vec![Err(vec![Problem::at(&root, Cause::NotAList { found })])]
        }
    };
    settle(read)
}

/// The names that a config has, as far as it has any, and whether it has more that it does not name. For messages about what was
/// baked earlier: what is wrong with it was told then.
#[must_use]
pub fn names(config: &Value) -> (Vec<&str>, bool) {
    match config {
        Value::Array(items) => {
            let names: Vec<_> = items.iter().filter_map(name_of_item).collect();
            let more = names.len() < items.len();
            (names, more)
        }
        Value::Object(map) => (map.keys().map(String::as_str).collect(), false),
        _ => (Vec::new(), false),
    }
}

fn name_of_item(item: &Value) -> Option<&str> {
    let text = item.as_str().filter(|text| !Prefix::is_one(text));
    text.or_else(|| item.get("name")?.as_str())
}

type Entry = Result<Reference, Vec<Problem>>;

/// All references, or all problems, those of names used twice among them.
fn settle(entries: Vec<Entry>) -> Result<Vec<Reference>, Failure> {
    let mut references = Vec::new();
    let mut problems = Vec::new();
    for entry in entries {
        match entry {
            Ok(reference) => references.push(reference),
            Err(found) => problems.extend(found),
        }
    }
    problems.extend(names_used_twice(&references));
    if problems.is_empty() {
        Ok(references)
    } else {
        Err(problems.into())
    }
}

fn names_used_twice(references: &[Reference]) -> Vec<Problem> {
    let named = references
        .iter()
        .filter_map(|reference| match &reference.want {
            Want::One { name, .. } => Some((name.value(), name.shown(), &reference.place)),
            Want::Below(_) => None,
        });
    repeated(named)
}

/// A problem for each name that stands at more than one place, at the later one.
pub(crate) fn repeated<'a>(
    named: impl Iterator<Item = (&'a str, &'a Shown, &'a Place)>,
) -> Vec<Problem> {
    let mut first_places: HashMap<&str, &Place> = HashMap::new();
    let mut problems = Vec::new();
    for (name, shown, place) in named {
        if let Some(first) = first_places.get(name) {
            let cause = Cause::DuplicateName {
                name: shown.clone(),
                first: (*first).clone(),
            };
            problems.push(Problem::at(place, cause));
        } else {
            first_places.insert(name, place);
        }
    }
    problems
}

fn read_item(place: &Place, item: &Value, written: Written<'_>) -> Entry {
    match item {
        Value::String(path) if path.trim().is_empty() => {
            Err(vec![Problem::at(place, Cause::Empty)])
        }
        Value::String(path) => {
            let path = Text::path(path, written, true);
            let path = path.map_err(|cause| vec![Problem::at(place, cause)])?;
            if Prefix::is_one(path.value()) {
                below(place, place, path)
            } else {
                one(place, path.clone(), place, path)
            }
        }
        Value::Object(map) => read_object(place, map, written),
        other => {
            let found = kind_of(other);
            Err(vec![Problem::at(place, Cause::NotAnEntry { found })])
        }
    }
}

/// `MY_SECRET: /path` of a map. The name's own place is the path's: a map shows no other.
fn read_pair(root: &Place, index: usize, name: &str, path: &Value, map: Written<'_>) -> Entry {
    let named = Text::key(name, map);
    let place = match &named {
        Ok(name) if name.is_public() => root.key(name.value()),
        _ => root.nth_key(index),
    };
    let at = |cause| vec![Problem::at(&place, cause)];
    let name = named.map_err(at)?;
    if name.value().trim().is_empty() {
        return Err(at(Cause::Empty));
    }
    let path = text(&place, path).map_err(|problem| vec![problem])?;
    let path = Text::path(path, map.key(name.value()), false).map_err(at)?;
    if Prefix::is_one(path.value()) {
        let path = path.shown().clone();
        return Err(at(Cause::NamedPrefix { path }));
    }
    one(&place, name, &place, path)
}

fn read_object(place: &Place, map: &Map<String, Value>, written: Written<'_>) -> Entry {
    if let Some(cause) = not_an_entry(map, written) {
        return Err(vec![Problem::at(place, cause)]);
    }
    let (mut problems, meant) = unknown_keys(place, map, written);
    let typed = |key: &str, problems: &mut Vec<Problem>| -> Option<Text> {
        let (value, place) = (map.get(key)?, place.key(key));
        let read = text(&place, value).and_then(|text| {
            let read = if key == "path" {
                Text::path(text, written.key(key), false)
            } else {
                Text::name(text, written.key(key))
            };
            read.map_err(|cause| Problem::at(&place, cause))
        });
        read.map_err(|problem| problems.push(problem)).ok()
    };
    let name = typed("name", &mut problems);
    let path = typed("path", &mut problems);
    let is_prefix = path
        .as_ref()
        .is_some_and(|path| Prefix::is_one(path.value()));
    for key in KEYS {
        let needed = key == "path" || !is_prefix;
        if needed && !map.contains_key(key) && !meant.contains(&key) {
            problems.push(Problem::at(place, Cause::MissingKey { key }));
        }
    }
    let path_place = place.key("path");
    let entry = match (name, path) {
        (None, Some(path)) if is_prefix => below(place, &path_place, path),
        (Some(_), Some(path)) if is_prefix => {
            let path = path.shown().clone();
            let cause = Cause::NamedPrefix { path };
            Err(vec![Problem::at(&place.key("name"), cause)])
        }
        (Some(name), Some(path)) => one(place, name, &path_place, path),
        (None, Some(path)) => one(place, Text::public(""), &path_place, path).and(Err(Vec::new())),
        _ => Err(Vec::new()),
    };
    match entry {
        Ok(reference) if problems.is_empty() => Ok(reference),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// What an object is in place of an entry, where that can be told.
fn not_an_entry(map: &Map<String, Value>, written: Written<'_>) -> Option<Cause> {
    if let Some(function) = of_cloud_formation(map) {
        return Some(Cause::CloudFormationFunction { function });
    }
    let (key, value) = map.iter().next()?;
    let is_near = |key: &String| KEYS.iter().any(|known| is_near(known, key));
    if map.keys().any(is_near) || !map.values().all(Value::is_string) {
        return None;
    }
    let shown = |text: Result<Text, Cause>, other: &str| match text {
        Ok(text) if text.is_public() => text.shown().clone(),
        _ => other.into(),
    };
    let path = value.as_str().unwrap_or_default();
    Some(Cause::PairInList {
        name: shown(Text::key(key, written), "NAME"),
        path: shown(
            Text::path(path, written.key(key), false),
            "/path/to/parameter",
        ),
    })
}

/// The function of `CloudFormation` that an object is, such as `Fn::Sub`.
fn of_cloud_formation(map: &Map<String, Value>) -> Option<Shown> {
    let (key, _) = map.iter().next().filter(|_| map.len() == 1)?;
    let is_one = key == "Ref" || key.starts_with("Fn::");
    is_one.then(|| Shown::of(key))
}

/// The problems, and the known keys that were meant.
fn unknown_keys(
    place: &Place,
    map: &Map<String, Value>,
    written: Written<'_>,
) -> (Vec<Problem>, Vec<&'static str>) {
    let (mut problems, mut all_meant) = (Vec::new(), Vec::new());
    for key in map.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let meant = KEYS
            .into_iter()
            .find(|known| !map.contains_key(*known) && is_near(known, key));
        all_meant.extend(meant);
        let key = match Text::key(key, written) {
            Ok(text) => text.shown().clone(),
            Err(_) => "a text that a variable gives".into(),
        };
        problems.push(Problem::at(place, Cause::UnknownKey { key, meant }));
    }
    (problems, all_meant)
}

fn is_near(known: &str, key: &str) -> bool {
    strsim::damerau_levenshtein(known, &key.to_lowercase()) <= 2
}

fn text<'a>(place: &Place, value: &'a Value) -> Result<&'a str, Problem> {
    match value {
        Value::String(text) if text.trim().is_empty() => Err(Problem::at(place, Cause::Empty)),
        Value::String(text) => Ok(text),
        Value::Object(map) if of_cloud_formation(map).is_some() => {
            let function = of_cloud_formation(map).unwrap_or_default();
            Err(Problem::at(
                place,
                Cause::CloudFormationFunction { function },
            ))
        }
        other => {
            let found = kind_of(other);
            Err(Problem::at(place, Cause::NotAString { found }))
        }
    }
}

fn one(place: &Place, name: Text, path_place: &Place, path: Text) -> Entry {
    let at = |cause| vec![Problem::at(path_place, cause)];
    if let Some(cause) = misread(&path) {
        return Err(at(cause));
    }
    if path.value().starts_with("/aws/reference/secretsmanager/") {
        let path = path.shown().clone();
        return Err(at(Cause::SecretsManagerReference { path }));
    }
    let parameter =
        Parameter::parse(path.value()).map_err(|reason| at(bad_path(&path, &reason)))?;
    Ok(Reference {
        place: place.clone(),
        want: Want::One { name, parameter },
        path,
    })
}

fn below(place: &Place, path_place: &Place, path: Text) -> Entry {
    let at = |cause| vec![Problem::at(path_place, cause)];
    if let Some(cause) = misread(&path) {
        return Err(at(cause));
    }
    let prefix = Prefix::parse(path.value()).map_err(|reason| at(bad_path(&path, &reason)))?;
    Ok(Reference {
        place: place.clone(),
        want: Want::Below(prefix),
        path,
    })
}

/// What the user took a path for, where that can be told.
fn misread(path: &Text) -> Option<Cause> {
    let text = path.value();
    if let Some(at) = text.find("${") {
        let end = text[at..].find('}').map_or(text.len(), |end| at + end + 1);
        let variable = &text[at..end];
        let shown = if path.is_public() || variable.starts_with("${AWS::") {
            Shown::of(variable)
        } else {
            "${...}".into()
        };
        return Some(Cause::CloudFormationText { variable: shown });
    }
    let rest = text
        .get(..4)
        .filter(|scheme| scheme.eq_ignore_ascii_case("ssm:"))?;
    let name = text[rest.len()..].trim_start_matches('/');
    let meant = format!("/{name}");
    let tells =
        path.is_public() && text[rest.len()..].starts_with('/') && Parameter::parse(&meant).is_ok();
    text[rest.len()..]
        .starts_with('/')
        .then(|| Cause::SchemeBeforePath {
            meant: tells.then(|| meant.into()),
        })
}

fn bad_path(path: &Text, reason: &Reason) -> Cause {
    Cause::BadPath {
        described: path.described(),
        reason: reason.said(path.is_public()),
    }
}

/// What JavaScript's `config || []` turns into the empty list.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
