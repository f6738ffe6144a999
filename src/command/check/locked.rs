//! What is locked, beside what its source has of it now: a bake takes what is locked without asking.

use secret_baker_core::failure::{Caller, Code};
use secret_baker_core::source::survey::{Pin, Survey};
use secret_baker_core::source::together::Answers;
use secret_baker_core::source::{Answer, Sealed};

use super::{Finding, Level, versions};

/// The source whose function reads the version itself.
const READ_AT_RUN_TIME: &str = "secretsManager";

/// What a bake would answer, and what sources have of that which it takes from the lock.
pub fn apart(answers: Answers, locked: &[Vec<Sealed>]) -> (Answers, Vec<Sealed>) {
    let (of_sources, mut each): (Vec<Answer>, Vec<Answer>) = answers
        .each
        .into_iter()
        .partition(|answer| is_taken(answer, locked));
    let held = locked.iter().enumerate();
    let held = held
        .filter(|(index, all)| !all.is_empty() && each.iter().all(|answer| answer.index != *index));
    let held = held.map(|(index, all)| Answer {
        index,
        outcome: Ok(all.clone()),
    });
    let held: Vec<_> = held.collect();
    each.extend(held);
    each.sort_unstable_by_key(|answer| answer.index);
    let found = of_sources.into_iter().filter_map(|one| one.outcome.ok());
    (Answers { each, ..answers }, found.flatten().collect())
}

/// Whether it is taken from the lock, and the function would open that whatever its source has.
fn is_taken(answer: &Answer, locked: &[Vec<Sealed>]) -> bool {
    let all = &locked[answer.index];
    let is_read = |one: &Sealed| {
        one.entry
            .get("source")
            .is_some_and(|of| of == READ_AT_RUN_TIME)
    };
    let is_needed = answer.outcome.is_err() && all.iter().any(is_read);
    !all.is_empty() && !is_needed
}

/// What is to be known of a secret that is taken from the lock.
pub fn findings(
    survey: &Survey,
    locked: &Sealed,
    source_has: Option<&Sealed>,
    caller: &Caller,
) -> Vec<Finding> {
    let version = locked.version.as_deref().unwrap_or_default();
    let update = format!(
        "`{} update {}` takes what there is now",
        caller.program,
        survey.name.shown()
    );
    let warn = |code: Code, said: String| {
        Finding::new(Level::Warning, code.as_str(), said, update.clone())
    };
    let mut findings = Vec::new();
    if let Err(problem) = &survey.meant
        && survey.source != READ_AT_RUN_TIME
    {
        let said = format!(
            "version {version} is taken from the lock, and its source has it no longer: {}",
            problem.why
        );
        findings.push(warn(problem.why.code(), said));
    }
    if source_has.is_some_and(|has| has.entry != locked.entry) {
        let said =
            format!("what the lock has for version {version} is not what its source has for it");
        findings.push(warn(Code::UnknownCiphertext, said));
    }
    let latest = survey.latest.known().and_then(|of| of.id.as_deref());
    let is_behind = survey.pin == Pin::Floating && latest.is_some_and(|latest| latest != version);
    if let Some(said) = versions::dropped_soon(survey, version) {
        findings.push(warn(Code::VersionNotFound, said));
    } else if let Some(latest) = latest.filter(|_| is_behind) {
        let said = format!("version {version} is taken from the lock, and {latest} is the latest");
        findings.push(warn(Code::VersionNotFound, said));
    }
    findings
}
