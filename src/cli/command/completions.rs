//! Completions.

use crate::context::Context;
use crate::definition::definition;
use crate::ending::Exit;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: secret-baker completions bash > /etc/bash_completion.d/secret-baker"
)]
pub struct Arguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Prints them.
pub fn run(arguments: &Arguments, context: &Context) -> Exit {
    let mut text = Vec::new();
    let mut definition = definition();
    let name = definition.get_name().to_owned();
    clap_complete::generate(arguments.shell, &mut definition, name, &mut text);
    let _ = context.terminal.bytes(&text);
    Exit::Fine
}
