//! Credentials of a container: ECS, EKS, and Lambda with `SnapStart`.

#[cfg(test)]
mod tests;

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, HOST, HeaderValue};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::well_formed::well_formed;
use crate::aws::endpoint::Endpoint;
use crate::aws::http::Connections;
use crate::aws::http::broken::Broken;
use crate::aws::refusal::Refusal;
use crate::bounded;
use crate::contract::{CREDENTIALS_HOSTS, Code, hint, limit};
use crate::environment::Environment;
use crate::error::Problem;
use crate::json;

const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

const NO_TOKEN: &str = "the container's authorization token has characters that none has";

/// Where a container's credentials are served.
pub(super) struct Address(Endpoint);

/// Moved into `Credentials`, which zero themselves.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Served {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Value>,
}

impl Address {
    /// The address that the environment names, if any.
    ///
    /// # Errors
    /// `Credentials` for a URL to which a token must not be sent.
    pub(super) fn of(environment: &Environment) -> Result<Option<Self>, Refusal> {
        // In the order of the AWS SDKs.
        let (variable, url) = match (environment.text(RELATIVE), environment.text(FULL)) {
            (Some(path), _) => (RELATIVE, format!("http://169.254.170.2{path}")),
            (None, Some(url)) => (FULL, url),
            (None, None) => return Ok(None),
        };
        // To any other host the token goes only encrypted.
        let endpoint = Endpoint::read(&url).filter(|endpoint| {
            endpoint.secure
                || endpoint.is_loopback()
                || CREDENTIALS_HOSTS.contains(&endpoint.host.as_str())
        });
        let refused = || {
            refused(
                &format!(
                    "{variable} is neither an https URL nor one of the hosts that serve a container its credentials"
                ),
                false,
            )
        };
        endpoint
            .map(|endpoint| Some(Self(endpoint)))
            .ok_or_else(refused)
    }

    /// Fetches credentials, with the token as it is now.
    ///
    /// # Errors
    /// `Credentials`, and whether another attempt may do better.
    pub(super) async fn fetch(
        &self,
        environment: &Environment,
        connections: &Connections,
    ) -> Result<Credentials, Refusal> {
        let mut request = Request::get(&self.0.path)
            .header(HOST, &self.0.authority)
            .body(Full::<Bytes>::default())
            .expect("the parts are those of a URL");
        if let Some(token) = token(environment)? {
            request.headers_mut().insert(AUTHORIZATION, token);
        }
        let broken = |broken: Broken| refused(&broken.reason, broken.again);
        // Its server is on this machine: a connection that was kept saves nothing, and may have died.
        connections.forget(&self.0);
        let answer = connections
            .to(&self.0)
            .await
            .map_err(broken)?
            .send(request)
            .await
            .map_err(broken)?;
        if answer.status != 200 {
            let again = answer.status == 429 || answer.status >= 500;
            return Err(refused(
                &format!("it answered with status {}", answer.status),
                again,
            ));
        }
        served(&answer.body)
    }
}

/// # Errors
/// `Credentials` for what is none.
fn served(body: &[u8]) -> Result<Credentials, Refusal> {
    // The parser's error might quote what it read.
    let served: Served = json::strict(body)
        .and_then(serde_json::from_slice)
        .map_err(|_| refused("what was served is no credentials", true))?;
    let expiry = served.expiration.as_ref().and_then(Value::as_str);
    let credentials = Credentials::new(
        served.access_key_id,
        served.secret_access_key,
        served.token.filter(|token| !token.is_empty()),
        expiry.and_then(moment),
        "container",
    );
    let parts = ["AccessKeyId", "SecretAccessKey", "Token"]
        .map(|part| format!("{part} that the container was served"));
    well_formed(credentials, parts.each_ref().map(String::as_str)).map_err(Refusal::of)
}

/// A moment in any shape of RFC 3339.
fn moment(text: &str) -> Option<SystemTime> {
    let text = text.to_ascii_uppercase().replace(' ', "T");
    // Of a second's fraction the parser takes nine digits, and none of it matters.
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let moment = DateTime::from_str(&format!("{whole}{zone}"), Format::DateTimeWithOffset);
    SystemTime::try_from(moment.ok()?).ok()
}

/// The token to show, from the file if there is one: it is replaced from time to time.
fn token(environment: &Environment) -> Result<Option<HeaderValue>, Refusal> {
    let token = match environment.path(TOKEN_FILE) {
        Some(file) => {
            let read = bounded::read(&file, limit::HEAD_BYTES).map_err(|error| {
                unusable(&format!(
                    "`{}` of {TOKEN_FILE} cannot be read: {error}",
                    file.display()
                ))
            })?;
            Some(Zeroizing::new(
                String::from_utf8(read).map_err(|_| unusable(NO_TOKEN))?,
            ))
        }
        None => environment.text(TOKEN).map(Zeroizing::new),
    };
    let Some(token) = token else { return Ok(None) };
    let mut value = HeaderValue::from_str(token.trim_end_matches(['\r', '\n']))
        .map_err(|_| unusable(NO_TOKEN))?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn unusable(reason: &str) -> Refusal {
    let hint = hint::CREDENTIALS_CONTAINER;
    Refusal::of(Problem::hinted(Code::Credentials, reason, hint))
}

fn refused(reason: &str, again: bool) -> Refusal {
    let refusal = unusable(&format!(
        "those of the container cannot be fetched: {reason}"
    ));
    if again {
        Refusal::passing(refusal.problem)
    } else {
        refusal
    }
}
