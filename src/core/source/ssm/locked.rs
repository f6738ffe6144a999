//! A parameter as a lock has it.

use serde_json::Value;

use super::fetch::{Found, SECURE_STRING};
use super::name::{Parameter, Prefix};
use super::seal::{asked_below, entry};
use super::want::{Held, Reference, Want};
use crate::config::Text;
use crate::contract::{ARN_BYTES, CIPHERTEXT_BYTES};
use crate::failure::shown::Shown;
use crate::source::ciphertext::Ciphertext;
use crate::source::joint::{Fit, Sealed};
use crate::source::locked::{Locked, Unfit};

const ARN: &str = "arn";

/// Looks whether a reference could have been sealed so.
///
/// # Errors
/// It could not.
pub fn fit(reference: &Reference, locked: &Locked<'_>) -> Result<Fit, Unfit> {
    let (found, parameter) = read(locked)?;
    match &reference.want {
        Want::One {
            name,
            parameter: wanted,
        } => one(reference, locked, (name, wanted), (&found, &parameter)),
        Want::Below(prefix) => below(reference, locked, prefix, (&found, &parameter)),
    }
}

/// What Parameter Store would have answered.
fn read(locked: &Locked<'_>) -> Result<(Found, Parameter), Unfit> {
    const CIPHERTEXT: &str = "ciphertext";
    locked.has_only(&[CIPHERTEXT, ARN, "version"])?;
    let value = locked.text(CIPHERTEXT)?;
    if value.len() > CIPHERTEXT_BYTES.div_ceil(3) * 4 || Ciphertext::of(value).is_none() {
        return Err(Unfit::NotEncrypted(CIPHERTEXT));
    }
    let arn = locked.text(ARN)?;
    let parameter = Parameter::parse(arn).ok().filter(|parameter| {
        parameter.region().is_some() && parameter.selector().is_none() && arn.len() <= ARN_BYTES
    });
    let parameter =
        parameter.ok_or_else(|| Unfit::Shape("its `arn` is none of a parameter".into()))?;
    let version = locked.entry.get("version").and_then(Value::as_i64);
    let version = version.filter(|version| *version > 0);
    let version =
        version.ok_or_else(|| Unfit::Shape("its entry has no `version` from 1 on".into()))?;
    let found = Found {
        name: parameter.name(),
        arn: arn.to_owned(),
        value: value.to_owned(),
        version,
        written: None,
        kind: SECURE_STRING.to_owned(),
    };
    Ok((found, parameter))
}

/// What Parameter Store has answered when it was locked. `None`: nobody has sealed it so.
#[must_use]
pub fn found(sealed: &Sealed) -> Option<Found> {
    let locked = Locked {
        name: sealed.name.value(),
        entry: &sealed.entry,
        region: "",
    };
    Some(read(&locked).ok()?.0)
}

/// The references, in place of this one, that mean the very versions which are locked.
#[must_use]
pub fn held(reference: &Reference, all: &[&Sealed]) -> Vec<Reference> {
    let configured = reference.pin();
    let one = |sealed: &&Sealed| {
        let found = found(sealed)?;
        let asked = format!("{}:{}", found.arn, found.version);
        let path = match &reference.want {
            Want::Below(_) if reference.path.is_public() => Text::public(&found.name),
            Want::One { .. } | Want::Below(_) => reference.path.clone(),
        };
        Some(Reference {
            want: Want::One {
                name: sealed.name.clone(),
                parameter: Parameter::parse(&asked).ok()?,
            },
            path,
            held: Some(Held {
                sealed: (*sealed).clone(),
                configured: configured.clone(),
            }),
            ..reference.clone()
        })
    };
    all.iter().filter_map(one).collect()
}

fn one(
    reference: &Reference,
    locked: &Locked<'_>,
    (name, wanted): (&Text, &Parameter),
    (found, parameter): (&Found, &Parameter),
) -> Result<Fit, Unfit> {
    locked.is_named(name)?;
    let (is_same, account) = if wanted.region().is_some() {
        (wanted.bare() == found.arn, None)
    } else {
        let is_same = wanted.stem() == parameter.stem();
        (is_same, locked.account_at_home(&found.arn)?)
    };
    if !is_same {
        return Err(Unfit::other(ARN, &found.arn, reference.path.shown()));
    }
    let version = wanted.selector().and_then(|pin| pin.parse::<i64>().ok());
    if version.is_some_and(|version| version != found.version) {
        let version = found.version.to_string();
        return Err(Unfit::other("version", &version, reference.path.shown()));
    }
    Ok(Fit {
        sealed: sealed(name.clone(), reference.path.shown().clone(), found),
        is_pinned: version.is_some(),
        account,
    })
}

fn below(
    reference: &Reference,
    locked: &Locked<'_>,
    prefix: &Prefix,
    (found, parameter): (&Found, &Parameter),
) -> Result<Fit, Unfit> {
    let above = prefix.path().trim_matches('/');
    let rest = match parameter.stem().strip_prefix(above) {
        Some(rest) if above.is_empty() => Some(rest),
        Some(rest) => rest.strip_prefix('/'),
        None => None,
    };
    let account = locked.account_at_home(&found.arn)?;
    let rest = rest.map(|rest| rest.trim_start_matches('/'));
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
        return Err(Unfit::other(ARN, &found.arn, reference.path.shown()));
    };
    let name = Text::public(rest);
    locked.is_named(&name)?;
    let from = asked_below(reference, prefix, &found.name).shown;
    Ok(Fit {
        sealed: sealed(name, from, found),
        is_pinned: false,
        account,
    })
}

fn sealed(name: Text, from: Shown, found: &Found) -> Sealed {
    Sealed {
        name,
        from,
        version: Some(found.version.to_string()),
        entry: entry(found),
    }
}
