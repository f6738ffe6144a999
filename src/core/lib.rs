//! From a `secretBaker` config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Reference ──► source ──► Sealed ──► bundle ──► bytes ──► folder
//! ```
//!
//! Knows neither Node nor the Serverless Framework, and never sees a plaintext.

pub mod bundle;
pub mod config;
pub mod connection;
pub mod error;
pub mod folder;
pub mod pace;
pub mod place;
pub mod source;

mod account;
mod ciphertext;
mod parameter;

use serde_json::Value;

use self::connection::Connection;
use self::error::{Cause, Failure};
use self::pace::Limits;
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
/// Dropping the future stops all calls. An empty config makes none.
///
/// # Errors
/// Every mistake of the config, or every secret that cannot be baked, at once.
pub async fn bake(
    config: &Value,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let references = config::read(config)?;
    if references.is_empty() {
        return baked(Batch::default());
    }
    let source = Ssm::new(connection.open().await?, Limits::default());
    baked(source.seal(&references, progress).await?)
}

fn baked(batch: Batch) -> Result<Baked, Failure> {
    let bundle = bundle::write(&batch.sealed);
    let bundle = bundle.map_err(|error| Cause::Internal {
        said: error.to_string(),
    })?;
    Ok(Baked { bundle, batch })
}
