//! Running a command.

use std::ffi::OsString;

use secret_baker_command::exec::{self, Opened, Wish};

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
    pub only: Option<Vec<String>>,
    /// With nothing else in its environment but PATH, HOME and the like
    #[arg(long)]
    pub pristine: bool,
    /// Fail where the lock has a secret not as it is configured
    #[arg(long, conflicts_with = "local")]
    pub frozen: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let only = arguments.only.map(|only| only.join(","));
    let wish = Wish {
        only: only.as_deref(),
        local: arguments.local,
        frozen: arguments.frozen,
    };
    let service = context.service()?;
    let opened = {
        let progress = context.terminal.progress("asking for secrets");
        let tell = |done, all| progress.tell(done, all);
        let opened = exec::opened(service, &wish, &tell).await;
        opened.map_err(Ending::refused)?
    };
    if let Some(told) = &opened.locked {
        context.terminal.note(told);
    }
    let Opened { variables, .. } = opened;
    let ended = exec::become_command(arguments.command, &variables, arguments.pristine);
    ended.map(Exit::Of).map_err(|not_run| Ending::Told {
        failures: not_run.failures,
        exit: Exit::Of(not_run.code),
    })
}
