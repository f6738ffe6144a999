//! Baking into folders and zips that any tool has built.

use std::path::PathBuf;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker bake .aws-sam/build/ApiFunction")]
pub struct Arguments {
    /// Folders and zips; `-` writes the bundle to standard output. Without any: those of the functions
    #[arg(value_name = "DIR|ZIP")]
    pub targets: Vec<PathBuf>,
    /// Write what changes into this folder, and leave the originals as they are
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Bake what this function carries
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
    /// Put the launcher in, which makes environment variables of the secrets
    #[arg(long)]
    pub launcher: bool,
    /// Only look whether each has its secrets
    #[arg(long)]
    pub check: bool,
    /// Fail rather than change secret-baker.lock.json
    #[arg(long)]
    pub frozen: bool,
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
