//! What is behind.

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker outdated")]
pub struct Arguments {}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let _ = (arguments, context);
    Err(Ending::Wrong {
        said: "this command is not built yet".into(),
        hint: "wait".into(),
    })
}
