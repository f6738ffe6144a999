//! What is behind.

use secret_baker_command::outdated::{Behind, Outdated, outdated};
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::source::survey::timestamp;
use serde_json::{Value, json};

use super::list::{age, now};
use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker outdated")]
pub struct Arguments {}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let Arguments {} = arguments;
    let service = context.service()?;
    let progress = context.terminal.progress("asking for versions");
    let found = outdated(service, &|done, total| progress.tell(done, total)).await;
    drop(progress);
    let found = found?;
    print(context, &found);
    let is_fine = found.behind.is_empty() && found.unknown.is_empty();
    Ok(if is_fine { Exit::Fine } else { Exit::Found })
}

fn print(context: &Context, found: &Outdated) {
    let terminal = &context.terminal;
    if !found.problems.is_empty() {
        let problems = Failure::from(found.problems.clone());
        terminal.note(&format!(
            "an update would fail: {}",
            problems.told(&context.caller())
        ));
    }
    for (name, unknown) in &found.unknown {
        let (action, said) = (unknown.action, &unknown.said);
        terminal.note(&format!(
            "`{name}`: nobody can tell whether it is behind, for want of {action}: {said}"
        ));
    }
    if terminal.is_json() {
        let secrets: Vec<_> = found.behind.iter().map(in_json).collect();
        let unknown = found.unknown.iter();
        let unknown: Vec<_> = unknown
            .map(|(name, unknown)| json!({"name": name.as_str(), "action": unknown.action}))
            .collect();
        terminal.json(&json!({"secrets": secrets, "unknown": unknown}));
        return;
    }
    let rows: Vec<_> = found.behind.iter().map(row).collect();
    let header = ["name", "locked", "latest", "age"];
    terminal.table(&header, &rows, "no secret is known to be behind");
}

fn in_json(behind: &Behind) -> Value {
    json!({
        "name": behind.name.as_str(),
        "locked": behind.held,
        "pinned": behind.is_pinned,
        "latest": behind.latest.as_ref().and_then(|latest| latest.id.as_ref()),
        "written": written(behind).and_then(timestamp),
    })
}

fn written(behind: &Behind) -> Option<i64> {
    behind.latest.as_ref().and_then(|latest| latest.written)
}

fn row(behind: &Behind) -> Vec<String> {
    let version = |version: Option<&String>| match version {
        Some(version) => Shown::of(version).to_string(),
        None => "-".to_owned(),
    };
    let pin = if behind.is_pinned { " (pinned)" } else { "" };
    let latest = behind.latest.as_ref().and_then(|latest| latest.id.as_ref());
    vec![
        behind.name.to_string(),
        version(behind.held.as_ref()) + pin,
        version(latest),
        written(behind).map_or_else(|| "-".to_owned(), |written| age(now() - written)),
    ]
}
