//! What differs.

use std::path::PathBuf;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker diff --stack shop-prod")]
pub struct Arguments {
    /// What was built; without any: what the framework or the functions have
    #[arg(value_name = "ZIP|DIR", conflicts_with = "stack")]
    pub targets: Vec<PathBuf>,
    /// The functions of this deployed stack
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// These deployed functions
    #[arg(long, value_name = "NAME")]
    pub function: Vec<String>,
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
