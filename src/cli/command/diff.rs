//! What differs.

use std::path::PathBuf;

use secret_baker_command::diff::{self, Difference, Found, Targets};
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use serde_json::{Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker diff --stack shop-prod")]
pub struct Arguments {
    /// What was built; without any: what the framework or the functions have
    #[arg(value_name = "ZIP|DIR", conflicts_with = "stack")]
    pub targets: Vec<PathBuf>,
    /// The functions of this deployed stack
    #[arg(long, value_name = "NAME")]
    pub stack: Option<String>,
    /// These deployed functions
    #[arg(long, value_name = "NAME", conflicts_with_all = ["targets", "stack"])]
    pub function: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let terminal = &context.terminal;
    let service = context.service()?;
    let found = {
        let progress = terminal.progress("asking for secrets");
        let tell = |done, all| progress.tell(done, all);
        diff::compare(service, &targets(arguments), &tell).await?
    };
    if terminal.is_json() {
        terminal.json(&as_json(&found, context));
    } else {
        let header = ["artefact", "secret", "difference", "built", "now"];
        let rows: Vec<_> = found.differences.iter().map(row).collect();
        terminal.table(&header, &rows, "nothing differs");
    }
    for one in &found.not_compared {
        terminal.note(&format!("{}: not compared: {}", one.place, one.why));
    }
    Ok(if !found.unread.is_empty() {
        let unread = Failure::from(found.unread);
        terminal.complain(&unread.told(&context.caller()));
        Exit::Failed
    } else if found.differences.is_empty() {
        Exit::Fine
    } else {
        Exit::Found
    })
}

fn as_json(found: &Found, context: &Context) -> Value {
    let differences = found.differences.iter().map(|one| {
        json!({
            "place": one.place.as_str(),
            "name": one.name,
            "variable": one.variable,
            "difference": one.kind.as_str(),
            "built": one.built,
            "now": one.now,
        })
    });
    let not = found.not_compared.iter();
    let not = not.map(|one| json!({"place": one.place.as_str(), "why": one.why.as_str()}));
    let caller = context.caller();
    let unread = found.unread.iter().map(|problem| {
        json!({
            "code": problem.why.code().as_str(),
            "message": problem.to_string(),
            "hint": problem.why.hint(&caller),
        })
    });
    json!({
        "differences": differences.collect::<Vec<_>>(),
        "notCompared": not.collect::<Vec<_>>(),
        "unread": unread.collect::<Vec<_>>(),
    })
}

fn row(one: &Difference) -> Vec<String> {
    let version = |version: &Option<String>| match version {
        Some(version) => Shown::of(version).to_string(),
        None => "-".to_owned(),
    };
    let place = match &one.variable {
        Some(variable) => format!("{}, variable {}", one.place, Shown::of(variable)),
        None => one.place.to_string(),
    };
    vec![
        place,
        Shown::of(&one.name).to_string(),
        one.kind.as_str().to_owned(),
        version(&one.built),
        version(&one.now),
    ]
}

fn targets(arguments: Arguments) -> Targets {
    match arguments {
        Arguments {
            stack: Some(name), ..
        } => Targets::Stack(name),
        Arguments { function, .. } if !function.is_empty() => Targets::Functions(function),
        Arguments { targets, .. } => Targets::Artefacts(targets),
    }
}
