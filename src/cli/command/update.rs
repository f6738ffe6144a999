//! Newer versions into the lock.

use secret_baker_core::failure::shown::Shown;
use secret_baker_core::lock::{Change, Changed, Wish};

use super::lock::{locked, print};
use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker update DB_PASSWORD")]
pub struct Arguments {
    /// The secrets; without any all
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let names = Some(arguments.names).filter(|names| !names.is_empty());
    let relocked = locked(context, Wish::Renew(names.clone())).await?;
    let is_wanted = |one: &&Change| names.as_ref().is_none_or(|names| names.contains(&one.name));
    let secrets = relocked.iter().flat_map(|one| &one.secrets);
    for pinned in secrets.filter(is_wanted).filter(|one| one.is_pinned) {
        if pinned.changed == Changed::Unchanged {
            let name = Shown::of(&pinned.name);
            context.terminal.note(&format!(
                "`{name}` stays as it is: the config names its version"
            ));
        }
    }
    print(context, &relocked);
    Ok(Exit::Fine)
}
