//! From a `secretBaker` config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Reference ──► source ──► Sealed ──► bundle ──► bytes ──► folder, artefact
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

use self::aws::Connection;
use self::aws::pace::Limits;
use self::failure::{Cause, Failure, panics};
use self::source::ssm::Ssm;
use self::source::{Batch, Progress, Source};

/// What a bake gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baked {
    /// The bytes of `secret-baker-secrets.json`.
    pub bundle: Vec<u8>,
    /// What is in it, and what the user should know.
    pub batch: Batch,
}

/// Bakes: reads the config, fetches every ciphertext, writes the bundle's bytes.
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

fn baked(batch: Batch) -> Result<Baked, Failure> {
    let bundle = bundle::write(&batch.sealed);
    let bundle = bundle.map_err(|error| Cause::Internal {
        said: error.to_string().into(),
    })?;
    if bundle.len() > bundle::LONGEST {
        let bytes = bundle.len();
        return Err(Cause::BundleTooLong { bytes }.into());
    }
    Ok(Baked { bundle, batch })
}

#[cfg(test)]
mod tests;
