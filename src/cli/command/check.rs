//! A preflight.

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker check --role arn:aws:iam::123456789012:role/api")]
pub struct Arguments {
    /// The role that the functions run as: an ARN or a name
    #[arg(long, value_name = "ARN")]
    pub role: Option<String>,
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
