//! An open bundle: each secret is decrypted when it is first asked for, once, and remembered.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, WeakShared, join_all};

use crate::aws::Aws;
use crate::budget::within;
use crate::bundle::Bundle;
use crate::contract::Code;
use crate::error::{Error, Place, Problem};
use crate::plaintext::{Plaintext, Secret, SecretBytes};
use crate::source::{Description, Progress, Sealed, Sources};

/// An open bundle. Clones share what they have decrypted.
///
/// Each secret costs at most one call of KMS, however many ask for it at once; a call that failed is not
/// remembered. At most 16 calls are under way at a time.
#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    bundle: Bundle,
    sources: Sources,
    aws: Arc<Aws>,
    slots: Mutex<HashMap<String, Slot>>,
}

type Opening = BoxFuture<'static, Result<Plaintext, Error>>;

/// What is known of a secret that was asked for.
#[derive(Default)]
struct Slot {
    plaintext: Option<Plaintext>,
    /// Weak, so that a call for which nobody waits any longer is given up.
    opening: Option<WeakShared<Opening>>,
}

impl Secrets {
    pub(crate) fn new(bundle: Bundle, aws: Aws) -> Self {
        Self(Arc::new(Inner {
            bundle,
            sources: Sources::default(),
            aws: Arc::new(aws),
            slots: Mutex::default(),
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
            self.secret(name)
                .await
                .map(|secret| (name.to_owned(), secret))
        });
        let mut secrets = BTreeMap::new();
        let mut failures = Vec::new();
        for outcome in join_all(opening).await {
            match outcome {
                Ok((name, secret)) => drop(secrets.insert(name, secret)),
                Err(failure) => failures.push(failure),
            }
        }
        Error::of(failures).map_or(Ok(secrets), Err)
    }

    fn text(&self, name: &str, plaintext: Plaintext) -> Result<Secret, Error> {
        plaintext.text().ok_or_else(|| {
            let entry = self.0.entry(name).ok();
            not_opened(
                name,
                entry.as_deref(),
                None,
                Problem::new(Code::NotText, ""),
            )
        })
    }

    /// Remembered, or from the call that is under way, or from one that is made now.
    async fn plaintext(&self, name: &str, again: bool) -> Result<Plaintext, Error> {
        self.0.bundle.entry(name)?;
        let opening = {
            let mut slots = self.0.slots();
            let slot = slots.entry(name.to_owned()).or_default();
            if let (false, Some(plaintext)) = (again, &slot.plaintext) {
                return Ok(plaintext.clone());
            }
            slot.opening
                .as_ref()
                .and_then(WeakShared::upgrade)
                .unwrap_or_else(|| {
                    let opening = opened(Arc::clone(&self.0), name.to_owned())
                        .boxed()
                        .shared();
                    slot.opening = opening.downgrade();
                    opening
                })
        };
        opening.await
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
    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, name: &str) -> Result<Box<dyn Sealed>, Error> {
        let entry = self.sources.parse(self.bundle.entry(name)?);
        entry.map_err(|problem| not_opened(name, None, None, problem))
    }

    async fn open(&self, name: &str) -> Result<Plaintext, Error> {
        let entry = self.entry(name)?;
        let mut progress = Progress::default();
        let limit = self.aws.patience.call;
        let outcome = within(limit, entry.open(&self.aws, &mut progress)).await;
        let outcome = outcome.unwrap_or_else(|| {
            let reason = format!("no answer within {limit:?}");
            let last = progress.last.take();
            Err(last.unwrap_or_else(|| Problem::new(Code::Unreachable, reason)))
        });
        outcome.map(Plaintext::new).map_err(|problem| {
            let key = problem.key.clone().or(progress.key);
            not_opened(name, Some(&*entry), key, problem)
        })
    }
}

/// Opens a secret and remembers it. A failure leaves the slot as it was, for the next one who asks.
async fn opened(inner: Arc<Inner>, name: String) -> Result<Plaintext, Error> {
    let outcome = inner.open(&name).await;
    let mut slots = inner.slots();
    let slot = slots.entry(name).or_default();
    slot.opening = None;
    if let Ok(plaintext) = &outcome {
        slot.plaintext = Some(plaintext.clone());
    }
    drop(slots);
    outcome
}

fn not_opened(
    name: &str,
    entry: Option<&dyn Sealed>,
    key: Option<String>,
    problem: Problem,
) -> Error {
    let described = entry.map(Sealed::describe);
    let place = Box::new(Place {
        secret: name.into(),
        entry: described.as_ref().map(Description::place),
        key,
    });
    let problem = match described {
        Some(described) => described.fill(problem),
        None => problem,
    };
    Error::NotOpened { place, problem }
}
