//! Files of SOPS: take entries, read each file once, and seal what is encrypted in it. Nothing is called.

mod dotenv;
pub mod file;
pub mod format;
mod json;
pub mod leaf;
pub mod metadata;
pub mod path;
pub mod rule;
pub mod tree;
mod typed;
mod yaml;
