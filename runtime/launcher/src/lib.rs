//! What the launcher and `secret-baker exec` have in common: which secret becomes which environment variable, and becoming the command.

pub mod command;
pub mod failures;
pub mod shown;
pub mod variables;
#[cfg(not(unix))]
mod wait;
pub mod words;
