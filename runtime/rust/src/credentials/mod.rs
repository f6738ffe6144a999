//! Credentials, looked for at the time of each call: a function may be thawed with others than it was frozen with.

mod container;
#[cfg(feature = "sdk")]
mod sdk;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use tokio::sync::Mutex;

use crate::environment::Environment;
use crate::error::Problem;
use crate::kms::{Connections, Refusal};

/// Kept credentials are given up so long before they expire.
const MARGIN: Duration = Duration::from_mins(1);

/// Where credentials come from: the environment's own, then a container's, then (with the feature `sdk`) the default
/// chain.
pub(crate) struct Source {
    environment: Environment,
    /// Those that have to be fetched, until shortly before they expire.
    fetched: Mutex<Option<Credentials>>,
}

impl Source {
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
        let found = match self.of_environment() {
            Some(credentials) => credentials,
            None => self.fetched(connections, region).await?,
        };
        let parts = [
            Some(found.access_key_id()),
            Some(found.secret_access_key()),
            found.session_token(),
        ];
        // What is no header cannot be sent. A line end at the end of a variable is the usual one.
        if parts
            .into_iter()
            .flatten()
            .any(|part| part.bytes().any(|byte| !byte.is_ascii_graphic()))
        {
            return Err(Refusal::of(Problem::credentials(
                "the credentials have white space or other characters that none have",
                "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew, without a line end",
            )));
        }
        Ok(found)
    }

    /// Gives up fetched credentials that KMS does not accept. Returns whether others can be fetched.
    pub(crate) async fn forget(&self, refused: &Credentials) -> bool {
        // Those without an end are never kept.
        if refused.expiry().is_none() {
            return false;
        }
        let mut fetched = self.fetched.lock().await;
        if fetched
            .as_ref()
            .is_some_and(|kept| kept.expiry() == refused.expiry())
        {
            *fetched = None;
        }
        true
    }

    fn of_environment(&self) -> Option<Credentials> {
        let key = self.environment.text("AWS_ACCESS_KEY_ID")?;
        let secret = self.environment.text("AWS_SECRET_ACCESS_KEY")?;
        Some(Credentials::new(
            key,
            secret,
            self.environment.text("AWS_SESSION_TOKEN"),
            None,
            "environment",
        ))
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
        let credentials = match container::Address::of(&self.environment)? {
            Some(address) => address.fetch(&self.environment, connections).await?,
            None => elsewhere(region).await?,
        };
        *fetched = is_fresh(&credentials).then(|| credentials.clone());
        Ok(credentials)
    }
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_some_and(|expiry| expiry > SystemTime::now() + MARGIN)
}

#[cfg(feature = "sdk")]
async fn elsewhere(region: &str) -> Result<Credentials, Refusal> {
    sdk::fetch(region).await
}

#[cfg(not(feature = "sdk"))]
#[expect(clippy::unused_async, reason = "the same as with the feature")]
async fn elsewhere(_region: &str) -> Result<Credentials, Refusal> {
    Err(Refusal::of(Problem::credentials(
        "there are no credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor \
         AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
        "check what removes them in Lambda or in a container, where AWS sets them, or elsewhere (profiles, SSO, EC2) \
         build with the feature `sdk` of the crate secret-baker",
    )))
}
