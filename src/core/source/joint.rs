//! The one joint of the house: a place where secrets are kept encrypted.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use futures_util::future::try_join;
use serde_json::{Map, Value};

use super::locked::{Locked, Unfit};
use super::permission::Permission;
use super::store::{Draft, Order, Target};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::aws::endpoint::Service;
use crate::config::Text;
use crate::config::entry::{Entry, Keys};
use crate::failure::shown::Shown;
use crate::failure::{Failure, Problem};

/// A place where secrets are kept: takes its own entries of the config, then seals all that it took.
pub trait Source: Send + Sync {
    /// The keys of its entries, of which its own marks one: `path`.
    fn keys(&self) -> Keys;

    /// Takes an entry, and notes in it whatever is wrong with it.
    ///
    /// Returns the secret's name, where the entry brings one that is known already; `None` where it brings several.
    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text>;

    /// The service that is asked for what it seals. `None`: all of it stands in the config or in files, and nothing is called.
    fn service(&self) -> Option<Service> {
        None
    }

    /// What its entries mean beyond what they say, such as a default of the environment.
    fn default_of_entries(&self) -> Option<&str> {
        None
    }

    /// Looks whether it could have sealed one of its entries as a lock has it; `index` is the entry's. A source that asks a service has an
    /// answer for each of its entries, and any other none.
    fn locked(&self, _: usize, _: &Locked<'_>) -> Option<Result<Fit, Unfit>> {
        None
    }

    /// Whether its service is to be called for an entry whatever a lock has, since something is kept there: see `keep`.
    fn keeps(&self, _: usize) -> bool {
        false
    }

    /// From now on an entry means the very versions that a lock has, which `locked` has looked at: all secrets that it gives.
    fn pin(&mut self, _: usize, _: &[&Sealed]) {}

    /// Fetches the ciphertexts of all that it took, in any order; none asks its service to decrypt. Of what is wrong with single
    /// entries each answer tells.
    ///
    /// Dropping the future stops all calls.
    ///
    /// # Errors
    /// What no single entry is to blame for.
    fn seal<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>>;

    /// What its service tells of all that it took, beyond what is baked: never a value, and nothing is changed. What could not be asked
    /// for want of a permission is said so.
    ///
    /// # Errors
    /// What no single entry is to blame for.
    fn survey<'a>(
        &'a self,
        aws: &'a Aws,
        wish: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>>;

    /// Both, by the same calls where each alone would make them.
    ///
    /// # Errors
    /// What no single entry is to blame for.
    fn examine<'a>(
        &'a self,
        aws: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Examined, Failure>> {
        Box::pin(async move {
            let sealing = self.seal(aws, progress);
            let asking = self.survey(aws, Wish::default(), &|_, _| {});
            let (batch, surveys) = try_join(sealing, asking).await?;
            Ok(Examined { batch, surveys })
        })
    }

    /// Keeps in its service what is deployed, such as by a staging label. Called once all sources have sealed and the bundle is made,
    /// so that a bake which fails changes nothing. Most sources keep nothing.
    ///
    /// # Errors
    /// What could not be kept.
    fn keep<'a>(&'a self, _: &'a Aws) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// All of what it took that can be named where something is to be stored.
    fn targets(&self) -> Vec<Target>;

    /// Looks at where a value is to be stored, and says what will be done. Nothing is written before the draft is carried out.
    ///
    /// # Errors
    /// It cannot be stored there.
    fn store<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>>;

    /// What all that it took needs to be allowed, from the deployment to the function. `told` is what `survey` has told of it.
    fn permissions(&self, told: &[&Survey]) -> Vec<Permission>;
}

/// What a source may know of that for which is baked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The service's folder, from which relative paths start.
    pub folder: PathBuf,
    /// What the deployment is called where a source keeps what was deployed, such as by a staging label. `None`: nothing is
    /// deployed, and nothing is kept.
    pub label: Option<String>,
}

/// A future that a trait object may return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Called with `(done, total)`, both counting secrets.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// What a source hands over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// One for each entry that was taken.
    pub answers: Vec<Answer>,
    /// Sentences for the user about what went well, but could go better.
    pub notices: Vec<String>,
}

/// What a source hands over, and what it tells beyond that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// As of `seal`.
    pub batch: Batch,
    /// As of `survey`.
    pub surveys: Vec<Survey>,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The entry's.
    pub index: usize,
    /// Its secrets, in the order of the bundle, or every reason why there are none.
    pub outcome: Result<Vec<Sealed>, Vec<Problem>>,
}

/// A secret as it goes into the bundle: ciphertext and what opens it, never a plaintext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key in the bundle.
    pub name: Text,
    /// What was asked for, for reports: a parameter's path.
    pub from: Shown,
    /// The version that was baked, in its source's own way of counting.
    pub version: Option<String>,
    /// What stands in the bundle, field by field in this order.
    pub entry: Map<String, Value>,
}

/// A secret of a lock that its source could have sealed so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// As if it were sealed now.
    pub sealed: Sealed,
    /// Whether the config names its very version.
    pub is_pinned: bool,
    /// The account in which it was found without the config naming one.
    pub account: Option<String>,
}

/// What stands in the bundle of a secret of another source than Parameter Store: `source` first, then the fields in this order.
#[must_use]
pub fn entry_of(
    source: &str,
    fields: impl IntoIterator<Item = (&'static str, Value)>,
) -> Map<String, Value> {
    let fields = fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    std::iter::once(("source".to_owned(), source.into()))
        .chain(fields)
        .collect()
}
