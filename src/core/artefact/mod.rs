//! The bundle's last step: into every artefact, whichever tool built it.
//!
//! ```text
//! functions ──► claims: who carries what ──► foresee
//!                                        └──► put: a look into each zip ──► right, or made right ──► check
//! ```
//!
//! An artefact that the user built is never changed: a copy of it is, in the caller's own
//! folder. What else is in it stays as it is to the byte.

mod carried;
mod check;
mod claims;
mod environment;
mod foresee;
mod function;
mod launcher;
mod look;
mod put;
mod side_by_side;
mod variables;
mod zip;

pub use self::carried::bundle_of;
pub use self::check::{Expected, check};
pub use self::foresee::foresee;
pub use self::function::{Artefact, Env, Function, Variable};
pub use self::look::Found;
pub use self::put::{Carried, put};

#[cfg(test)]
mod fixture;
