//! The way to AWS: whose credentials, which addresses, over which proxy, how fast.

pub mod account;
mod address;
pub mod calls;
pub mod cloud_formation;
pub mod connection;
mod credentials;
pub mod endpoint;
pub mod home;
pub(crate) mod http;
pub mod iam;
mod identity;
pub mod json_call;
pub mod kms;
pub mod lambda;
pub mod outage;
pub mod pace;
pub mod pages;
pub mod plain_call;
pub mod probe;
pub mod proxy;
pub mod query_call;
pub mod ranges;
pub mod signed_call;
pub(crate) mod strict_json;
pub mod trouble;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::calls::Calls;
pub use self::connection::{Connection, Keys, Link};
pub use self::credentials::Lack;
use self::endpoint::Service;
use self::home::Home;
pub use self::identity::Caller;
use self::pace::Limits;
use crate::failure::Failure;

/// AWS, opened when it is first needed. One for each bake: all its calls end at the same time.
pub struct Aws {
    connection: Connection,
    limits: Limits,
    link: OnceCell<Result<Link, Failure>>,
    deadline: OnceLock<Instant>,
    calls: Mutex<BTreeMap<(&'static str, String), Arc<Calls>>>,
}

impl Aws {
    /// Reads nothing and calls nothing.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self::within(connection, Limits::default())
    }

    fn within(connection: Connection, limits: Limits) -> Self {
        Self {
            connection,
            limits,
            link: OnceCell::new(),
            deadline: OnceLock::new(),
            calls: Mutex::default(),
        }
    }

    /// The open way; whoever gives the credentials is asked once, whatever the answer is.
    ///
    /// # Errors
    /// Those of `Connection::open`.
    pub async fn link(&self) -> Result<&Link, Failure> {
        // Everybody who waits for it would be as large.
        let open = || Box::pin(self.connection.open());
        let link = self.link.get_or_init(open).await;
        link.as_ref().map_err(Clone::clone)
    }

    /// Where it leads for some services. Opens nothing and calls nothing.
    pub async fn home(&self, services: &[Service]) -> Home {
        self.connection.home(services).await
    }

    /// The region of whatever names none itself.
    ///
    /// # Errors
    /// There is no way to AWS.
    pub async fn region(&self) -> Result<&str, Failure> {
        Ok(&self.link().await?.region)
    }

    /// Whose the credentials are.
    ///
    /// # Errors
    /// There is no way to AWS.
    pub async fn caller(&self) -> Result<Caller, Failure> {
        Ok(identity::caller(self.link().await?).await)
    }

    /// The account of the credentials, for a message. `None`: STS does not tell it, or nobody has said that it may be asked.
    pub async fn account(&self) -> Option<String> {
        identity::account(self.link().await.ok()?).await
    }

    /// Whose the credentials are: an ARN. `None`: STS does not tell it, or nobody has said that it may be asked.
    pub async fn arn(&self) -> Option<String> {
        identity::arn(self.link().await.ok()?).await
    }

    /// The calls to a service in a region: all who ask for them share their pace.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn calls(&self, service: Service, region: &str) -> Result<Arc<Calls>, Failure> {
        let link = self.link().await?;
        let mut all = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (service.id, region.to_owned());
        if let Some(calls) = all.get(&key) {
            return Ok(calls.clone());
        }
        let deadline = self
            .deadline
            .get_or_init(|| Instant::now() + self.limits.budget);
        let calls = Calls::open(link, service, region, self.limits, *deadline)?;
        Ok(all.entry(key).or_insert(Arc::new(calls)).clone())
    }
}

#[cfg(test)]
impl Aws {
    /// Over a link that is open.
    pub(crate) fn over(link: Link, limits: Limits) -> Self {
        let aws = Self::within(Connection::default(), limits);
        Self {
            link: OnceCell::new_with(Some(Ok(link))),
            ..aws
        }
    }
}

#[cfg(test)]
mod tests;
