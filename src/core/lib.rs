//! From a config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Entry ──► source ──► Sealed ──► bundle ──► folder, artefact
//! ```
//!
//! Knows neither Node nor the Serverless Framework, and never sees a plaintext.

pub mod artefact;
pub mod aws;
pub mod bundle;
pub mod config;
pub mod contract;
pub mod failure;
pub mod folder;
pub mod source;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde_json::Value;

use self::aws::{Aws, Connection};
use self::bundle::Bundle;
use self::config::place::Place;
use self::failure::{Caller, Code, Explain, Failure, panics};
use self::source::{Deployment, Progress, Sealed, together};

/// What is baked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The secrets.
    pub config: &'a Value,
    /// The same before its variables were resolved. `None`: less is taken, and less is shown.
    pub written: Option<&'a Value>,
    /// What it is baked for.
    pub deployment: &'a Deployment,
}

/// What a bake gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baked {
    /// What goes into the artefacts.
    pub bundle: Bundle,
    /// What is in it, in its order.
    pub sealed: Vec<Sealed>,
    /// Sentences for the user about what went well, but could go better.
    pub notices: Vec<String>,
}

/// The user has stopped a bake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before all secrets were fetched")]
pub struct Cancelled;

impl Explain for Cancelled {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// Bakes: reads the config, fetches every ciphertext, writes the bundle.
///
/// Dropping the future stops all calls. An empty config makes none. A panic, which is a mistake
/// of ours, becomes a failure as well.
///
/// # Errors
/// Every mistake of the config, or every secret that cannot be baked, at once.
pub async fn bake(
    request: Request<'_>,
    caller: &Caller,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let baked = AssertUnwindSafe(try_bake(request, caller, connection, progress))
        .catch_unwind()
        .await;
    baked.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()))
}

async fn try_bake(
    request: Request<'_>,
    caller: &Caller,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let Request {
        config,
        written,
        deployment,
    } = request;
    let mut sources = source::all(deployment);
    let aws = Aws::new(connection.clone());
    let root = Place::from(caller.secrets.as_str());
    let places = together::take(&mut sources, config, written, &root)?;
    let (sealed, notices) = together::seal(&sources, &places, &aws, progress).await?;
    let entry = |sealed: &Sealed| (sealed.name.value().to_owned(), sealed.entry.clone());
    let bundle = Bundle::of(sealed.iter().map(entry))?;
    Ok(Baked {
        bundle,
        sealed,
        notices,
    })
}

#[cfg(test)]
mod tests;
