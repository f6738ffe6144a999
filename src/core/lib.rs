//! From a `secretBaker` config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Reference ──► source ──► Sealed ──► bundle ──► folder, artefact
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
use serde_json::{Map, Value};

use self::aws::Connection;
use self::aws::pace::Limits;
use self::bundle::Bundle;
use self::failure::{Failure, panics};
use self::source::ssm::Ssm;
use self::source::{Batch, Progress, Sealed, Source};

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

/// Bakes: reads the config, fetches every ciphertext, writes the bundle.
///
/// `written` is the same config before its variables were resolved; without it less is taken, and less is shown.
///
/// Dropping the future stops all calls. An empty config makes none. A panic, which is a mistake
/// of ours, becomes a failure as well.
///
/// # Errors
/// Every mistake of the config, or every secret that cannot be baked, at once.
pub async fn bake(
    config: &Value,
    written: Option<&Value>,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let baked = AssertUnwindSafe(try_bake(config, written, connection, progress))
        .catch_unwind()
        .await;
    baked.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()))
}

async fn try_bake(
    config: &Value,
    written: Option<&Value>,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let references = config::read(config, written)?;
    if references.is_empty() {
        return baked(Batch::default());
    }
    let source = Ssm::new(connection.open().await?, Limits::default());
    baked(source.seal(&references, progress).await?)
}

fn baked(Batch { sealed, notices }: Batch) -> Result<Baked, Failure> {
    let bundle = Bundle::of(sealed.iter().map(entry))?;
    Ok(Baked {
        bundle,
        sealed,
        notices,
    })
}

fn entry(sealed: &Sealed) -> (String, Map<String, Value>) {
    let fields = [
        ("ciphertext", sealed.ciphertext.as_str().into()),
        ("arn", sealed.arn.as_str().into()),
        ("version", sealed.version.into()),
    ];
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    (sealed.name.value().to_owned(), fields.into_iter().collect())
}

#[cfg(test)]
mod tests;
