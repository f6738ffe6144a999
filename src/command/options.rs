//! The settings beside the secrets: `secretBakerOptions` of the framework, `options` of `secret-baker.yml`.

use std::collections::BTreeMap;

use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Problem, did_you_mean, nearest};
use serde_json::Value;

/// A setting, as editors and documents tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What stands there.
    pub form: Form,
    /// What it does, without a full stop.
    pub about: &'static str,
}

/// What stands in a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `true` or `false`.
    Flag,
    /// A text.
    Text,
    /// A path; `false` for none.
    File,
    /// Names of secrets.
    Names,
    /// Which secrets become variables.
    Env,
}

const fn setting(key: &'static str, form: Form, about: &'static str) -> Setting {
    Setting { key, form, about }
}

/// All that there are, in the order of their documentation.
pub const SETTINGS: &[Setting] = &[
    setting("enabled", Form::Flag, "false: bake nothing"),
    setting(
        "region",
        Form::Text,
        "Where AWS is asked, instead of the service's own region",
    ),
    setting(
        "endpoint",
        Form::Text,
        "An emulator's URL: every service but STS is asked there",
    ),
    setting(
        "allowInsecureEndpoint",
        Form::Flag,
        "true: plain http:// beyond this machine",
    ),
    setting(
        "env",
        Form::Env,
        "Secrets that become environment variables, for any language",
    ),
    setting(
        "default",
        Form::Names,
        "What a function without a list of its own carries; absent: all",
    ),
    setting(
        "local",
        Form::File,
        "A file of values for runs on this machine",
    ),
    setting(
        "check",
        Form::Flag,
        "true: look whether a deployment would go well, before each",
    ),
    setting(
        "iam",
        Form::Flag,
        "true: give each function's role what it needs to open its secrets",
    ),
    setting(
        "frozen",
        Form::Flag,
        "true: fail rather than change secret-baker.lock.json",
    ),
];

fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.key)
}

/// Secrets that become environment variables of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Env {
    /// Which, in the launcher's words: `NAME`, `NAME=VARIABLE`, and `*` for all that are not named. `None`: all that it carries.
    pub names: Option<Vec<String>>,
    /// The same as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Where the config says so.
    pub place: Place,
}

/// Which functions have such variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvSetting {
    /// All or none of them.
    All(Option<Env>),
    /// By the function's key.
    Each(BTreeMap<String, Option<Env>>),
}

impl Default for EnvSetting {
    fn default() -> Self {
        Self::All(None)
    }
}

/// Settings, each absent where it was not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether nothing is baked.
    pub is_off: bool,
    /// Which secrets become environment variables, where a function does not say so itself.
    pub env: EnvSetting,
    /// Where AWS is called.
    pub region: Option<String>,
    /// The URL of every service but STS: an emulator's.
    pub endpoint: Option<String>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: bool,
    /// The file of values for runs on this machine.
    pub local: Option<String>,
    /// Whether a bake fails rather than change the lock. `None`: nobody says so.
    pub frozen: Option<bool>,
    /// What a function without a list of its own carries. `None`: all.
    pub default: Option<Vec<String>>,
}

/// A setting that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadOption {
    /// The settings are no map.
    #[error("must be a map")]
    NotAMap,
    /// There is no such setting.
    #[error("there is no setting `{key}`{}", meant(key))]
    Unknown {
        /// As it was written.
        key: Shown,
    },
    /// It is of a function that is not there.
    #[error("there is no function `{key}`")]
    NoFunction {
        /// As it was written.
        key: Shown,
    },
    /// It has another form.
    #[error("must be {what}")]
    Form {
        /// What belongs there.
        what: &'static str,
    },
}

fn meant(key: &Shown) -> String {
    did_you_mean(nearest(key.as_str(), keys()))
}

impl Explain for BadOption {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        match self {
            Self::Unknown { .. } | Self::NotAMap => Some(format!(
                "the settings are {}",
                keys().collect::<Vec<_>>().join(", ")
            )),
            Self::NoFunction { .. } | Self::Form { .. } => None,
        }
    }
}

