//! A `serverless.yml` whose framework is not there: as far as it needs no variable.

use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Failure, Problem, nearest};
use serde_json::{Map, Value};

use super::parts::Parts;
use super::refusal::NoService;

/// What is ours of it.
///
/// # Errors
/// Only the framework knows what it says.
pub fn read(whole: &Value, named: &str, problems: &mut Vec<Problem>) -> Result<Parts, Failure> {
    let (custom, provider) = (whole.get("custom"), whole.get("provider"));
    let ours = |key: &str| custom.and_then(|custom| custom.get(key));
    let region = provider.and_then(|provider| provider.get("region"));
    let functions = functions_of(whole.get("functions"), problems);
    let texts = [custom, provider].map(|owner| owner.filter(|owner| owner.is_string()));
    let parts = [ours("secretBaker"), ours("secretBakerOptions"), region];
    let is_program = parts
        .into_iter()
        .chain(texts)
        .chain([functions.as_ref()])
        .flatten()
        .any(has_variable);
    if is_program {
        let (file, why) = (Shown::of(named), "has variables");
        return Err(NoService::Framework { file, why }.into());
    }
    problems.extend(misspelt(
        custom,
        &["secretBaker", "secretBakerOptions"],
        "custom",
    ));
    let mut parts = Parts::read(
        ours("secretBaker").cloned().unwrap_or_default(),
        ours("secretBakerOptions").unwrap_or(&Value::Null),
        &Place::from("custom.secretBakerOptions"),
        &functions.unwrap_or_default(),
        "secretBaker",
        problems,
    );
    let region = region.and_then(Value::as_str).map(str::to_owned);
    parts.options.region = parts.options.region.or(region);
    Ok(parts)
}

/// The words for what stands there.
#[must_use]
pub fn caller(own: Caller) -> Caller {
    Caller {
        secrets: "custom.secretBaker".into(),
        secrets_of_function: "secretBaker".into(),
        list_of_secrets: "secretBaker: [MY_SECRET]".into(),
        endpoint: "--endpoint or custom.secretBakerOptions.endpoint".into(),
        local_values: "custom.secretBakerOptions.local".into(),
        ..own
    }
}

fn has_variable(value: &Value) -> bool {
    value.to_string().contains("${")
}

/// Each function with its list of secrets, as `secret-baker.yml` has them. The framework takes a list of such maps, too; a text, which
/// stands for what only the framework knows, stays one.
fn functions_of(functions: Option<&Value>, problems: &mut Vec<Problem>) -> Option<Value> {
    let maps = match functions? {
        Value::Object(map) => vec![map],
        Value::Array(items) if items.iter().all(Value::is_object) => {
            items.iter().filter_map(Value::as_object).collect()
        }
        other => return Some(other.clone()),
    };
    let mut all = Map::new();
    for (key, function) in maps.into_iter().flatten() {
        let place = format!("functions.{key}");
        problems.extend(misspelt(Some(function), &["secretBaker"], &place));
        let own = match function {
            Value::Object(map) => {
                let only = map.get("secretBaker");
                let only = only.map(|only| ("secrets".to_owned(), only.clone()));
                Value::Object(only.into_iter().collect())
            }
            other => other.clone(),
        };
        all.insert(key.clone(), own);
    }
    Some(all.into())
}

/// Keys that look like ours: what was meant would be left out without a word.
fn misspelt(owner: Option<&Value>, ours: &'static [&'static str], place: &str) -> Vec<Problem> {
    let owner = owner.and_then(Value::as_object);
    let keys = owner.into_iter().flat_map(Map::keys);
    keys.filter(|key| !ours.contains(&key.as_str()))
        .filter(|key| nearest(key, ours.iter().copied()).is_some())
        .map(|key| {
            let (place, key) = (Place::from(place).key(key), Shown::of(key));
            Problem::at(&place, NoService::Unknown { key, known: ours })
        })
        .collect()
}
