//! An item -> what stands in the bundle.

use serde_json::Value;

use super::ask::Ask;
use super::item::Item;
use super::want::{CREDSTASH, Reference, unpadded};
use crate::source::context::CONTEXT;
use crate::source::joint::{Sealed, entry_of};

/// What stands in the bundle: `docs/bundle.md`.
#[must_use]
pub fn sealed(reference: &Reference, ask: Ask<'_>, item: &Item) -> Sealed {
    let context = reference.context.clone();
    let context = context.map(|context| (CONTEXT, Value::Object(context)));
    let fields = [
        ("key", item.key.clone().into()),
        ("contents", item.contents.clone().into()),
        ("hmac", item.hmac.clone().into()),
        ("digest", item.digest.clone().into()),
    ];
    let place = [
        ("region", ask.region.into()),
        ("name", ask.credential.into()),
        ("version", item.version.clone().into()),
    ];
    let fields = fields.into_iter().chain(context).chain(place);
    Sealed {
        name: reference.name.clone(),
        from: reference.from(),
        version: Some(unpadded(&item.version).to_owned()),
        entry: entry_of(CREDSTASH, fields),
    }
}
