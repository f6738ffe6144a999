//! The command line: all commands, their options and their help. The README's section, the completions and what the framework is told
//! are made from it.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand};
use serde_json::{Value, json};

use crate::command::{
    bake, check, completions, diff, doctor, exec, iam, list, lock, open, outdated, schema, set,
    update,
};

/// Secrets that travel encrypted from where they are kept to the function that needs them.
#[derive(Parser)]
#[command(
    name = "secret-baker",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 fine, 1 something was found, 2 wrong use, 3 failed."
)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Args, Clone, Debug)]
pub struct Globals {
    /// The AWS region
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "All commands"
    )]
    pub region: Option<String>,
    /// The AWS profile
    #[arg(
        long,
        global = true,
        visible_alias = "aws-profile",
        value_name = "NAME",
        help_heading = "All commands"
    )]
    pub profile: Option<String>,
    /// An emulator's URL, for every service but STS
    #[arg(long, global = true, value_name = "URL", help_heading = "All commands")]
    pub endpoint: Option<String>,
    /// The stage: `${stage}` in secret-baker.yml
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "All commands"
    )]
    pub stage: Option<String>,
    /// The config, instead of the nearest secret-baker.yml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "All commands"
    )]
    pub config: Option<PathBuf>,
    /// The result as JSON
    #[arg(long, global = true, help_heading = "All commands")]
    pub json: bool,
}

/// What can be done.
#[derive(Subcommand)]
pub enum Command {
    /// Bake the secrets into folders and zips
    Bake(bake::Arguments),
    /// Look whether a deployment would go well, and change nothing
    Check(check::Arguments),
    /// List the secrets, their versions, ages and keys
    List(list::Arguments),
    /// Create or update a secret where it is kept
    Set(set::Arguments),
    /// Show a secret, by your own right to decrypt it
    Open(open::Arguments),
    /// Run a command with the secrets in its environment
    Exec(exec::Arguments),
    /// Write secret-baker.lock.json: what a bake takes without a call
    Lock(lock::Arguments),
    /// Take the latest versions into the lock
    Update(update::Arguments),
    /// Tell which secrets have newer versions than the lock or their pin
    Outdated(outdated::Arguments),
    /// Compare what is deployed or built with what a bake would give now
    Diff(diff::Arguments),
    /// Write the policies that the deploying role and the functions need
    Iam(iam::Arguments),
    /// Find out what is wrong with the set-up
    Doctor(doctor::Arguments),
    /// Print the JSON schema of the config, for editors
    Schema(schema::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
}

/// All of it, for whoever documents or declares it.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// The same as JSON: `{name, about, options: [{name, about, value}], commands: [...]}`, for whoever has no clap.
#[must_use]
pub fn definition_json() -> Value {
    let mut whole = definition();
    whole.build();
    described(&whole)
}

fn described(command: &clap::Command) -> Value {
    let text = |styled: Option<&clap::builder::StyledStr>| styled.map(ToString::to_string);
    let options: Vec<Value> = command
        .get_arguments()
        .filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
        .map(|argument| {
            let names = argument.get_value_names().unwrap_or_default();
            let takes = argument.get_action().takes_values();
            let value = names.first().filter(|_| takes).map(ToString::to_string);
            json!({
                "name": argument.get_long(),
                "about": text(argument.get_help()),
                "value": value,
                "heading": argument.get_help_heading(),
            })
        })
        .collect();
    let commands = command.get_subcommands();
    let commands = commands.filter(|command| command.get_name() != "help");
    json!({
        "name": command.get_name(),
        "about": text(command.get_about()),
        "usage": command.clone().render_usage().to_string(),
        "example": text(command.get_after_help()),
        "options": options,
        "commands": commands.map(described).collect::<Vec<_>>(),
    })
}
