//! What a config has beside its secrets: settings and functions. Every mistake is noted, and what narrows never becomes all.

use secret_baker_core::config;
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Problem, nearest};
use serde_json::{Map, Value};

use super::refusal::NoService;
use crate::options::{Env, EnvSetting, Options, env, list};
use crate::service::Function;

const KEYS: &[&str] = &["secrets", "options", "functions"];
const KEYS_OF_FUNCTION: &[&str] = &["secrets", "artefact", "env", "architecture", "name", "role"];
const PROCESSORS: [&str; 2] = ["x86_64", "arm64"];

/// What the file has.
pub struct Parts {
    /// As they stand there.
    pub secrets: Value,
    /// Read.
    pub options: Options,
    /// Read, each with what the settings say of all.
    pub functions: Vec<Function>,
}

impl Parts {
    /// Of `secret-baker.yml`.
    pub fn of(whole: Value, problems: &mut Vec<Problem>) -> Self {
        let root = Place::from(super::FILES[0]);
        let mut map = match whole {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            _ => {
                let what = "a map with `secrets`";
                problems.push(Problem::at(&root, NoService::Form { what }));
                Map::new()
            }
        };
        unknown(&map, KEYS, None, problems);
        let mut part = |key: &str| map.remove(key).unwrap_or_default();
        let [secrets, options, functions] = ["secrets", "options", "functions"].map(&mut part);
        Self::read(
            secrets,
            &options,
            &Place::from("options"),
            &functions,
            "secrets",
            problems,
        )
    }

    /// `list` is the key of a function's own list of secrets, for places.
    pub fn read(
        secrets: Value,
        options: &Value,
        at: &Place,
        written: &Value,
        list: &str,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let options = Options::of(options, at, problems);
        let mut functions = functions_of(written, problems);
        let names = Names::of(&secrets);
        names.check(options.default.as_deref(), &at.key("default"), problems);
        names.check_env(&options.env, &at.key("env"), problems);
        for function in &mut functions {
            let place = Place::from("functions").key(&function.key);
            names.check(function.only.as_deref(), &place.key(list), problems);
            let own = written.get(&function.key);
            if own.is_some_and(|own| own.get("env").is_some()) {
                names.check_variables(function.env.as_ref(), &place.key("env"), problems);
            } else {
                function.env = options.env.of_function(&function.key);
            }
            let only = function.only.take();
            function.only = only.or_else(|| options.default.clone());
        }
        let keys: Vec<_> = functions.iter().map(|one| one.key.as_str()).collect();
        problems.extend(options.env.of_nobody(&keys, at));
        Self {
            secrets,
            options,
            functions,
        }
    }
}

/// The secret of `NAME=VARIABLE`; `*` stands for those that are not named.
fn name_in(choice: &str) -> String {
    let (name, _) = choice.split_once('=').unwrap_or((choice, ""));
    name.to_owned()
}

/// The names of the secrets. `None`: some of them only a bake tells.
struct Names<'a>(Option<Vec<&'a str>>);

impl<'a> Names<'a> {
    fn of(secrets: &'a Value) -> Self {
        let (names, has_more) = config::names(secrets);
        // Below a path in a map, and in a file of secrets, each has the rest of a name.
        let is_one = |value: &Value| {
            let text = value.as_str().or_else(|| value.get("path")?.as_str());
            !text.is_some_and(|text| text.ends_with("/*"))
        };
        let all_are_one = match secrets {
            Value::Object(map) => map.values().all(is_one),
            Value::Array(items) => items.iter().all(is_one),
            _ => true,
        };
        Self((!has_more && all_are_one).then_some(names))
    }

    fn check_env(&self, env: &EnvSetting, place: &Place, problems: &mut Vec<Problem>) {
        match env {
            EnvSetting::All(env) => self.check_variables(env.as_ref(), place, problems),
            EnvSetting::Each(all) => {
                for (function, env) in all {
                    self.check_variables(env.as_ref(), &place.key(function), problems);
                }
            }
        }
    }

    fn check_variables(&self, of: Option<&Env>, place: &Place, problems: &mut Vec<Problem>) {
        let names = of.and_then(|env| env.names.as_ref());
        let chosen = names.into_iter().flatten().map(|choice| name_in(choice));
        self.check(Some(&chosen.collect::<Vec<_>>()), place, problems);
    }

    fn check(&self, found: Option<&[String]>, place: &Place, problems: &mut Vec<Problem>) {
        let (Some(names), Some(found)) = (&self.0, found) else {
            return;
        };
        for (index, name) in found.iter().enumerate() {
            if name == "*" || names.contains(&name.as_str()) {
                continue;
            }
            let meant = nearest(name, names.iter().copied()).map(Shown::of);
            let name = Shown::of(name);
            let why = NoService::NoSuchSecret { name, meant };
            problems.push(Problem::at(&place.item(index), why));
        }
    }
}

/// Each stands at its own place. `owner` is that of the map; the file itself has none.
fn unknown(
    map: &Map<String, Value>,
    known: &'static [&'static str],
    owner: Option<&Place>,
    problems: &mut Vec<Problem>,
) {
    for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
        let place = owner.map_or_else(|| Place::from(key.as_str()), |owner| owner.key(key));
        let key = Shown::of(key);
        problems.push(Problem::at(&place, NoService::Unknown { key, known }));
    }
}

fn functions_of(functions: &Value, problems: &mut Vec<Problem>) -> Vec<Function> {
    let root = Place::from("functions");
    let map = match functions {
        Value::Null => return Vec::new(),
        Value::Object(map) => map,
        _ => {
            let what = "a map of functions";
            problems.push(Problem::at(&root, NoService::Form { what }));
            return Vec::new();
        }
    };
    map.iter()
        .map(|(key, own)| function(key, own, &root.key(key), problems))
        .collect()
}

fn function(key: &str, own: &Value, place: &Place, problems: &mut Vec<Problem>) -> Function {
    let empty = Map::new();
    let map = match own {
        Value::Object(map) => map,
        Value::Null => &empty,
        _ => {
            let what = "a map";
            problems.push(Problem::at(place, NoService::Form { what }));
            &empty
        }
    };
    unknown(map, KEYS_OF_FUNCTION, Some(place), problems);
    let only = list(map.get("secrets"), &place.key("secrets"), problems);
    let env = env(map.get("env"), &place.key("env"), problems);
    let mut text = |key: &str, is_right: fn(&str) -> bool, what| match map.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if is_right(text) => Some(text.clone()),
        Some(_) => {
            problems.push(Problem::at(&place.key(key), NoService::Form { what }));
            None
        }
    };
    let any = |text: &str| !text.is_empty();
    Function {
        key: key.to_owned(),
        name: text("name", any, "a text"),
        architecture: text("architecture", is_processor, "x86_64 or arm64"),
        artefact: text("artefact", any, "the path of a folder or zip"),
        role: text("role", any, "a text"),
        written: None,
        only,
        env,
    }
}

fn is_processor(text: &str) -> bool {
    PROCESSORS.contains(&text)
}
