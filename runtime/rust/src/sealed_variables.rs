//! Secrets that stand, sealed, in environment variables: each is decrypted when it is first asked for, once, and
//! remembered by what stands there.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::error::Error;
use crate::flight::{Flight, Flights};
use crate::opener::{NotOpened, Opener, Read};
use crate::plaintext::{Plaintext, Secret, SecretBytes};

/// Secrets that stand, sealed, in environment variables: what the framework's variable `secretBaker:NAME` gives, or the
/// base64 of a ciphertext of KMS, as `aws kms encrypt` and the encryption helpers of Lambda's console give it. Clones share
/// what they have decrypted.
///
/// A variable is read at each wish. Its secret costs at most one call, however many ask for it at once, until something
/// else stands there; a call that failed is not remembered.
#[derive(Clone)]
pub struct SealedVariables(Arc<Inner>);

struct Inner {
    opener: Arc<Opener>,
    /// By what stands in the variable.
    flights: Flights<String, Flight<Plaintext, NotOpened>>,
}

impl SealedVariables {
    pub(crate) fn new(opener: Arc<Opener>) -> Self {
        Self(Arc::new(Inner {
            opener,
            flights: Flights::default(),
        }))
    }

    /// The secret in an environment variable, decrypted at the first call and remembered.
    ///
    /// # Errors
    /// [`Code::VariableInvalid`](crate::Code::VariableInvalid) for a variable that is not set, or that holds nothing that
    /// is sealed; else see [`Code`](crate::Code); [`Code::NotText`](crate::Code::NotText) if it is not UTF-8.
    pub async fn secret(&self, variable: &str) -> Result<Secret, Error> {
        let text = self.plaintext(variable).await?.text();
        text.ok_or_else(|| {
            let entry = self.0.read(&self.0.value(variable));
            NotOpened::not_text(entry).of(variable, true)
        })
    }

    /// The same, as bytes, which need not be UTF-8.
    ///
    /// # Errors
    /// Those of [`secret`](Self::secret), but for `NotText`.
    pub async fn secret_bytes(&self, variable: &str) -> Result<SecretBytes, Error> {
        Ok(self.plaintext(variable).await?.bytes())
    }

    /// The secrets in some environment variables, side by side.
    ///
    /// # Errors
    /// All failures in one error: [`Error::Several`] if there are more than one.
    pub async fn secrets_of(
        &self,
        variables: impl IntoIterator<Item: AsRef<str>>,
    ) -> Result<BTreeMap<String, Secret>, Error> {
        let opening = variables.into_iter().map(|variable| async move {
            let variable = variable.as_ref();
            let secret = self.secret(variable).await?;
            Ok((variable.to_owned(), secret))
        });
        Error::all(join_all(opening).await)
    }

    /// Remembered, or from the call that is under way, or from one that is made now.
    async fn plaintext(&self, variable: &str) -> Result<Plaintext, Error> {
        let value = self.0.value(variable);
        let flight = self.0.flights.of(value.clone());
        let inner = Arc::clone(&self.0);
        let opened = async move { inner.opener.open(inner.read(&value), false).await };
        let outcome = flight.outcome(false, || opened).await;
        outcome.map_err(|failure| failure.of(variable, true))
    }
}

impl fmt::Debug for SealedVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedVariables").finish_non_exhaustive()
    }
}

impl Inner {
    /// What stands in a variable. One that is not set holds nothing.
    fn value(&self, variable: &str) -> String {
        let value = self.opener.aws.environment.text(variable);
        value.unwrap_or_default()
    }

    fn read(&self, value: &str) -> Read {
        self.opener.sources.parse_variable(value)
    }
}
