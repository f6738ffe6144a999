//! What each command finds and does, as data: one room a command. Prints nothing, asks nobody, and knows neither Node nor the
//! Serverless Framework.
//!
//! ```text
//! secret-baker.yml, or what the framework has ──► Service ──► a command's room ──► what was found
//! ```

pub mod bake;
pub mod certificates;
pub mod check;
pub mod diff;
pub mod doctor;
pub mod exec;
#[cfg(test)]
mod fake_aws;
pub mod held;
pub mod iam;
mod key_policy;
pub mod keys;
pub mod list;
pub mod lock;
pub mod open;
pub mod opener;
pub mod opening;
pub mod options;
pub mod outdated;
pub mod rights;
pub mod schema;
pub mod service;
pub mod service_file;
pub mod set;
