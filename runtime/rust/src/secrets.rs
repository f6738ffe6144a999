//! An open bundle: each secret is decrypted when it is first asked for, once, and remembered.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::bundle::Bundle;
use crate::error::Error;
use crate::flight::{Flight, Flights};
use crate::opener::{NotOpened, Opener, Read};
use crate::plaintext::{Plaintext, Secret, SecretBytes};
use crate::sealed_variables::SealedVariables;

/// An open bundle. Clones share what they have decrypted.
///
/// Each secret costs at most one call, however many ask for it at once, and secrets with the same data key or of the same
/// value in Secrets Manager cost one together; a call that failed is not remembered. At most 16 calls are under way at a time.
#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    bundle: Bundle,
    opener: Arc<Opener>,
    flights: Flights<String, Flight<Plaintext, Error>>,
}

impl Secrets {
    pub(crate) fn new(bundle: Bundle, opener: Arc<Opener>) -> Self {
        Self(Arc::new(Inner {
            bundle,
            opener,
            flights: Flights::default(),
        }))
    }

    /// The names in the bundle, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.bundle.names()
    }

    /// The bundle's file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.0.bundle.file
    }

    /// A secret, decrypted at the first call and remembered.
    ///
    /// # Errors
    /// See [`Code`](crate::Code); [`Code::NotText`](crate::Code::NotText) if it is not UTF-8.
    pub async fn secret(&self, name: &str) -> Result<Secret, Error> {
        let plaintext = self.plaintext(name, false).await?;
        self.text(name, plaintext)
    }

    /// The same, as bytes, which need not be UTF-8.
    ///
    /// # Errors
    /// See [`Code`](crate::Code).
    pub async fn secret_bytes(&self, name: &str) -> Result<SecretBytes, Error> {
        Ok(self.plaintext(name, false).await?.bytes())
    }

    /// A secret decrypted again, which replaces the remembered one. It is still the version that was baked.
    ///
    /// # Errors
    /// Those of [`secret`](Self::secret); the remembered one stays then.
    pub async fn fresh(&self, name: &str) -> Result<Secret, Error> {
        let plaintext = self.plaintext(name, true).await?;
        self.text(name, plaintext)
    }

    /// The same, as bytes.
    ///
    /// # Errors
    /// Those of [`secret_bytes`](Self::secret_bytes); the remembered one stays then.
    pub async fn fresh_bytes(&self, name: &str) -> Result<SecretBytes, Error> {
        Ok(self.plaintext(name, true).await?.bytes())
    }

    /// All secrets, side by side.
    ///
    /// # Errors
    /// All failures in one error: [`Error::Several`] if there are more than one.
    pub async fn secrets(&self) -> Result<BTreeMap<String, Secret>, Error> {
        self.secrets_of(self.names()).await
    }

    /// Some secrets, side by side.
    ///
    /// # Errors
    /// All failures in one error: [`Error::Several`] if there are more than one.
    pub async fn secrets_of(
        &self,
        names: impl IntoIterator<Item: AsRef<str>>,
    ) -> Result<BTreeMap<String, Secret>, Error> {
        let opening = names.into_iter().map(|name| async move {
            let name = name.as_ref();
            let secret = self.secret(name).await?;
            Ok((name.to_owned(), secret))
        });
        Error::all(join_all(opening).await)
    }

    /// What is sealed in environment variables, opened with the same settings. Where it has a call in common with secrets of
    /// this bundle, such as that for the data key of a SOPS file, that is made once.
    #[must_use]
    pub fn sealed_variables(&self) -> SealedVariables {
        SealedVariables::new(Arc::clone(&self.0.opener))
    }

    fn text(&self, name: &str, plaintext: Plaintext) -> Result<Secret, Error> {
        plaintext.text().ok_or_else(|| match self.0.read(name) {
            Ok(entry) => NotOpened::not_text(entry).of(name, false),
            Err(error) => error,
        })
    }

    /// Remembered, or from the call that is under way, or from one that is made now.
    async fn plaintext(&self, name: &str, fresh: bool) -> Result<Plaintext, Error> {
        self.0.bundle.entry(name)?;
        let flight = self.0.flights.of(name.to_owned());
        let (inner, name) = (Arc::clone(&self.0), name.to_owned());
        let opened = async move { inner.open(&name, fresh).await };
        flight.outcome(fresh, || opened).await
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("file", &self.file())
            .field("names", &self.names().collect::<Vec<_>>())
            .finish()
    }
}

impl Inner {
    /// # Errors
    /// `NotInBundle`.
    fn read(&self, name: &str) -> Result<Read, Error> {
        let entry = self.bundle.entry(name)?;
        Ok(self.opener.sources.parse(entry))
    }

    async fn open(&self, name: &str, fresh: bool) -> Result<Plaintext, Error> {
        let outcome = self.opener.open(self.read(name)?, fresh).await;
        outcome.map_err(|failure| failure.of(name, false))
    }
}
