//! A small AWS on loopback, made of rules as the shared vectors have them; it also serves a container's credentials.
//!
//! It checks each signature by itself: the secret of the access key `X` is `X+signs`.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]

use std::io::Write as _;

pub mod fake;
pub mod freeze;
pub mod http;
pub mod opening;
pub mod pages;
pub mod signature;
pub mod unseen;
pub mod vectors;

pub use fake::{Call, Fake, Fault};

/// Says what was left out, past the test runner, which swallows what passing tests print.
pub fn left_out(what: &str) {
    let _ = writeln!(std::io::stderr(), "left out: {what}");
}

/// A plaintext that must be nowhere but where it was asked for.
pub const PLAINTEXT: &str = "never-to-be-seen-7f3a";
