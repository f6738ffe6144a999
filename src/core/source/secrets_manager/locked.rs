//! A secret's version as a lock has it.

use super::seal::sealed;
use super::want::{FIELD, Pin, Reference, SECRETS_MANAGER, VERSION_ID, is_arn};
use crate::contract;
use crate::source::joint::Fit;
use crate::source::locked::{Locked, Unfit};

const ARN: &str = "arn";
/// Secrets Manager puts a hyphen and six characters behind a secret's name.
const SUFFIX: usize = 7;

/// Looks whether a reference could have been sealed so.
///
/// # Errors
/// It could not.
pub fn fit(reference: &Reference, locked: &Locked<'_>) -> Result<Fit, Unfit> {
    locked.has_only(&["source", ARN, VERSION_ID, FIELD])?;
    locked.is_of(SECRETS_MANAGER)?;
    locked.is_named(&reference.name)?;
    let (arn, id) = (locked.text(ARN)?, locked.text(VERSION_ID)?);
    if !is_arn(arn) || !contract::is_version(id) {
        let why = "its `arn` or `versionId` is none of a secret";
        return Err(Unfit::Shape(why.into()));
    }
    if !is_of(arn, reference.secret.value()) {
        return Err(Unfit::other(ARN, arn, reference.secret.shown()));
    }
    let account = if reference.secret.value().starts_with("arn:") {
        None
    } else {
        locked.account_at_home(arn)?
    };
    let is_pinned = match &reference.pin {
        Pin::Id(wanted) if wanted.value() != id => {
            return Err(Unfit::other(VERSION_ID, id, wanted.shown()));
        }
        pin => matches!(pin, Pin::Id(_)),
    };
    check_field(reference, locked)?;
    Ok(Fit {
        sealed: sealed(reference, arn, id),
        is_pinned,
        account,
    })
}

/// Whether an ARN is that of a secret by its name or its ARN, which may lack the last characters.
fn is_of(arn: &str, secret: &str) -> bool {
    let Some((bare, _)) = arn.split_at_checked(arn.len().saturating_sub(SUFFIX)) else {
        return false;
    };
    if secret.starts_with("arn:") {
        return arn == secret || bare == secret;
    }
    let name = bare.split_once(":secret:").map(|(_, name)| name);
    name == Some(secret)
}

fn check_field(reference: &Reference, locked: &Locked<'_>) -> Result<(), Unfit> {
    let wanted = reference.field.as_ref().map(|field| field.value().into());
    if locked.entry.get(FIELD) == wanted.as_ref() {
        return Ok(());
    }
    let why = "its `field` is another than that of the config";
    Err(Unfit::Shape(why.into()))
}
