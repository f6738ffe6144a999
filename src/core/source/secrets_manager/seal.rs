//! A version -> what stands in the bundle.

use super::want::{FIELD, Reference, SECRETS_MANAGER, VERSION_ID};
use crate::source::joint::{Sealed, entry_of};

/// What stands in the bundle: `docs/bundle.md`.
#[must_use]
pub fn sealed(reference: &Reference, arn: &str, version: &str) -> Sealed {
    let field = reference.field.as_ref();
    let field = field.map(|field| (FIELD, field.value().into()));
    let fields = [("arn", arn.into()), (VERSION_ID, version.into())];
    let fields = fields.into_iter().chain(field);
    Sealed {
        name: reference.name.clone(),
        from: reference.secret.shown().clone(),
        version: Some(version.to_owned()),
        entry: entry_of(SECRETS_MANAGER, fields),
    }
}
