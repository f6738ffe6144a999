//! The way to AWS: whose credentials, which addresses, over which proxy, how fast.

pub mod account;
pub mod connection;
mod credentials;
pub mod endpoint;
pub(crate) mod http;
pub mod pace;
pub mod proxy;

pub use self::connection::{Connection, Keys, Link};
