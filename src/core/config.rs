//! `custom.secretBaker` -> references. Past this door nobody asks "string or object?".
//!
//! What `serverless-secret-baker` 2.1.0 accepts is accepted here with the same meaning:
//! a list of names, a map from name to path, a list of `{name, path}`, and a mixture of both lists.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::{Cause, Failure, Problem};
use crate::parameter::{Parameter, Prefix};
use crate::place::Place;

/// One entry of the config, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where the user wrote it.
    pub place: Place,
    /// What it asks for.
    pub want: Want,
}

/// What an entry asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// One parameter under a name of the user's choice.
    One {
        /// The key in the bundle.
        name: String,
        /// The parameter to bake under it.
        parameter: Parameter,
    },
    /// Every `SecureString` below a path, each named by the rest of its own path.
    Below(Prefix),
}

/// The keys that an entry may have.
const KEYS: [&str; 2] = ["name", "path"];

/// Parses the config's JSON.
///
/// # Errors
/// Only for a text that JavaScript's `JSON.stringify` has not written.
pub fn parse(json: &str) -> Result<Value, Failure> {
    serde_json::from_str(json).map_err(|error| {
        let said = format!("the config is not JSON: {error}");
        Cause::Internal { said }.into()
    })
}

/// Reads the config; the references come in its order.
///
/// What 2.1.0 takes for an empty list (`null`, `false`, `0`, `""`) is one.
///
/// # Errors
/// Every mistake of the config, each with its place.
pub fn read(config: &Value) -> Result<Vec<Reference>, Failure> {
    let root = Place::root();
    let read = match config {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| read_item(&root.item(index), item))
            .collect(),
        Value::Object(map) => map
            .iter()
            .map(|(name, path)| read_pair(&root.key(name), name, path))
            .collect(),
        empty if is_falsy(empty) => Vec::new(),
        other => {
            let found = kind_of(other);
            vec![Err(vec![Problem::at(&root, Cause::NotAList { found })])]
        }
    };
    settle(read)
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
            Want::One { name, .. } => Some((name.as_str(), &reference.place)),
            Want::Below(_) => None,
        });
    repeated(named)
}

/// A problem for each name that stands at more than one place, at the later one.
pub(crate) fn repeated<'a>(named: impl Iterator<Item = (&'a str, &'a Place)>) -> Vec<Problem> {
    let mut first_places: HashMap<&str, &Place> = HashMap::new();
    let mut problems = Vec::new();
    for (name, place) in named {
        if let Some(first) = first_places.get(name) {
            let cause = Cause::DuplicateName {
                name: name.to_owned(),
                first: (*first).clone(),
            };
            problems.push(Problem::at(place, cause));
        } else {
            first_places.insert(name, place);
        }
    }
    problems
}

fn read_item(place: &Place, item: &Value) -> Entry {
    match item {
        Value::String(path) if Prefix::is_one(path) => below(place, place, path),
        Value::String(path) => one(place, path.clone(), place, path),
        Value::Object(map) => read_object(place, map),
        other => {
            let found = kind_of(other);
            Err(vec![Problem::at(place, Cause::NotAnEntry { found })])
        }
    }
}

/// `MY_SECRET: /path` of a map. The name's own place is the path's: a map shows no other.
fn read_pair(place: &Place, name: &str, path: &Value) -> Entry {
    if name.trim().is_empty() {
        return Err(vec![Problem::at(place, Cause::Empty)]);
    }
    let path = text(place, path).map_err(|problem| vec![problem])?;
    if Prefix::is_one(path) {
        let path = path.to_owned();
        return Err(vec![Problem::at(place, Cause::NamedPrefix { path })]);
    }
    one(place, name.to_owned(), place, path)
}

