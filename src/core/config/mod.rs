//! The config -> its entries, each of which one source takes.
//!
//! What `serverless-secret-baker` 2.1.0 accepts is accepted here with the same meaning:
//! a list of names, a map from name to path, a list of `{name, path}`, and a mixture of both lists. What came out of a
//! variable is taken only as far as it is no secret that somebody resolved too early: see `Text`.

pub mod entry;
mod mistake;
pub mod place;
pub mod text;
pub(crate) mod variable;
pub mod written;

use serde_json::Value;

use self::entry::{Entry, Keys, of_cloud_formation};
use self::mistake::{BadEntry, kind_of};
use self::place::Place;
pub use self::text::Text;
use self::written::Written;
use crate::failure::internal::Internal;
use crate::failure::{Caller, Code, Explain, Problem};

/// The config is neither a list nor a map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a list or a map of secrets, not {found}")]
pub struct NotAList {
    /// What it is.
    pub found: &'static str,
}

impl Explain for NotAList {
    fn code(&self) -> Code {
        Code::ConfigInvalid
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        let list = &caller.list_of_secrets;
        let hint = format!("write `{list}`, or a map `MY_SECRET: /path/to/parameter`");
        Some(match self.found {
            "a boolean" if !caller.turn_off.is_empty() => {
                format!("{hint}; what turns the bake off is `{}`", caller.turn_off)
            }
            _ => hint,
        })
    }
}

/// Parses the config's JSON.
///
/// # Errors
/// Only for a text that JavaScript's `JSON.stringify` has not written.
pub fn parse(json: &str) -> Result<Value, Internal> {
    serde_json::from_str(json).map_err(|error| {
        // The words of the parser name a line and a column, and never the text.
        let said = format!("the config is not JSON: {error}").into();
        Internal { said }
    })
}

/// The entries in the config's order, or what is wrong with each, at places below `root`.
///
/// What 2.1.0 takes for an empty list (`null`, `false`, `0`, `""`) is one. `written` is the same config before its variables were
/// resolved, `sources` the keys of all that there are.
#[must_use]
pub fn entries<'a>(
    config: &'a Value,
    written: Option<&'a Value>,
    root: &Place,
    sources: &[Keys],
) -> Vec<Result<Entry<'a>, Vec<Problem>>> {
    let written = Written::from(written);
    let whole = |why| vec![Err(vec![why])];
    match config {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                Entry::item(index, root.item(index), item, written.item(index), sources)
            })
            .collect(),
        // A secret may be named `Ref`.
        Value::Object(map) if !map.contains_key("Ref") && of_cloud_formation(map).is_some() => {
            let function = of_cloud_formation(map).unwrap_or_default();
            whole(Problem::at(root, BadEntry::CloudFormation { function }))
        }
        Value::Object(map) => map
            .iter()
            .enumerate()
            .map(|(index, (name, value))| Entry::pair(index, root, (name, value), written, sources))
            .collect(),
        empty if is_falsy(empty) => Vec::new(),
        other => {
            let found = kind_of(other);
            whole(Problem::at(root, NotAList { found }))
        }
    }
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

/// What a config names each of its entries, in their order; `None` where it may be several.
#[must_use]
pub fn name_of_each(config: &Value) -> Vec<Option<&str>> {
    match config {
        Value::Array(items) => items.iter().map(name_of_item).collect(),
        Value::Object(map) => map.keys().map(|name| Some(name.as_str())).collect(),
        _ => Vec::new(),
    }
}

/// A text is its own name, unless it stands for all below a path.
fn name_of_item(item: &Value) -> Option<&str> {
    let text = item.as_str().filter(|text| !text.ends_with("/*"));
    text.or_else(|| item.get("name")?.as_str())
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
