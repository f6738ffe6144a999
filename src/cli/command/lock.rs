//! The lock.

use secret_baker_command::lock::relock;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::lock::{Change, Changed, Relocked, Wish};
use serde_json::{Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker lock")]
pub struct Arguments {
    /// Fail rather than change it
    #[arg(long)]
    pub frozen: bool,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let wish = if arguments.frozen {
        Wish::Frozen(true)
    } else {
        Wish::Write
    };
    let relocked = locked(context, wish).await?;
    print(context, &relocked);
    Ok(Exit::Fine)
}

/// Brings the lock to what is wished, and tells what the user should know.
///
/// # Errors
/// What it failed of.
pub async fn locked(context: &Context, wish: Wish) -> Result<Vec<Relocked>, Ending> {
    let service = context.service()?;
    let progress = context.terminal.progress("asking for secrets");
    let baked = relock(service, wish, &|done, total| progress.tell(done, total)).await;
    drop(progress);
    let baked = baked?;
    for notice in &baked.notices {
        context.terminal.note(notice);
    }
    Ok(baked.relocked.into_iter().collect())
}

/// What has changed: in JSON all secrets, else those alone that are others now.
pub fn print(context: &Context, relocked: &[Relocked]) {
    let terminal = &context.terminal;
    let secrets = || relocked.iter().flat_map(|one| &one.secrets);
    if terminal.is_json() {
        let file = relocked.first().map(|one| one.name.to_string());
        let secrets: Vec<_> = secrets().map(in_json).collect();
        terminal.json(&json!({"file": file, "secrets": secrets}));
        return;
    }
    let changed = secrets().filter(|one| one.changed != Changed::Unchanged);
    let rows: Vec<_> = changed.map(row).collect();
    let header = ["name", "change", "before", "now"];
    terminal.table(&header, &rows, "nothing changed: the lock is up to date");
}

fn word(changed: Changed) -> &'static str {
    match changed {
        Changed::Added => "added",
        Changed::Changed => "changed",
        Changed::Removed => "removed",
        Changed::Unchanged => "unchanged",
    }
}

fn row(change: &Change) -> Vec<String> {
    let version = |version: &Option<String>| {
        let version = version.as_deref().unwrap_or("-");
        Shown::of(version).to_string()
    };
    vec![
        Shown::of(&change.name).to_string(),
        word(change.changed).to_owned(),
        version(&change.before),
        version(&change.now),
    ]
}

fn in_json(change: &Change) -> Value {
    json!({
        "name": change.name,
        "change": word(change.changed),
        "before": change.before,
        "now": change.now,
        "pinned": change.is_pinned,
    })
}