fn read_object(place: &Place, map: &Map<String, Value>) -> Entry {
    let mut problems = unknown_keys(place, map);
    let typed = |key: &str, problems: &mut Vec<Problem>| {
        let found = map.get(key)?;
        text(&place.key(key), found)
            .map_err(|problem| problems.push(problem))
            .ok()
    };
    let name = typed("name", &mut problems);
    let path = typed("path", &mut problems);
    let is_prefix = path.is_some_and(Prefix::is_one);
    for key in KEYS {
        let needed = key == "path" || !is_prefix;
        if needed && !map.contains_key(key) && !is_meant(&problems, key) {
            problems.push(Problem::at(place, Cause::MissingKey { key }));
        }
    }
    let entry = match (name, path) {
        (None, Some(path)) if is_prefix => below(place, &place.key("path"), path),
        (Some(_), Some(path)) if is_prefix => {
            let path = path.to_owned();
            Err(vec![Problem::at(
                &place.key("name"),
                Cause::NamedPrefix { path },
            )])
        }
        (Some(name), Some(path)) => one(place, name.to_owned(), &place.key("path"), path),
        (None, Some(path)) => {
            one(place, String::new(), &place.key("path"), path).and(Err(Vec::new()))
        }
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

fn unknown_keys(place: &Place, map: &Map<String, Value>) -> Vec<Problem> {
    map.keys()
        .filter(|key| !KEYS.contains(&key.as_str()))
        .map(|key| {
            let meant = KEYS.into_iter().find(|known| {
                !map.contains_key(*known)
                    && strsim::damerau_levenshtein(known, &key.to_lowercase()) <= 2
            });
            let key = key.clone();
            Problem::at(place, Cause::UnknownKey { key, meant })
        })
        .collect()
}

/// Whether an unknown key was already explained as this one: then it is not missing too.
fn is_meant(problems: &[Problem], key: &str) -> bool {
    problems
        .iter()
        .any(|problem| matches!(&problem.cause, Cause::UnknownKey { meant: Some(known), .. } if *known == key))
}

fn text<'a>(place: &Place, value: &'a Value) -> Result<&'a str, Problem> {
    match value {
        Value::String(text) if text.trim().is_empty() => Err(Problem::at(place, Cause::Empty)),
        Value::String(text) => Ok(text),
        other => {
            let found = kind_of(other);
            Err(Problem::at(place, Cause::NotAString { found }))
        }
    }
}

fn one(place: &Place, name: String, path_place: &Place, path: &str) -> Entry {
    if path.trim().is_empty() {
        return Err(vec![Problem::at(path_place, Cause::Empty)]);
    }
    if path.starts_with("/aws/reference/secretsmanager/") {
        let path = path.to_owned();
        return Err(vec![Problem::at(
            path_place,
            Cause::SecretsManagerReference { path },
        )]);
    }
    let parameter =
        Parameter::parse(path).map_err(|reason| vec![bad_path(path_place, path, reason)])?;
    Ok(Reference {
        place: place.clone(),
        want: Want::One { name, parameter },
    })
}

fn below(place: &Place, path_place: &Place, path: &str) -> Entry {
    let prefix = Prefix::parse(path).map_err(|reason| vec![bad_path(path_place, path, reason)])?;
    Ok(Reference {
        place: place.clone(),
        want: Want::Below(prefix),
    })
}

