//! Credentials, looked for at the time of each call: a function may be thawed with others than it was frozen with.

#[cfg(not(feature = "transport"))]
mod container;
#[cfg(feature = "sdk")]
mod sdk;
mod well_formed;

use std::time::SystemTime;

use aws_credential_types::Credentials;
use tokio::sync::Mutex;

#[cfg(not(feature = "transport"))]
use super::http::Connections;
use super::refusal::Refusal;
use crate::contract::{Code, hint, limit};
use crate::environment::Environment;
use crate::error::Problem;
#[cfg(feature = "transport")]
use crate::transport::Connections;
use well_formed::well_formed;

const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// Where credentials come from: the environment's own, then a container's, then (with the feature `sdk`) the default
/// chain.
pub(crate) struct Provider {
    environment: Environment,
    /// Those that have to be fetched, until shortly before they expire.
    fetched: Mutex<Option<Credentials>>,
}

impl Provider {
    pub(crate) fn new(environment: Environment) -> Self {
        Self {
            environment,
            fetched: Mutex::default(),
        }
    }

    /// Credentials to sign with now. `region` is where the default chain finds AWS's own services.
    ///
    /// # Errors
    /// `Credentials`, and whether another attempt may do better.
    pub(crate) async fn current(
        &self,
        connections: &Connections,
        region: &str,
    ) -> Result<Credentials, Refusal> {
        match self.of_environment() {
            Some(credentials) => credentials.map_err(Refusal::of),
            None => self.fetched(connections, region).await,
        }
    }

    /// Gives up fetched credentials that a service does not accept. Returns whether others can be fetched.
    pub(crate) async fn forget(&self, refused: &Credentials) -> bool {
        // Those of the environment have no end.
        if refused.expiry().is_none() {
            return false;
        }
        let mut fetched = self.fetched.lock().await;
        let is_refused = |kept: &Credentials| {
            kept.access_key_id() == refused.access_key_id()
                && kept.session_token() == refused.session_token()
        };
        if fetched.as_ref().is_some_and(is_refused) {
            *fetched = None;
        }
        true
    }

    /// # Errors
    /// `Credentials` if there is one half of them, or what cannot be sent.
    fn of_environment(&self) -> Option<Result<Credentials, Problem>> {
        let (key, secret) = (self.environment.text(KEY), self.environment.text(SECRET));
        let missing = match (&key, &secret) {
            (None, None) => return None,
            (None, Some(_)) => Some((SECRET, KEY)),
            (Some(_), None) => Some((KEY, SECRET)),
            (Some(_), Some(_)) => None,
        };
        if let Some((set, unset)) = missing {
            let reason = format!("{set} is set, and {unset} is not");
            let hint = hint::CREDENTIALS_INCOMPLETE;
            return Some(Err(Problem::hinted(Code::Credentials, reason, hint)));
        }
        let found = Credentials::new(
            key.unwrap_or_default(),
            secret.unwrap_or_default(),
            self.environment.text(TOKEN),
            None,
            "environment",
        );
        Some(well_formed(found, [KEY, SECRET, TOKEN]))
    }

    async fn fetched(
        &self,
        connections: &Connections,
        region: &str,
    ) -> Result<Credentials, Refusal> {
        // Held meanwhile: the others wait for what this one fetches.
        let mut fetched = self.fetched.lock().await;
        if let Some(credentials) = fetched.as_ref().filter(|credentials| is_fresh(credentials)) {
            return Ok(credentials.clone());
        }
        *fetched = None;
        let credentials = served(&self.environment, connections, region).await?;
        let credentials = with_an_end(credentials);
        *fetched = is_fresh(&credentials).then(|| credentials.clone());
        Ok(credentials)
    }
}

/// Those that do not name their end have one nonetheless.
fn with_an_end(mut credentials: Credentials) -> Credentials {
    if credentials.expiry().is_none() {
        *credentials.expiry_mut() = Some(SystemTime::now() + limit::CREDENTIALS_WITHOUT_END);
    }
    credentials
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_some_and(|expiry| expiry > SystemTime::now() + limit::CREDENTIALS_EARLY)
}

/// A container's, or else the default chain's.
#[cfg(not(feature = "transport"))]
async fn served(
    environment: &Environment,
    connections: &Connections,
    region: &str,
) -> Result<Credentials, Refusal> {
    match container::Address::of(environment)? {
        Some(address) => address.fetch(environment, connections).await,
        None => elsewhere(region).await,
    }
}

/// A program with a way of its own to the services has the credentials too, and sets them.
#[cfg(feature = "transport")]
async fn served(
    _environment: &Environment,
    _connections: &Connections,
    region: &str,
) -> Result<Credentials, Refusal> {
    elsewhere(region).await
}

#[cfg(feature = "sdk")]
async fn elsewhere(region: &str) -> Result<Credentials, Refusal> {
    // It is large, and seldom needed.
    let credentials = Box::pin(sdk::fetch(region)).await?;
    let names = [
        "the access key of the default chain",
        "the secret access key of the default chain",
        "the session token of the default chain",
    ];
    well_formed(credentials, names).map_err(Refusal::of)
}

#[cfg(not(feature = "sdk"))]
#[expect(clippy::unused_async, reason = "the same as with the feature")]
async fn elsewhere(_region: &str) -> Result<Credentials, Refusal> {
    Err(Refusal::of(Problem::hinted(
        Code::Credentials,
        "neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or \
         AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
        format!(
            "{}, or build with the feature `sdk` of the crate secret-baker (profiles, SSO, EC2)",
            Code::Credentials.hint()
        ),
    )))
}
