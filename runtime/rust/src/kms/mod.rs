//! `kms:Decrypt`: describing the call (`request`), sending it (`connection`), reading the answer (`answer`), and
//! trying again (`retry`).

mod answer;
mod clock;
mod connection;
mod endpoint;
mod request;
mod retry;
mod trust;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::arn::Parameter;
use crate::contract::{Code, hint, limit};
use crate::credentials::Source;
use crate::environment::Environment;
use crate::error::Problem;
use answer::Decrypted;
pub(crate) use answer::{Again, Refusal};
use clock::Clock;
pub(crate) use connection::{Broken, Connections};
pub(crate) use endpoint::{Configured, Endpoint};
use request::Call;

/// As many calls are under way at once in this process; the others wait. More only meet the service's limits sooner.
static UNDER_WAY: Semaphore = Semaphore::const_new(limit::AT_ONCE_PER_PROCESS);

/// How long things may take, and how often they are tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Name resolution, TCP and TLS.
    pub(crate) connect: Duration,
    /// From connecting to the last byte of the answer.
    pub(crate) attempt: Duration,
    /// From the wish to the answer.
    pub(crate) call: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: limit::CONNECT,
            attempt: limit::ATTEMPT,
            call: limit::BUDGET,
        }
    }
}

/// A client of KMS, of one operation, in any region.
pub(crate) struct Kms {
    environment: Environment,
    configured: Configured,
    pub(crate) patience: Patience,
    credentials: Source,
    connections: Connections,
    clock: Clock,
}

/// What is to be decrypted.
pub(crate) struct Question<'a> {
    pub(crate) parameter: &'a Parameter,
    pub(crate) ciphertext: &'a [u8],
    pub(crate) context: &'a BTreeMap<String, String>,
    /// The ARN of the key that must have decrypted it, where that is known.
    pub(crate) key: Option<&'a str>,
}

impl Kms {
    pub(crate) fn new(
        environment: Environment,
        configured: Configured,
        patience: Patience,
    ) -> Self {
        Self {
            credentials: Source::new(environment.clone()),
            connections: Connections::new(environment.clone(), patience.connect),
            clock: Clock::default(),
            environment,
            configured,
            patience,
        }
    }

    /// Decrypts a blob in the region of the parameter. `last` is how the last attempt failed, for the one who gives
    /// up waiting.
    ///
    /// # Errors
    /// Whatever KMS refuses, and what came between, after the retries.
    pub(crate) async fn decrypt(
        &self,
        question: &Question<'_>,
        last: &mut Option<Problem>,
    ) -> Result<Zeroizing<Vec<u8>>, Problem> {
        let endpoint = Endpoint::of_kms(&self.configured, &self.environment, question.parameter)?;
        let call = Call::new(endpoint, question);
        let begun = Instant::now();
        let before = last.replace(Problem::hinted(
            Code::Unreachable,
            "the calls before it took all the time that there was",
            hint::UNREACHABLE_WAITING,
        ));
        // It is never closed.
        let _permit = UNDER_WAY.acquire().await;
        // Where most of the time was spent waiting, that is why there is none left.
        if begun.elapsed() < self.patience.call / 2 {
            *last = before;
        }
        let Decrypted(plaintext) = retry::until_it_passes(last, || self.attempt(&call)).await?;
        Ok(plaintext)
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Decrypted, Refusal> {
        let limit = self.patience.attempt;
        let found = self.credentials.current(&self.connections, call.region());
        let credentials = timeout(limit, found).await.unwrap_or_else(|_| {
            let reason = format!("where they are served, there was no answer within {limit:?}");
            Err(Refusal::passing(Problem::new(Code::Credentials, reason)))
        })?;
        timeout(limit, self.asked(call, &credentials))
            .await
            .unwrap_or_else(|_| {
                let reason = format!("no answer within {limit:?}");
                Err(Refusal::unreachable(reason))
            })
    }

    async fn asked(
        &self,
        call: &Call<'_>,
        credentials: &Credentials,
    ) -> Result<Decrypted, Refusal> {
        loop {
            let exchange = self.connections.to(&call.endpoint).await?;
            let is_kept = exchange.is_kept;
            // Signed after connecting, so that the time is that of sending, even if the process was frozen before.
            let signed = self.clock.now();
            let outcome = exchange.send(call.signed(credentials, signed.at)?).await;
            if is_kept && outcome.as_ref().is_err_and(|broken| broken.before_answer) {
                // The connection died while it was kept, as it does in a freeze. That is no outage.
                self.connections.forget(&call.endpoint);
                continue;
            }
            let answer = outcome?;
            let refusal = match answer::read(&answer, call.key(), credentials) {
                Ok(decrypted) => return Ok(decrypted),
                Err(refusal) => refusal,
            };
            if refusal.problem.code != Code::Credentials {
                return Err(refusal);
            }
            let was_frozen = signed.elapsed() > limit::SIGNATURE;
            let refusal = self.clock.corrected(refusal, &answer, call, &signed);
            let may_renew = !was_frozen && refusal.again == Again::Never;
            let is_renewed = may_renew && self.credentials.forget(credentials).await;
            let again = if was_frozen || is_renewed && call.may_renew() {
                Again::AtOnce
            } else {
                refusal.again
            };
            return Err(Refusal { again, ..refusal });
        }
    }
}
