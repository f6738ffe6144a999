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

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};
use secret_baker_command::service::Service;
use serde_json::Value;

use self::context::Context;
use self::definition::Cli;
use self::ending::Exit;
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
/// command line or the config is wrong, 3 it has failed; of `exec` the command's own.
pub async fn run(arguments: Vec<OsString>, host: Host) -> u8 {
    let called = host.called().to_owned();
    let matches = Cli::command()
        .bin_name(&called)
        .try_get_matches_from(std::iter::once(OsString::from(called)).chain(arguments));
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return refused(&error),
    };
    let terminal = Terminal::of_process(cli.globals.json);
    let context = Context::new(cli.globals, host, terminal);
    match command::run(cli.command, &context).await {
        Ok(exit) => exit.code(),
        Err(ending) => ending.tell(&context).code(),
    }
}

/// Help and version are no mistakes; all else of `clap` is.
fn refused(error: &clap::Error) -> u8 {
    if may_show_a_secret(error) {
        eprintln!(
            "secret-baker: a word begins with `-` and is no option; it is not shown, since it may be a secret\n  hint: {HINT}"
        );
        return Exit::Wrong.code();
    }
    // Nobody listening is no reason to abort.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Exit::Fine.code(),
        _ => Exit::Wrong.code(),
    }
}

const HINT: &str = "`--help` lists the options; a value is never taken from the command line";

/// Whether `clap` repeats a word that is no mistyped option: a key in PEM begins as options do.
fn may_show_a_secret(error: &clap::Error) -> bool {
    let is_option = |word: &str| {
        let name = word.trim_start_matches('-');
        word.len() <= name.len() + 2
            && name.len() <= 32
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let unknown = match error.kind() {
        ErrorKind::UnknownArgument => error.get(ContextKind::InvalidArg),
        _ => None,
    };
    matches!(unknown, Some(ContextValue::String(word)) if word.starts_with('-') && word.len() > 2 && !is_option(word))
}
