//! `kms:Decrypt`: describing the call (`request`), sending it (`connection`), reading the answer (`answer`), and
//! trying again (`retry`).

mod answer;
mod connection;
mod endpoint;
mod request;
mod retry;
mod trust;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::credentials::Source;
use crate::entry::Parameter;
use crate::environment::Environment;
use crate::error::Problem;
use answer::Decrypted;
pub(crate) use answer::Refusal;
pub(crate) use connection::{Broken, Connections};
pub(crate) use endpoint::Endpoint;
use request::Call;

/// As many calls are under way at once; the others wait. More only meet the service's limits sooner.
const AT_ONCE: usize = 16;

/// How long things may take, and how often they are tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Name resolution, TCP and TLS.
    pub(crate) connect: Duration,
    /// From connecting to the last byte of the answer.
    pub(crate) attempt: Duration,
    /// All attempts and the pauses between them.
    pub(crate) call: Duration,
    pub(crate) attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(1),
            attempt: Duration::from_secs(3),
            call: Duration::from_secs(10),
            attempts: 5,
        }
    }
}

/// A client of KMS, of one operation, in any region.
pub(crate) struct Kms {
    environment: Environment,
    endpoint: Option<String>,
    patience: Patience,
    credentials: Source,
    connections: Connections,
    under_way: Semaphore,
}

impl Kms {
    pub(crate) fn new(
        environment: Environment,
        endpoint: Option<String>,
        patience: Patience,
    ) -> Self {
        Self {
            credentials: Source::new(environment.clone()),
            connections: Connections::new(environment.clone(), patience.connect),
            under_way: Semaphore::new(AT_ONCE),
            environment,
            endpoint,
            patience,
        }
    }

    /// Decrypts a blob of at most 6144 bytes, in the region of the parameter.
    ///
    /// # Errors
    /// Whatever KMS refuses, and what came between, after the retries.
    pub(crate) async fn decrypt(
        &self,
        parameter: &Parameter,
        ciphertext: &[u8],
        context: &BTreeMap<String, String>,
    ) -> Result<Zeroizing<Vec<u8>>, Problem> {
        // It is never closed.
        let _permit = self.under_way.acquire().await;
        let endpoint = Endpoint::of_kms(self.endpoint.as_deref(), &self.environment, parameter)?;
        let call = Call::new(endpoint, &parameter.region, ciphertext, context);
        let Decrypted(plaintext) =
            retry::until_it_passes(self.patience, || self.attempt(&call)).await?;
        Ok(plaintext)
    }

    async fn attempt(&self, call: &Call) -> Result<Decrypted, Refusal> {
        let credentials = self
            .credentials
            .current(&self.connections, &call.region)
            .await?;
        loop {
            let exchange = self.connections.to(&call.endpoint).await?;
            let is_kept = exchange.is_kept;
            // Signed after connecting, so that the time is that of sending, even if the process was frozen before.
            let outcome = exchange.send(call.signed(&credentials)?).await;
            if is_kept && matches!(outcome, Err(Broken::BeforeAnswer(_))) {
                // The connection died while it was kept, as it does in a freeze. That is no outage.
                self.connections.forget(&call.endpoint);
                continue;
            }
            let refusal = match answer::read(&outcome?) {
                Ok(decrypted) => return Ok(decrypted),
                Err(refusal) => refusal,
            };
            let is_stale = matches!(refusal.problem, Problem::Credentials { .. })
                && self.credentials.forget(&credentials).await;
            return Err(Refusal {
                again: refusal.again || is_stale,
                ..refusal
            });
        }
    }
}
