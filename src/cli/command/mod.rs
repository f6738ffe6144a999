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

/// Runs the one that was typed. What each keeps between its calls is its own: together it is more than the compiler lays out.
///
/// # Errors
/// What it failed of.
pub async fn run(command: Command, context: &Context) -> Result<Exit, Ending> {
    match command {
        Command::Bake(arguments) => Box::pin(bake::run(arguments, context)).await,
        Command::Check(arguments) => Box::pin(check::run(arguments, context)).await,
        Command::List(arguments) => Box::pin(list::run(arguments, context)).await,
        Command::Set(arguments) => Box::pin(set::run(arguments, context)).await,
        Command::Open(arguments) => Box::pin(open::run(arguments, context)).await,
        Command::Exec(arguments) => Box::pin(exec::run(arguments, context)).await,
        Command::Lock(arguments) => Box::pin(lock::run(arguments, context)).await,
        Command::Update(arguments) => Box::pin(update::run(arguments, context)).await,
        Command::Outdated(arguments) => Box::pin(outdated::run(arguments, context)).await,
        Command::Diff(arguments) => Box::pin(diff::run(arguments, context)).await,
        Command::Iam(arguments) => Box::pin(iam::run(arguments, context)).await,
        Command::Doctor(arguments) => Box::pin(doctor::run(arguments, context)).await,
        Command::Schema(arguments) => Ok(schema::run(&arguments, context)),
        Command::Completions(arguments) => Ok(completions::run(&arguments, context)),
    }
}
