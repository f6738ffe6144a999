//! The bundle of the process, opened at its first use.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::error::Error;
use crate::plaintext::{Secret, SecretBytes};
use crate::secrets::Secrets;

/// The open bundle. One that did not open is not remembered.
fn opened() -> Result<&'static Secrets, Error> {
    static OPENED: OnceLock<Secrets> = OnceLock::new();
    if let Some(secrets) = OPENED.get() {
        return Ok(secrets);
    }
    let secrets = Secrets::open()?;
    Ok(OPENED.get_or_init(|| secrets))
}

/// A secret of the process's bundle: [`Secrets::secret`].
///
/// # Errors
/// Those of [`Secrets::open`] and [`Secrets::secret`].
pub async fn secret(name: &str) -> Result<Secret, Error> {
    opened()?.secret(name).await
}

/// A secret of the process's bundle, as bytes: [`Secrets::secret_bytes`].
///
/// # Errors
/// Those of [`Secrets::open`] and [`Secrets::secret_bytes`].
pub async fn secret_bytes(name: &str) -> Result<SecretBytes, Error> {
    opened()?.secret_bytes(name).await
}

/// All secrets of the process's bundle, side by side: [`Secrets::secrets`].
///
/// # Errors
/// Those of [`Secrets::open`] and [`Secrets::secrets`].
pub async fn secrets() -> Result<BTreeMap<String, Secret>, Error> {
    opened()?.secrets().await
}

/// A secret of the process's bundle, decrypted again: [`Secrets::fresh`].
///
/// # Errors
/// Those of [`Secrets::open`] and [`Secrets::fresh`].
pub async fn fresh(name: &str) -> Result<Secret, Error> {
    opened()?.fresh(name).await
}
