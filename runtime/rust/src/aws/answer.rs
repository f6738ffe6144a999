//! Reading what a service answers.

#[cfg(test)]
mod tests;

use aws_credential_types::Credentials;
use serde::Deserialize;
use serde_json::Value;

use super::refusal::Refusal;
use super::reply::Reply;
use crate::arn::is_key_or_alias;
use crate::contract::{self, Code, Service};
use crate::error::Problem;
use crate::json;

#[derive(Deserialize, Default)]
struct Failure {
    #[serde(rename = "__type")]
    name: Option<Value>,
    message: Option<Value>,
    #[serde(rename = "Message")]
    other_message: Option<Value>,
}

/// What `read` makes of the JSON of an answer.
///
/// # Errors
/// What the service refuses, and what `read` does. An answer that is none of the service's counts as no answer:
/// something else stands in the way.
pub(super) fn read<T>(
    reply: &Reply,
    service: &Service,
    credentials: &Credentials,
    read: impl Fn(&[u8]) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let json = json::strict(&reply.body);
    if reply.status == 200 {
        return read(json.map_err(|_| Refusal::stranger(service))?);
    }
    let failure = json.and_then(serde_json::from_slice).unwrap_or_default();
    Err(refused(reply, failure, service, credentials))
}

fn refused(
    reply: &Reply,
    failure: Failure,
    service: &Service,
    credentials: &Credentials,
) -> Refusal {
    let of_body = failure.name.as_ref().and_then(Value::as_str);
    let name = of_body.or(reply.error.as_deref()).and_then(bare);
    let meaning = name.and_then(contract::error);
    let status = reply.status;
    let (code, hint, again) = match (&meaning, name) {
        (Some(meaning), _) => (meaning.code, meaning.hint, meaning.retry),
        (None, _) if status == 429 => (Code::Throttled, Code::Throttled.hint(), true),
        (None, Some(_)) => (Code::ServiceError, Code::ServiceError.hint(), false),
        (None, None) => return Refusal::stranger_with_status(service, status),
    };
    let said = [failure.message, failure.other_message]
        .into_iter()
        .flatten()
        .find_map(|message| message.as_str().map(str::to_owned))
        .filter(|said| !said.is_empty() && code != Code::Credentials && !names(said, credentials));
    let told = |name| format!("{} answered {name}", service.name);
    let mut reason = name.map_or_else(String::new, told);
    if let Some(said) = &said {
        reason = format!("{reason}, saying \"{said}\"");
    }
    let mut problem = Problem::hinted(code, reason, hint);
    problem.key = said.as_deref().and_then(key_in).map(str::to_owned);
    if again || status >= 500 {
        Refusal::passing(problem)
    } else {
        Refusal::of(problem)
    }
}

/// `NotFoundException` of `com.amazonaws.kms#NotFoundException:http://...`. None if it is no name: that is not shown.
fn bare(name: &str) -> Option<&str> {
    let name = name.rsplit('#').next()?.split(':').next()?;
    let is_name = (1..=64).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_alphanumeric());
    is_name.then_some(name)
}

/// Whether the service's own words have something of the credentials in them: of an error that is not known, nothing else tells.
fn names(said: &str, credentials: &Credentials) -> bool {
    let parts = [
        Some(credentials.access_key_id()),
        Some(credentials.secret_access_key()),
        credentials.session_token(),
        Some("ecurity-"),
        Some("redential"),
    ];
    parts.into_iter().flatten().any(|part| said.contains(part))
}

/// The ARN of a key that the service's own words name.
fn key_in(said: &str) -> Option<&str> {
    let is_of_arn = |c: char| c.is_ascii_alphanumeric() || ":/-_".contains(c);
    said.split(|c| !is_of_arn(c))
        .find(|word| is_key_or_alias(word) && word.contains(":key/"))
}
