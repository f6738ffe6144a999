//! Variables of our own environment that hold a sealed secret each.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use secret_baker::{Code, SEALED, variables};
use secret_baker_launcher::failures::Failures;
use secret_baker_launcher::shown::shown;

/// The names of all that begin like one.
pub fn found(environment: impl Iterator<Item = (OsString, OsString)>) -> BTreeSet<OsString> {
    let is_sealed = |value: &OsStr| value.as_encoded_bytes().starts_with(SEALED.as_bytes());
    environment
        .filter(|(_, value)| is_sealed(value))
        .map(|(name, _)| name)
        .collect()
}

/// Which of them are to be opened: all but those that a secret of the bundle replaces.
///
/// # Errors
/// Each variable that a secret must not be.
pub fn plan(found: BTreeSet<OsString>, replaced: &BTreeSet<&str>) -> Result<Vec<String>, Failures> {
    let mut names = Vec::new();
    let mut problems = Vec::new();
    for name in found {
        match name.into_string() {
            Ok(name) if replaced.contains(name.as_str()) => {}
            // Whoever sealed it wrote its name.
            Ok(name) => match variables::check_name(&name, true) {
                Ok(()) => names.push(name),
                Err(problem) => problems.push(format!("{}: {problem}", place(&name))),
            },
            Err(name) => {
                let sentence = Code::NotAVariable.sentence();
                let place = place(&name.to_string_lossy());
                problems.push(format!(
                    "{place}: {sentence}: its name is not UTF-8; rename it"
                ));
            }
        }
    }
    if problems.is_empty() {
        Ok(names)
    } else {
        Err(Failures::not_variables(problems))
    }
}

/// What a variable is in a message.
pub fn place(name: &str) -> String {
    format!("environment variable `{}`", shown(name))
}
