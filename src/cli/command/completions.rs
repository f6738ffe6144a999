//! Completions.

use crate::context::Context;
use crate::definition::definition;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: secret-baker completions bash > /etc/bash_completion.d/secret-baker"
)]
pub struct Arguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let mut text = Vec::new();
    let mut definition = definition();
    let name = definition.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut definition, name, &mut text);
    let _ = context.terminal.bytes(&text);
    Ok(Exit::Fine)
}
