//! Opening, for debugging.

use std::path::PathBuf;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker open DB_PASSWORD --reveal")]
pub struct Arguments {
    /// The secret
    pub name: String,
    /// The artefact that carries it, instead of a bake now
    #[arg(long, value_name = "ZIP|DIR")]
    pub from: Option<PathBuf>,
    /// Show it
    #[arg(long)]
    pub reveal: bool,
}

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
