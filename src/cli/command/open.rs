//! Opening, for debugging.

use std::path::PathBuf;

use secret_baker_command::open::{self, Opened};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker open DB_PASSWORD --reveal")]
pub struct Arguments {
    /// The secret
    pub name: String,
    /// The artefact that carries it, instead of a bake now
    #[arg(long, value_name = "ZIP|DIR")]
    pub from: Option<PathBuf>,
    /// Show it
    #[arg(long)]
    pub reveal: bool,
    /// Fail where the lock has it not as it is configured
    #[arg(long, conflicts_with = "from")]
    pub frozen: bool,
}

/// Runs it. Without `--reveal` nothing is opened in vain: only JSON tells something else than the value.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let Arguments {
        name,
        from,
        reveal,
        frozen,
    } = arguments;
    let terminal = &context.terminal;
    if !reveal && !terminal.is_json() {
        let place = if terminal.is_terminal() {
            "on this terminal"
        } else {
            "into a pipe or a file"
        };
        return Err(Ending::Wrong {
            said: format!("this would write the value of one secret, in plain text, {place}"),
            hint: "add --reveal if that is what you want; --json without it tells whether it opens"
                .into(),
        });
    }
    let service = context.service()?;
    let opened = if let Some(artefact) = from {
        open::carried(service, &name, &artefact).await
    } else {
        let progress = terminal.progress("asking for the secret");
        let tell = |done, all| progress.tell(done, all);
        open::now(service, &name, frozen, &tell).await
    };
    let opened = opened.map_err(Ending::refused)?;
    if terminal.is_json() {
        terminal.json(&told(&name, &opened, reveal));
        return Ok(Exit::Fine);
    }
    if let Some((_, told)) = &opened.locked {
        terminal.note(told);
    }
    // Nobody listening is no reason to fail.
    let _ = terminal.bytes(opened.value.expose());
    if terminal.is_terminal() {
        terminal.line("");
    }
    Ok(Exit::Fine)
}

fn told(name: &str, opened: &Opened, reveal: bool) -> Value {
    let mut told = Map::new();
    told.insert("name".into(), name.into());
    told.insert("version".into(), opened.version.clone().into());
    told.insert("from".into(), opened.from.as_str().into());
    let lock = opened.locked.as_ref().map(|(lock, _)| lock.as_str());
    told.insert("lock".into(), lock.into());
    if reveal {
        let (key, value) = match std::str::from_utf8(opened.value.expose()) {
            Ok(text) => ("value", text.to_owned()),
            Err(_) => ("base64", open::base64(&opened.value)),
        };
        told.insert(key.into(), value.into());
    }
    told.into()
}
