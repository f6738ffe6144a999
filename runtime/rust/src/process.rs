//! The bundle and the sealed environment variables of the process, opened at their first use.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use crate::builder::Builder;
use crate::bundle::Bundle;
use crate::error::Error;
use crate::opener::Opener;
use crate::place::places;
use crate::plaintext::{Secret, SecretBytes};
use crate::sealed_variables::SealedVariables;
use crate::secrets::Secrets;

/// What both are opened with, so that they share their calls.
static OPENER: LazyLock<Arc<Opener>> = LazyLock::new(|| Builder::default().opener());

/// The open bundle. One that did not open is not remembered.
fn opened() -> Result<&'static Secrets, Error> {
    static OPENED: OnceLock<Secrets> = OnceLock::new();
    if let Some(secrets) = OPENED.get() {
        return Ok(secrets);
    }
    let bundle = Bundle::read(places(&OPENER.aws.environment))?;
    let secrets = Secrets::new(bundle, Arc::clone(&OPENER));
    Ok(OPENED.get_or_init(|| secrets))
}

fn variables() -> &'static SealedVariables {
    static VARIABLES: LazyLock<SealedVariables> =
        LazyLock::new(|| SealedVariables::new(Arc::clone(&OPENER)));
    &VARIABLES
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

/// The secret that stands, sealed, in an environment variable of the process: [`SealedVariables::secret`]. It needs no
/// bundle.
///
/// # Errors
/// Those of [`SealedVariables::secret`].
pub async fn secret_from_env(variable: &str) -> Result<Secret, Error> {
    variables().secret(variable).await
}

/// The same, as bytes: [`SealedVariables::secret_bytes`].
///
/// # Errors
/// Those of [`SealedVariables::secret_bytes`].
pub async fn secret_bytes_from_env(variable: &str) -> Result<SecretBytes, Error> {
    variables().secret_bytes(variable).await
}
