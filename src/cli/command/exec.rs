//! Running a command.

use std::ffi::OsString;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker exec -- npm start")]
pub struct Arguments {
    /// Take the values from the local file
    #[arg(long)]
    pub local: bool,
    /// Only these secrets: NAME, or NAME=VARIABLE
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// With nothing else in its environment
    #[arg(long)]
    pub pristine: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
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
