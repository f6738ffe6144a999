//! Credentials that can be sent.

use aws_credential_types::Credentials;

use crate::contract::{Code, hint};
use crate::error::Problem;

/// What is no header cannot be sent; a line end at the end of a variable is the usual one.
///
/// # Errors
/// `Credentials` with the name of the part.
pub(super) fn well_formed(
    credentials: Credentials,
    names: [&str; 3],
) -> Result<Credentials, Problem> {
    let parts = [
        Some(credentials.access_key_id()),
        Some(credentials.secret_access_key()),
        credentials.session_token(),
    ];
    let is_malformed =
        |part: &str| part.is_empty() || part.bytes().any(|byte| !byte.is_ascii_graphic());
    for (part, name) in parts.into_iter().zip(names) {
        if part.is_some_and(is_malformed) {
            let reason = format!("{name} has white space or other characters that none has");
            let hint = hint::CREDENTIALS_MALFORMED;
            return Err(Problem::hinted(Code::Credentials, reason, hint));
        }
    }
    Ok(credentials)
}
