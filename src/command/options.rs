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

/// Settings, each absent where it was not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Where AWS is called.
    pub region: Option<String>,
    /// The URL of every service but STS: an emulator's.
    pub endpoint: Option<String>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: bool,
    /// Which secrets become variables of functions.
    pub env: Env,
    /// The file of values for runs on this machine.
    pub local: Option<String>,
    /// Whether a bake fails rather than change the lock. `None`: nobody says so.
    pub frozen: Option<bool>,
    /// What a function without a list of its own carries. `None`: all.
    pub default: Option<Vec<String>>,
}

/// Which secrets become the variables of one function. `None`: nobody says so; `Some(None)`: all that it carries.
pub type Variables = Option<Option<Vec<String>>>;

/// Which secrets become variables of functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Env {
    /// Of each.
    Each(Variables),
    /// By the function's key.
    Named(BTreeMap<String, Variables>),
}

impl Default for Env {
    fn default() -> Self {
        Self::Each(None)
    }
}

impl Env {
    /// Which become those of one function.
    #[must_use]
    pub fn of(&self, function: &str) -> Variables {
        match self {
            Self::Each(variables) => variables.clone(),
            Self::Named(all) => all.get(function).cloned().flatten(),
        }
    }

    fn read(value: Option<&Value>, place: &Place, problems: &mut Vec<Problem>) -> Self {
        match value {
            Some(Value::Object(map)) => {
                let one = |(key, own): (&String, &Value)| {
                    let variables = variables(Some(own), &place.key(key), problems);
                    (key.clone(), variables)
                };
                Self::Named(map.iter().map(one).collect())
            }
            value => Self::Each(variables(value, place, problems)),
        }
    }
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
            Self::Form { .. } => None,
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
            region,
            endpoint,
            local,
            env: Env::read(map.get("env"), &root.key("env"), problems),
            frozen: map.get("frozen").and_then(flag),
            allow_insecure_endpoint: map.get("allowInsecureEndpoint").and_then(flag) == Some(true),
            default: list(map.get("default"), &root.key("default"), problems),
        }
    }
}

/// What comes out of a variable is a text.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is_on) => Some(*is_on),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Which secrets become variables: all, none, or a list.
pub fn variables(value: Option<&Value>, place: &Place, problems: &mut Vec<Problem>) -> Variables {
    let is_names = |value: &Value| {
        value
            .as_array()
            .is_some_and(|all| all.iter().all(Value::is_string))
    };
    match value {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(None),
        Some(names) if is_names(names) => Some(list(value, place, problems)),
        Some(_) => {
            let what = "true, false, or a list of NAME, NAME=VARIABLE and `*`";
            problems.push(Problem::at(place, BadOption::Form { what }));
            None
        }
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
