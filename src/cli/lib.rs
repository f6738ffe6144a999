//! `secret-baker`: every command, with the Serverless Framework and without it. The only crate that prints, asks and knows a terminal.
//!
//! ```text
//! the command line ──► definition ──► command/NAME: asks secret-baker-command ──► terminal: a table, lines or JSON
//! ```

mod command;
mod context;
mod definition;
mod ending;
mod progress;
mod prompt;
mod signals;
mod terminal;
mod usage;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _};
use futures_util::FutureExt as _;
use secret_baker_command::service::Service;
use secret_baker_core::failure::panics;
use serde_json::Value;

use self::context::Context;
use self::definition::Cli;
use self::ending::ended;
use self::terminal::Terminal;

pub use self::definition::{definition, definition_json};
pub use self::signals::{finish_writing, leave_signals_to_caller, stop_asking};

/// Who runs the commands.
pub enum Host {
    /// Nobody: the service is that of `secret-baker.yml`.
    Program {
        /// What users type before the command, such as `npx serverless-secret-baker`.
        called: String,
        /// What `doctor` looks at, as JSON: `docs/commands/doctor.md` has its shape.
        surroundings: Value,
        /// The launchers that are installed.
        launchers: Launchers,
    },
    /// The Serverless Framework, which has the service.
    Framework(Box<Framework>),
}

/// By processor: the launcher's file, or why there is none.
pub type Launchers = BTreeMap<String, Result<PathBuf, String>>;

/// What the Serverless Framework has.
pub struct Framework {
    /// What users type before the command: `serverless secret-baker`.
    pub called: String,
    /// Its service, or why there is none.
    pub service: Result<Service, secret_baker_core::failure::Failure>,
    /// As of a program.
    pub surroundings: Value,
    /// The launchers that are installed.
    pub launchers: Launchers,
}

impl Host {
    fn called(&self) -> &str {
        match self {
            Self::Program { called, .. } => called,
            Self::Framework(framework) => &framework.called,
        }
    }
}

/// Runs one command. `arguments` are those behind the program's name. Returns the exit code: 0 fine, 1 it has found something, 2 the
/// command line is wrong, 3 it has failed; of `exec` the command's own.
pub async fn run(arguments: Vec<OsString>, host: Host) -> u8 {
    let called = host.called().to_owned();
    let is_json = usage::wants_json(&arguments);
    let matches = Cli::command()
        .bin_name(&called)
        .try_get_matches_from(std::iter::once(OsString::from(called)).chain(arguments));
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage::told(&error, &Terminal::of_process(is_json)),
    };
    let terminal = Terminal::of_process(cli.globals.json);
    let context = Context::new(cli.globals, host, terminal);
    let running = AssertUnwindSafe(command::run(cli.command, &context));
    let exit = running.catch_unwind().await;
    let exit = exit.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()));
    let (terminal, words) = (&context.terminal, context.caller());
    let exit = exit.unwrap_or_else(|ending| context.located(ending).tell(terminal, &words));
    ended(exit, terminal, &words).code()
}
