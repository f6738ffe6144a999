//! From a `secretBaker` config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Reference ──► source ──► Sealed ──► bundle ──► bytes ──► folder, artefact
//! ```
//!
//! Knows neither Node nor the Serverless Framework, and never sees a plaintext.

pub mod artefact;
pub mod bundle;
pub mod config;
pub mod connection;
pub mod contract;
pub mod endpoint;
pub mod error;
pub mod folder;
pub mod locks;
pub mod pace;
pub mod panics;
pub mod place;
pub mod proxy;
pub mod shown;
pub mod source;

mod account;
mod ciphertext;
mod credentials;
mod parameter;
mod transport;
mod whole_file;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connection::Keys;

    fn connection() -> Connection {
        Connection {
            region: Some("eu-central-1".into()),
            endpoint: Some("http://127.0.0.1:9".into()),
            keys: Some(Keys {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
                secret_access_key: "secret".into(),
                session_token: None,
            }),
            ..Connection::default()
        }
    }

    #[tokio::test]
    async fn an_empty_config_bakes_an_empty_object_without_a_connection() {
        let baked = bake(&json!([]), None, &Connection::default(), &|_, _| {})
            .await
            .unwrap();
        assert_eq!(baked.bundle, b"{}");
    }

    #[tokio::test]
    async fn a_mistake_in_the_config_is_told_before_any_connection() {
        let failure = bake(&json!([5]), None, &Connection::default(), &|_, _| {})
            .await
            .unwrap_err();
        assert_eq!(failure.code(), "SECRET_BAKER_CONFIG_INVALID");
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_that_tells_its_place() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            panics::remember(info);
            before(info);
        }));
        let progress: Progress<'_> = &|_, _| panic!("a bug");
        let failure = bake(&json!(["/p"]), None, &connection(), progress)
            .await
            .unwrap_err();
        let text = failure.to_string();
        assert!(
            text.starts_with("Secret Baker has met a mistake of its own: a bug (src/core/lib.rs:"),
            "{text}"
        );
        assert!(text.ends_with(")\n  hint: please report it, with the command and the versions; nothing was deployed"), "{text}");
        assert_eq!(failure.code(), "SECRET_BAKER_INTERNAL");
    }
}
