//! `secret-baker.lock.json`: what a bake takes without a call, as a team has committed it. The format is `docs/commands/lock.md`.
//!
//! ```text
//! config, lock ──► plan ──► held: as the lock has it
//!                     └──► asked: sealed now ──► relocked: the lock as it is to be, and what has changed
//! ```

mod file;
mod format;
mod frozen;
mod plan;
mod refusal;
mod relock;
mod relocked;

pub use self::file::{Locking, Wish};
pub use self::format::{Line, Lock};
pub use self::plan::{Held, Plan};
pub use self::refusal::{BadLock, LockName};
pub use self::relocked::{Change, Changed, Relocked};
