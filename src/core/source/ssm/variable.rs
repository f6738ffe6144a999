//! A variable of the framework that reads Parameter Store: what should stand in the config in its place.

use crate::config::variable::{Piece, Variable, pieces};
use crate::contract;

/// The path that a variable reads, as it should stand in the config instead. `None`: it reads another store, or its path is not to be told.
#[must_use]
pub fn parameter(variable: Variable<'_>) -> Option<String> {
    let store = variable.store()?;
    let lower = store.kind.to_ascii_lowercase();
    let (parameters, address) = match (lower.as_str(), store.within) {
        ("ssm", address) => (store.parameters, address),
        ("aws", address) => (
            None,
            address
                .get(..4)
                .filter(|ssm| ssm.eq_ignore_ascii_case("ssm:"))
                .map(|_| &address[4..])?,
        ),
        _ => return None,
    };
    // `~true` and `~split` told old frameworks to decrypt or to split.
    let path = address.split('~').next().unwrap_or_default();
    let (path, region) = match parameters {
        Some(region) => (path, region.split(',').next().unwrap_or_default().trim()),
        // The old spelling of a region.
        None => match path.split_once(":/") {
            Some((_, rest)) if !path.starts_with('/') => {
                return arn(&path[..path.len() - rest.len() - 2], &format!("/{rest}"));
            }
            _ => (path, ""),
        },
    };
    if region.is_empty() || matches!(region, "raw" | "noDecrypt") {
        return is_path(path).then(|| path.to_owned());
    }
    arn(region, path)
}

fn arn(region: &str, path: &str) -> Option<String> {
    let fits = is_path(path) && (contract::is_region(region) || region.starts_with("${"));
    let arn = format!(
        "arn:aws:ssm:{region}:ACCOUNT:parameter/{}",
        path.trim_start_matches('/')
    );
    fits.then_some(arn)
}

/// Whether a path may be told: literal text and variables that are literal.
fn is_path(path: &str) -> bool {
    !path.is_empty()
        && pieces(path).into_iter().all(|piece| match piece {
            Piece::Literal(text) => text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ':')),
            Piece::Variable(variable) => variable.is_literal(),
        })
}

#[cfg(test)]
mod tests;
