//! Opens the secrets that `serverless-secret-baker` baked into an AWS Lambda artefact.
//!
//! The artefact carries ciphertext only. A secret is decrypted inside the function, by one call (of `kms:Decrypt`; of Secrets
//! Manager for what is kept there) at its first use, and stays in memory:
//!
//! ```no_run
//! # async fn handler() -> Result<(), secret_baker::Error> {
//! let password = secret_baker::secret("DB_PASSWORD").await?;
//! connect(password.expose());
//! # Ok(()) }
//! # fn connect(_: &str) {}
//! ```
//!
//! or all of them, side by side:
//!
//! ```no_run
//! # async fn handler() -> Result<(), secret_baker::Error> {
//! let secrets = secret_baker::Secrets::open()?;
//! for (name, secret) in secrets.secrets().await? {
//!     println!("{name} has {} bytes", secret.expose().len());
//! }
//! # Ok(()) }
//! ```
//!
//! or what stands, sealed, in an environment variable:
//!
//! ```no_run
//! # async fn handler() -> Result<(), secret_baker::Error> {
//! let password = secret_baker::secret_from_env("DB").await?;
//! # let _ = password;
//! # Ok(()) }
//! ```
//!
//! It needs a tokio runtime with IO and time. No plaintext is in any error or `Debug` output; its memory is zeroed
//! when it is dropped. What the HTTP, TLS and JSON layers hold of an answer meanwhile is theirs and is not zeroed.
//!
//! The feature `sdk` adds the default credentials chain of the AWS SDK (profiles, SSO, EC2), which a function in Lambda
//! and a container do not need.

/// As the tests' `support` names it, which those of the modules use too.
#[cfg(test)]
extern crate self as secret_baker;

mod arn;
mod aws;
mod bounded;
mod budget;
mod builder;
mod bundle;
mod contract;
mod counter_mode;
mod environment;
mod error;
mod flight;
mod gcm;
mod json;
mod kms;
mod message;
mod opener;
mod pages;
mod place;
mod plaintext;
mod process;
mod sealed_variables;
mod secrets;
mod shown;
mod source;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
#[cfg(feature = "transport")]
#[doc(hidden)]
pub mod transport;
#[cfg(test)]
mod unprintable;
pub mod variables;

pub use builder::Builder;
#[doc(hidden)]
pub use contract::{SEALED, limit::LAUNCHER_BUDGET};
pub use error::{Code, Error, Place, Problem};
#[doc(hidden)]
pub use pages::pages;
pub use plaintext::{Secret, SecretBytes};
pub use process::{fresh, secret, secret_bytes, secret_bytes_from_env, secret_from_env, secrets};
pub use sealed_variables::SealedVariables;
pub use secrets::Secrets;

/// So that the examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
