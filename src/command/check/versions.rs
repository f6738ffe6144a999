//! What is wrong with versions: a pin that new ones will drop, and what nobody could tell.

use secret_baker_core::failure::Code;
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::survey::{Pin, Survey, Told, Unknown};

use super::{Finding, Level};

/// How many versions Parameter Store keeps.
const KEPT: u64 = 100;
/// A pin that so few new versions drop is told.
const NEAR: u64 = 10;

/// What nobody could tell of versions, tier and key. Where the secret itself could not be read, that is a problem of its own unless it
/// is taken from the lock.
pub fn unknown(survey: &Survey, is_locked: bool) -> Vec<Finding> {
    let meant = survey.meant.as_ref().ok().and_then(why);
    let all = [
        meant.filter(|_| is_locked),
        why(&survey.latest),
        why(&survey.keys),
        why(&survey.tier),
    ];
    let problem = meant.filter(|_| !is_locked).map(|of| of.action);
    let mut told = problem.into_iter().into_set();
    let mut findings = Vec::new();
    for unknown in all.into_iter().flatten() {
        if told.insert(unknown.action) {
            let what = "the versions, the tier and the key";
            findings.push(Finding::unchecked(what, unknown.action, &unknown.said));
        }
    }
    findings
}

fn why<T>(told: &Told<T>) -> Option<&Unknown> {
    match told {
        Told::Unknown(unknown) => Some(unknown),
        Told::Known(_) | Told::Unasked => None,
    }
}

/// A version that the config names, and that is soon dropped.
pub fn pinned(survey: &Survey) -> Option<Finding> {
    let Pin::Version(pinned) = &survey.pin else {
        return None;
    };
    let said = dropped_soon(survey, pinned)?;
    let hint = "pin a newer version, or label this one: a version with a label is kept";
    let code = Code::VersionNotFound.as_str();
    Some(Finding::new(Level::Warning, code, said, hint))
}

/// That few more versions drop this one. `None`: it stays.
pub fn dropped_soon(survey: &Survey, version: &str) -> Option<String> {
    let latest = survey.latest.known()?.id.as_deref()?;
    let (version, latest): (u64, u64) = (version.parse().ok()?, latest.parse().ok()?);
    // Parameter Store refuses a new version rather than to drop one that has a label.
    let meant = survey.meant.as_ref().ok().and_then(Told::known);
    let is_labelled = meant.is_some_and(|meant| !meant.labels.is_empty());
    let left = KEPT.saturating_sub(latest.saturating_sub(version));
    if survey.source != "path" || is_labelled || left > NEAR {
        return None;
    }
    Some(format!(
        "version {version} is old: Parameter Store keeps {KEPT} versions, the latest is {latest}, and {left} more drop this one"
    ))
}
