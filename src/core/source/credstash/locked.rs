//! A credential as a lock has it.

use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::item::Item;
use super::seal::sealed;
use super::want::{CREDSTASH, REGION, Reference, VERSION};
use crate::contract;
use crate::source::context::CONTEXT;
use crate::source::joint::Fit;
use crate::source::locked::{Locked, Unfit};

/// The attributes of an item of the table that an entry has, too.
const ATTRIBUTES: [&str; 6] = ["name", VERSION, "key", "contents", "hmac", "digest"];

/// Looks whether a reference could have been sealed so.
///
/// # Errors
/// It could not.
pub fn fit(reference: &Reference, locked: &Locked<'_>) -> Result<Fit, Unfit> {
    let known = ["source", CONTEXT, REGION].into_iter().chain(ATTRIBUTES);
    locked.has_only(&known.collect::<Vec<_>>())?;
    locked.is_of(CREDSTASH)?;
    locked.is_named(&reference.name)?;
    let region = locked.text(REGION)?;
    let ask = reference.ask(locked.region);
    if region != ask.region || !contract::is_region(region) {
        let (found, wanted) = (region.into(), ask.region.into());
        return Err(Unfit::Region { found, wanted });
    }
    let context = locked.entry.get(CONTEXT);
    if context != reference.context.clone().map(Value::Object).as_ref() {
        let why = "its `context` is another than that of the config";
        return Err(Unfit::Shape(why.into()));
    }
    let item = item(locked, ask)?;
    Ok(Fit {
        sealed: sealed(reference, ask, &item),
        is_pinned: reference.version.is_some(),
        account: None,
    })
}

/// By the same look as one of the table.
fn item(locked: &Locked<'_>, ask: Ask<'_>) -> Result<Item, Unfit> {
    let mut item = Map::new();
    for attribute in ATTRIBUTES {
        let text = locked.text(attribute)?;
        item.insert(attribute.to_owned(), json!({ "S": text }));
    }
    Item::read(&Value::Object(item), ask).map_err(|why| Unfit::Shape(why.into()))
}
