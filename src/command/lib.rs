//! What each command finds and does, as data: one room a command. Prints nothing, asks nobody, and knows neither Node nor the
//! Serverless Framework.
//!
//! ```text
//! secret-baker.yml, or what the framework has ──► Service ──► a command's room ──► what was found
//! ```

pub mod certificates;
pub mod diff;
pub mod exec;
pub mod open;
pub mod opening;
pub mod options;
pub mod service;
pub mod service_file;
