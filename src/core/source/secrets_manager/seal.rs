//! A version -> what stands in the bundle.

use super::describe::{Described, Version};
use super::want::{FIELD, Reference, SECRETS_MANAGER, VERSION_ID};
use crate::source::joint::{Sealed, entry_of};

/// What stands in the bundle: `docs/bundle.md`.
#[must_use]
pub fn sealed(reference: &Reference, described: &Described, version: &Version) -> Sealed {
    let field = reference.field.as_ref();
    let field = field.map(|field| (FIELD, field.value().into()));
    let version_id = (VERSION_ID, version.id.clone().into());
    let fields = [("arn", described.arn.clone().into()), version_id];
    let fields = fields.into_iter().chain(field);
    Sealed {
        name: reference.name.clone(),
        from: reference.secret.shown().clone(),
        version: Some(version.id.clone()),
        entry: entry_of(SECRETS_MANAGER, fields),
    }
}
