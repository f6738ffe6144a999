//! A small KMS on loopback, made of the table in the shared vectors; it also serves a container's credentials.
//!
//! It checks each signature by itself: the secret of the access key `X` is `X+signs`.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

pub mod fake;
pub mod freeze;
pub mod http;
pub mod opening;
pub mod signature;
pub mod unseen;
pub mod vectors;

pub use fake::{Call, Fake, Fault};

/// A plaintext that must be nowhere but where it was asked for.
pub const PLAINTEXT: &str = "never-to-be-seen-7f3a";
