//! One file a command: what is typed for it, and how its result is printed.

pub mod bake;
pub mod check;
pub mod completions;
pub mod diff;
pub mod doctor;
pub mod exec;
pub mod iam;
pub mod list;
pub mod lock;
pub mod open;
pub mod outdated;
pub mod schema;
pub mod set;
pub mod update;

use crate::context::Context;
use crate::definition::Command;
use crate::ending::{Ending, Exit};

/// Runs the one that was typed.
///
/// # Errors
/// What it failed of.
pub async fn run(command: Command, context: &Context) -> Result<Exit, Ending> {
    match command {
        Command::Bake(arguments) => bake::run(arguments, context).await,
        Command::Check(arguments) => check::run(arguments, context).await,
        Command::List(arguments) => list::run(arguments, context).await,
        Command::Set(arguments) => set::run(arguments, context).await,
        Command::Open(arguments) => open::run(arguments, context).await,
        Command::Exec(arguments) => exec::run(arguments, context).await,
        Command::Lock(arguments) => lock::run(arguments, context).await,
        Command::Update(arguments) => update::run(arguments, context).await,
        Command::Outdated(arguments) => outdated::run(arguments, context).await,
        Command::Diff(arguments) => diff::run(arguments, context).await,
        Command::Iam(arguments) => iam::run(arguments, context).await,
        Command::Doctor(arguments) => doctor::run(arguments, context).await,
        Command::Schema(arguments) => Ok(schema::run(&arguments, context)),
        Command::Completions(arguments) => Ok(completions::run(&arguments, context)),
    }
}
