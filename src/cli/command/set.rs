//! Creating and updating.

use std::path::PathBuf;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker set DB_PASSWORD")]
pub struct Arguments {
    /// The secret
    #[arg(value_name = "NAME", required_unless_present = "env_file")]
    pub name: Option<String>,
    /// Take the value from this file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate", "env_file"])]
    pub from_file: Option<PathBuf>,
    /// Generate a value of so many characters (32)
    #[arg(long, value_name = "LENGTH", num_args = 0..=1, require_equals = true, default_missing_value = "32")]
    pub generate: Option<u16>,
    /// Write nothing where the value is the same already
    #[arg(long)]
    pub skip_unchanged: bool,
    /// Label the new version
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// The KMS key: an ARN, an id or `alias/NAME`
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Set all secrets of such a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "generate"])]
    pub env_file: Option<PathBuf>,
    /// Ask nothing
    #[arg(long)]
    pub yes: bool,
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
