//! Credentials of a container: ECS, EKS, and Lambda with `SnapStart`.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, HOST, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::error::Problem;
use crate::kms::{Broken, Connections, Endpoint, Refusal};

const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// Those of ECS and EKS, and loopback. To any other host the token goes only encrypted.
const PLAIN_HOSTS: [&str; 6] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::23",
];

/// Where a container's credentials are served.
pub(super) struct Address(Endpoint);

/// Moved into `Credentials`, which zero themselves.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Served {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<String>,
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
        let endpoint = Endpoint::read(&url)
            .filter(|endpoint| endpoint.secure || PLAIN_HOSTS.contains(&endpoint.host.as_str()));
        let refused = || {
            Refusal::of(Problem::credentials(
                format!(
                    "{variable} is neither an https URL nor one of the hosts from which a container has its credentials"
                ),
                "set it as ECS, EKS or Lambda does, or unset it",
            ))
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
        let broken = |broken: Broken| match broken {
            Broken::Misconfigured(reason) => refused(&reason, false),
            Broken::Connecting(reason)
            | Broken::BeforeAnswer(reason)
            | Broken::WithinAnswer(reason) => refused(&reason, true),
        };
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
        // The parser's error might quote what it read.
        let served: Served = serde_json::from_slice(&answer.body)
            .map_err(|_| refused("its answer has no credentials", true))?;
        let expiry = served.expiration.and_then(|time| {
            SystemTime::try_from(DateTime::from_str(&time, Format::DateTime).ok()?).ok()
        });
        Ok(Credentials::new(
            served.access_key_id,
            served.secret_access_key,
            served.token,
            expiry,
            "container",
        ))
    }
}

/// The token to show, from the file if there is one: it is replaced from time to time.
fn token(environment: &Environment) -> Result<Option<HeaderValue>, Refusal> {
    let token = match environment.path(TOKEN_FILE) {
        Some(file) => {
            let read = std::fs::read_to_string(&file).map_err(|error| {
                unusable(&format!(
                    "`{}` of {TOKEN_FILE} cannot be read: {error}",
                    file.display()
                ))
            })?;
            Some(Zeroizing::new(read))
        }
        None => environment.text(TOKEN).map(Zeroizing::new),
    };
    let Some(token) = token else { return Ok(None) };
    let mut value = HeaderValue::from_str(token.trim_end_matches(['\r', '\n'])).map_err(|_| {
        unusable("the container's authorization token has characters that none has")
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn unusable(reason: &str) -> Refusal {
    let hint = "check AWS_CONTAINER_AUTHORIZATION_TOKEN and its _FILE";
    Refusal::of(Problem::credentials(reason, hint))
}

fn refused(reason: &str, again: bool) -> Refusal {
    Refusal {
        problem: Problem::credentials(
            format!("the container's credentials could not be fetched: {reason}"),
            "check the role of the task, pod or function, and the variables AWS_CONTAINER_*",
        ),
        again,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unprintable::is_printable;

    fn address(relative: &str, full: &str) -> Option<String> {
        let variables =
            [(RELATIVE, relative), (FULL, full)].map(|(name, value)| (name, value.to_owned()));
        let environment = Environment::new(move |asked| {
            let mut all = variables.iter();
            all.find_map(|(name, value)| (*name == asked).then(|| value.into()))
        });
        let Address(endpoint) = Address::of(&environment).ok()??;
        let scheme = if endpoint.secure { "https" } else { "http" };
        Some(format!(
            "{scheme}://{}{}",
            endpoint.authority, endpoint.path
        ))
    }

    #[test]
    fn the_relative_address_comes_first_as_in_the_sdks() {
        let (ecs, eks) = (
            "/v2/credentials/id?a=b",
            "http://169.254.170.23/v1/credentials",
        );
        let of_ecs = Some("http://169.254.170.2/v2/credentials/id?a=b".into());
        assert_eq!(address(ecs, ""), of_ecs);
        assert_eq!(address(ecs, eks), of_ecs);
        assert_eq!(address("", eks), Some(eks.into()));
        assert_eq!(address("", ""), None);
    }

    #[test]
    fn a_relative_address_leads_to_no_other_host() {
        for path in [".evil.invalid/", "@evil.invalid/", "evil.invalid"] {
            assert_eq!(address(path, ""), None, "{path}");
        }
    }

    #[test]
    fn credentials_cannot_be_printed() {
        assert!(!is_printable!(Served));
        let credentials =
            Credentials::new("AKID", "AKID+signs", Some("a-token".into()), None, "test");
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(
            !shown.contains("+signs") && !shown.contains("a-token"),
            "{shown}"
        );
    }
}