fn bad_path(place: &Place, path: &str, reason: String) -> Problem {
    let path = path.to_owned();
    Problem::at(place, Cause::BadPath { path, reason })
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
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn names_and_paths(config: &Value) -> Vec<(String, String)> {
        read(config)
            .unwrap()
            .into_iter()
            .map(|reference| match reference.want {
                Want::One { name, parameter } => (name, parameter.asked().to_owned()),
                Want::Below(prefix) => ("*".into(), prefix.path().to_owned()),
            })
            .collect()
    }

    #[track_caller]
    fn reads(config: &Value, wanted: &[(&str, &str)]) {
        let found = names_and_paths(config);
        let found: Vec<_> = found
            .iter()
            .map(|(n, p)| (n.as_str(), p.as_str()))
            .collect();
        assert_eq!(found, wanted);
    }

    #[track_caller]
    fn refuses(config: &Value, wanted: &[&str]) {
        let failure = read(config).unwrap_err();
        let found: Vec<_> = failure.problems.iter().map(ToString::to_string).collect();
        assert_eq!(found, wanted);
        assert_eq!(failure.code(), "SECRET_BAKER_CONFIG_INVALID");
    }

    #[test]
    fn a_list_of_names() {
        reads(&json!(["B", "A"]), &[("B", "B"), ("A", "A")]);
        reads(&json!(["/app/key:2"]), &[("/app/key:2", "/app/key:2")]);
    }

    #[test]
    fn a_map_keeps_its_order() {
        reads(
            &json!({"Z": "/z", "A": "/a:live"}),
            &[("Z", "/z"), ("A", "/a:live")],
        );
    }

    #[test]
    fn a_mixed_list() {
        let config = json!(["A", {"name": "B", "path": "/b"}, {"path": "/c/*"}, "/d/*"]);
        reads(
            &config,
            &[("A", "A"), ("B", "/b"), ("*", "/c"), ("*", "/d")],
        );
    }

    #[test]
    fn arns() {
        let arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a:3";
        reads(&json!({ "A": arn }), &[("A", arn)]);
    }

    #[test]
    fn what_the_old_plugin_takes_for_empty_is_empty() {
        for config in [
            json!([]),
            json!({}),
            json!(null),
            json!(false),
            json!(0),
            json!(""),
        ] {
            reads(&config, &[]);
        }
    }

    #[test]
    fn names_that_objects_of_javascript_have_already_are_ordinary() {
        let config = r#"{"__proto__": "/a", "constructor": "/b", "toString": "/c"}"#;
        let config: Value = serde_json::from_str(config).unwrap();
        reads(
            &config,
            &[
                ("__proto__", "/a"),
                ("constructor", "/b"),
                ("toString", "/c"),
            ],
        );
    }

    #[test]
    fn neither_a_list_nor_a_map() {
        refuses(
            &json!("A"),
            &["custom.secretBaker: must be a list or a map of secrets, not a string"],
        );
        refuses(
            &json!(7),
            &["custom.secretBaker: must be a list or a map of secrets, not a number"],
        );
        refuses(
            &json!(true),
            &["custom.secretBaker: must be a list or a map of secrets, not a boolean"],
        );
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        refuses(
            &json!([
                5,
                null,
                ["A"],
                {"name": "A"},
                {"name": 3, "path": false},
                {"name": "B", "pth": "/b"},
                {"name": "C", "path": "/c", "version": 2},
                {"name": "", "path": " "},
                "",
                "E",
                {"name": "E", "path": "/e"},
                {"name": "F", "path": "f/g"},
                {"path": "/x"},
                {"name": "G", "path": "/g/*"},
                "/aws/reference/secretsmanager/s",
            ]),
            &[
                "custom.secretBaker[0]: must be a parameter's name or an object with `name` and `path`, not a number",
                "custom.secretBaker[1]: must be a parameter's name or an object with `name` and `path`, not null",
                "custom.secretBaker[2]: must be a parameter's name or an object with `name` and `path`, not a list",
                "custom.secretBaker[3]: has no `path`",
                "custom.secretBaker[4].name: must be a string, not a number",
                "custom.secretBaker[4].path: must be a string, not a boolean",
                "custom.secretBaker[5]: unknown key `pth`, did you mean `path`?",
                "custom.secretBaker[6]: unknown key `version`",
                "custom.secretBaker[7].name: must not be empty",
                "custom.secretBaker[7].path: must not be empty",
                "custom.secretBaker[8]: must not be empty",
                "custom.secretBaker[11].path: Parameter Store has no parameter named `f/g`: a name with levels begins with `/`",
                "custom.secretBaker[12]: has no `name`",
                "custom.secretBaker[13].name: `/g/*` stands for many secrets, which are named by the rest of their paths",
                "custom.secretBaker[14]: `/aws/reference/secretsmanager/s` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake",
                "custom.secretBaker[10]: the name `E` is already used by custom.secretBaker[9]",
            ],
        );
    }

    #[test]
    fn mistakes_in_a_map() {
        refuses(
            &json!({"A": 1, "": "/b", "odd name": null, "P": "/p/*", "Q": "/q r"}),
            &[
                "custom.secretBaker.A: must be a string, not a number",
                "custom.secretBaker[\"\"]: must not be empty",
                "custom.secretBaker[\"odd name\"]: must be a string, not null",
                "custom.secretBaker.P: `/p/*` stands for many secrets, which are named by the rest of their paths",
                "custom.secretBaker.Q: Parameter Store has no parameter named `/q r`: a name is made of letters, digits and `_.-/`, and ' ' is none of them",
            ],
        );
    }
}
