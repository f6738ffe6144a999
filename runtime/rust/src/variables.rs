//! Which names of environment variables a secret may have: one rule for all that set them.

#[cfg(test)]
mod tests;

use crate::contract::{Code, hint, is_only_named, is_reserved};
use crate::error::Problem;
use crate::plaintext::Secret;

/// Whether a secret may become the variable of that name. `chosen` says that it was chosen by its name, and not as
/// one of all.
///
/// # Errors
/// [`Code::NotAVariable`] for a name that no variable has, and for one that belongs to the runtime, a loader or AWS.
pub fn check_name(name: &str, chosen: bool) -> Result<(), Problem> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(Problem::new(
            Code::NotAVariable,
            format!("`{name}` is empty or holds `=` or NUL"),
        ));
    }
    if is_reserved(name) {
        return Err(Problem::hinted(
            Code::NotAVariable,
            format!("`{name}` is reserved"),
            hint::NOT_A_VARIABLE_RESERVED,
        ));
    }
    if !chosen && is_only_named(name) {
        return Err(Problem::hinted(
            Code::NotAVariable,
            format!("`{name}` was not chosen by its name"),
            hint::NOT_A_VARIABLE_ONLY_NAMED,
        ));
    }
    Ok(())
}

/// Whether a variable can hold the plaintext.
///
/// # Errors
/// [`Code::NotAVariable`] for one that holds NUL.
pub fn check_value(plaintext: &Secret) -> Result<(), Problem> {
    if plaintext.expose().contains('\0') {
        return Err(Problem::new(Code::NotAVariable, "its value holds NUL"));
    }
    Ok(())
}

/// The problem of two secrets that would be one variable.
#[must_use]
pub fn twice(name: &str) -> Problem {
    Problem::hinted(
        Code::NotAVariable,
        format!("both would be `{name}`"),
        hint::NOT_A_VARIABLE_TWICE,
    )
}
