//! The schema, for editors.

use secret_baker_command::schema::{Config, schema};

use crate::context::Context;
use crate::ending::Exit;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker schema > secret-baker.schema.json")]
pub struct Arguments {
    /// Of what the plugin adds to serverless.yml, instead of secret-baker.yml
    #[arg(long)]
    pub serverless: bool,
}

/// Prints it.
pub fn run(arguments: &Arguments, context: &Context) -> Exit {
    let config = if arguments.serverless {
        Config::Serverless
    } else {
        Config::SecretBaker
    };
    // Laid out for people wherever it goes: it is a file as a rule.
    context.terminal.line(&format!("{:#}", schema(config)));
    Exit::Fine
}
