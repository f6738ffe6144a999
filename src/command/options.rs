//! The settings beside the secrets: `secretBakerOptions` of the framework, `options` of `secret-baker.yml`.

use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Problem, did_you_mean, nearest};
use serde_json::Value;

/// All that there are, in the order of their documentation.
pub const KEYS: &[&str] = &[
    "enabled",
    "region",
    "endpoint",
    "allowInsecureEndpoint",
    "env",
    "default",
    "local",
    "check",
    "iam",
    "frozen",
];

/// Settings, each absent where it was not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
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
    /// It has another form.
    #[error("must be {what}")]
    Form {
        /// What belongs there.
        what: &'static str,
    },
}

fn meant(key: &Shown) -> String {
    did_you_mean(nearest(key.as_str(), KEYS.iter().copied()))
}

impl Explain for BadOption {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        match self {
            Self::Unknown { .. } | Self::NotAMap => {
                Some(format!("the settings are {}", KEYS.join(", ")))
            }
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
        for key in map.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let key = Shown::of(key);
            problems.push(Problem::at(root, BadOption::Unknown { key }));
        }
        let frozen = map.get("frozen").filter(|frozen| !frozen.is_null());
        // What is to hold a lock fast is on, off or a mistake.
        if frozen.is_some_and(|frozen| flag(frozen).is_none()) {
            let what = "true or false";
            problems.push(Problem::at(&root.key("frozen"), BadOption::Form { what }));
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
            frozen: frozen.and_then(flag),
            allow_insecure_endpoint: is_on(map.get("allowInsecureEndpoint")),
            default: list(map.get("default"), &root.key("default"), problems),
        }
    }
}

fn is_on(value: Option<&Value>) -> bool {
    value.and_then(flag) == Some(true)
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
