//! Calls of AWS's services, signed, in any region: where a service answers (`address`), with which credentials, signed
//! (`sign`), sent (`http`, or by the program), what the answer means (`answer`), and trying again (`retry`).

mod address;
mod answer;
pub(crate) mod call;
mod clock;
mod credentials;
pub(crate) mod endpoint;
#[cfg(not(feature = "transport"))]
mod http;
pub(crate) mod last;
pub(crate) mod refusal;
pub(crate) mod reply;
mod retry;
mod sign;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_credential_types::Credentials;
use tokio::sync::Semaphore;

pub(crate) use address::Configured;
use call::Call;
use clock::{Clock, Moment};
use credentials::Provider;
use endpoint::Endpoint;
#[cfg(not(feature = "transport"))]
use http::Connections;
use last::Last;
use refusal::{Again, Refusal};
use reply::Reply;

use crate::budget::within;
use crate::contract::{Code, hint, limit};
use crate::environment::Environment;
use crate::error::Problem;
#[cfg(feature = "transport")]
use crate::transport::Connections;

/// As many calls are under way at once in this process; the others wait. More only meet the services' limits sooner.
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

/// A client of AWS's services.
pub(crate) struct Aws {
    /// As it is now: a source may ask it too, such as for the function's own region.
    pub(crate) environment: Environment,
    configured: Configured,
    pub(crate) patience: Patience,
    provider: Provider,
    connections: Connections,
    clock: Clock,
}

/// A call that is being made.
struct Asked<'a> {
    call: &'a Call<'a>,
    endpoint: Endpoint,
    /// Whether it was tried at once with other credentials: that is done once.
    is_renewed: AtomicBool,
    /// And with another time.
    is_corrected: AtomicBool,
}

impl Aws {
    pub(crate) fn new(
        environment: Environment,
        configured: Configured,
        patience: Patience,
    ) -> Self {
        #[cfg(not(feature = "transport"))]
        let connections = Connections::new(environment.clone(), patience.connect);
        #[cfg(feature = "transport")]
        let connections = Connections(configured.transport.clone());
        Self {
            provider: Provider::new(environment.clone()),
            connections,
            clock: Clock::default(),
            environment,
            configured,
            patience,
        }
    }

    /// Makes a call. `read` takes the JSON of an answer of status 200, an object without anything on which readers
    /// differ, and says with [`Refusal`] if that is not what was asked for. `last` is told how each attempt failed.
    ///
    /// # Errors
    /// Whatever the service refuses, and what came between, after the retries.
    pub(crate) async fn call<T>(
        &self,
        call: &Call<'_>,
        read: impl Fn(&[u8]) -> Result<T, Refusal>,
        last: &Last,
    ) -> Result<T, Problem> {
        let asked = Asked {
            call,
            endpoint: address::of(call, &self.configured, &self.environment)?,
            is_renewed: AtomicBool::default(),
            is_corrected: AtomicBool::default(),
        };
        let begun = Instant::now();
        let before = last.replace(Some(Problem::hinted(
            Code::Unreachable,
            "the calls before it took all the time that there was",
            hint::UNREACHABLE_WAITING,
        )));
        // It is never closed.
        let _permit = UNDER_WAY.acquire().await;
        // Where most of the time was spent waiting, that is why there is none left.
        if begun.elapsed() < self.patience.call / 2 {
            last.replace(before);
        }
        retry::until_it_passes(last, || self.attempt(&asked, &read)).await
    }

    async fn attempt<T>(
        &self,
        asked: &Asked<'_>,
        read: impl Fn(&[u8]) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let limit = self.patience.attempt;
        let found = self.provider.current(&self.connections, asked.call.region);
        let credentials = within(limit, found).await.unwrap_or_else(|| {
            let reason = format!("where they are served, there was no answer within {limit:?}");
            Err(Refusal::passing(Problem::new(Code::Credentials, reason)))
        })?;
        within(limit, self.answered(asked, &credentials, read))
            .await
            .unwrap_or_else(|| {
                let reason = format!("no answer within {limit:?}");
                Err(Refusal::unreachable(reason))
            })
    }

    async fn answered<T>(
        &self,
        asked: &Asked<'_>,
        credentials: &Credentials,
        read: impl Fn(&[u8]) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (reply, signed) = self.sent(asked, credentials).await?;
        match answer::read(&reply, asked.call.operation.service, credentials, &read) {
            Ok(answer) => Ok(answer),
            Err(refusal) => Err(self
                .judged(refusal, &reply, asked, credentials, &signed)
                .await),
        }
    }

    /// Sent once, or again where a connection that was kept has died meanwhile. With it comes when it was signed.
    #[cfg(not(feature = "transport"))]
    async fn sent(
        &self,
        asked: &Asked<'_>,
        credentials: &Credentials,
    ) -> Result<(Reply, Moment), Refusal> {
        let (call, endpoint) = (asked.call, &asked.endpoint);
        loop {
            let exchange = self.connections.to(endpoint).await?;
            let is_kept = exchange.is_kept;
            // Signed after connecting, so that the time is that of sending, even if the process was frozen before.
            let signed = self.clock.now();
            let request = sign::signed(call, endpoint, credentials, signed.at)?;
            let outcome = exchange.send(request).await;
            if is_kept && outcome.as_ref().is_err_and(|broken| broken.before_answer) {
                // The connection died while it was kept, as it does in a freeze. That is no outage.
                self.connections.forget(endpoint);
                continue;
            }
            return Ok((outcome?, signed));
        }
    }

    /// Sent by the program. With it comes when it was signed.
    #[cfg(feature = "transport")]
    async fn sent(
        &self,
        asked: &Asked<'_>,
        credentials: &Credentials,
    ) -> Result<(Reply, Moment), Refusal> {
        let signed = self.clock.now();
        let request = sign::signed(asked.call, &asked.endpoint, credentials, signed.at)?;
        let reply = self.connections.send(&asked.endpoint, request).await?;
        Ok((reply, signed))
    }

    /// A refusal, and whether another attempt may do better, with other credentials or another time.
    async fn judged(
        &self,
        refusal: Refusal,
        reply: &Reply,
        asked: &Asked<'_>,
        credentials: &Credentials,
        signed: &Moment,
    ) -> Refusal {
        if refusal.problem.code != Code::Credentials {
            return refusal;
        }
        let was_frozen = signed.elapsed() > limit::SIGNATURE;
        let corrected = &asked.is_corrected;
        let refusal = self.clock.corrected(refusal, reply, corrected, signed);
        let may_renew = !was_frozen && refusal.again == Again::Never;
        let is_renewed = may_renew && self.provider.forget(credentials).await;
        let is_first = || !asked.is_renewed.swap(true, Ordering::Relaxed);
        let again = if was_frozen || is_renewed && is_first() {
            Again::AtOnce
        } else {
            refusal.again
        };
        Refusal { again, ..refusal }
    }
}