impl Options {
    /// Reads them; whatever is wrong is noted in `problems`.
    #[must_use]
    pub fn of(options: &Value, root: &Place, problems: &mut Vec<Problem>) -> Self {
        let map = match options {
            Value::Null => return Self::default(),
            Value::Object(map) => map,
            _ => {
                problems.push(Problem::at(root, BadOption::NotAMap));
                return Self::default();
            }
        };
        for key in map
            .keys()
            .filter(|key| !keys().any(|known| known == key.as_str()))
        {
            let (place, key) = (root.key(key), Shown::of(key));
            problems.push(Problem::at(&place, BadOption::Unknown { key }));
        }
        let flags = SETTINGS.iter().filter(|each| each.form == Form::Flag);
        for key in flags.map(|each| each.key) {
            let value = map.get(key).filter(|value| !value.is_null());
            if value.is_some_and(|value| flag(value).is_none()) {
                let what = "true or false";
                problems.push(Problem::at(&root.key(key), BadOption::Form { what }));
            }
        }
        let is = |key: &str| map.get(key).and_then(flag);
        let env = EnvSetting::of(map.get("env"), &root.key("env"), problems);
        let mut text = |key: &str, what| match map.get(key) {
            None | Some(Value::Null | Value::Bool(false)) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                problems.push(Problem::at(&root.key(key), BadOption::Form { what }));
                None
            }
        };
        let region = text("region", "the name of a region, such as eu-central-1");
        let endpoint = text("endpoint", "a URL");
        let local = text("local", "the path of a file");
        Self {
            is_off: is("enabled") == Some(false),
            env,
            region,
            endpoint,
            local,
            frozen: is("frozen"),
            allow_insecure_endpoint: is("allowInsecureEndpoint") == Some(true),
            default: list(map.get("default"), &root.key("default"), problems),
        }
    }
}

impl EnvSetting {
    fn of(value: Option<&Value>, place: &Place, problems: &mut Vec<Problem>) -> Self {
        let Some(Value::Object(map)) = value else {
            return Self::All(env(value, place, problems));
        };
        let each = map.iter().map(|(key, own)| {
            let own = env(Some(own), &place.key(key), problems);
            (key.clone(), own)
        });
        Self::Each(each.collect())
    }

    /// That of a function.
    #[must_use]
    pub fn of_function(&self, key: &str) -> Option<Env> {
        match self {
            Self::All(env) => env.clone(),
            Self::Each(each) => each.get(key).cloned().flatten(),
        }
    }

    /// Functions that are named there and are not there would be left out without a word.
    #[must_use]
    pub fn of_nobody(&self, functions: &[&str], root: &Place) -> Vec<Problem> {
        let Self::Each(each) = self else {
            return Vec::new();
        };
        each.keys()
            .filter(|key| !functions.contains(&key.as_str()))
            .map(|key| {
                let key = key.as_str().into();
                Problem::at(&root.key("env"), BadOption::NoFunction { key })
            })
            .collect()
    }
}

/// Which secrets become environment variables: all, none, or those of a list.
pub fn env(value: Option<&Value>, place: &Place, problems: &mut Vec<Problem>) -> Option<Env> {
    let is_names = |value: &Value| {
        let all = value.as_array();
        all.is_some_and(|all| all.iter().all(Value::is_string))
    };
    let names = match value {
        None | Some(Value::Null | Value::Bool(false)) => return None,
        Some(Value::Bool(true)) => None,
        // An empty list is for none, and needs no launcher.
        Some(names) if is_names(names) => {
            Some(list(value, place, problems).filter(|names| !names.is_empty())?)
        }
        Some(_) => {
            let what = "true, false, or a list of NAME, NAME=VARIABLE and `*`";
            problems.push(Problem::at(place, BadOption::Form { what }));
            return None;
        }
    };
    Some(Env {
        names,
        written: None,
        place: place.clone(),
    })
}

/// What comes out of a variable is a text.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is_on) => Some(*is_on),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A list of names. What narrows is either a list or a mistake: never all.
pub fn list(
    value: Option<&Value>,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Option<Vec<String>> {
    let value = value?;
    let names = value.as_array().and_then(|items| {
        let names = items.iter().map(|item| item.as_str().map(str::to_owned));
        names.collect::<Option<Vec<_>>>()
    });
    if names.is_none() {
        let what = "a list of names; [] is for none, and without the key it is all";
        problems.push(Problem::at(place, BadOption::Form { what }));
        // Whatever comes of it, it is not all of them.
        return Some(Vec::new());
    }
    names
}
