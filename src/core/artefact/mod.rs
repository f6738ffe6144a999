//! The bundle's last step: into every artefact, whichever tool built it.
//!
//! ```text
//! functions ──► claims: who carries what ──► foresee
//!                                        └──► put: a look into each ──► right, or made right ──► check
//! ```
//!
//! An artefact is a zip, or a folder that is packed later. What else is in it stays as it is to the byte. The
//! caller says whether it is changed where it lies or copied (`Destination`).

mod carried;
mod check;
mod claims;
mod destination;
mod environment;
mod foresee;
mod function;
mod launcher;
mod look;
mod opened;
mod put;
mod remote;
mod side_by_side;
mod tree;
mod variables;
mod zip;

pub use self::carried::bundle_of;
pub use self::check::{Expected, check};
pub use self::claims::{absolute, is_remote};
pub use self::destination::Destination;
pub use self::foresee::foresee;
pub use self::function::{Artefact, Env, Function, Variable};
pub use self::look::Found;
pub use self::put::{Carried, plan, put, put_each};
pub use self::remote::{Unread, bundle_behind};

#[cfg(test)]
mod fixture;
