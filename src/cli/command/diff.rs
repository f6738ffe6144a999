//! What differs.

use std::path::PathBuf;

use secret_baker_command::diff::{self, Targets};
use secret_baker_core::failure::shown::Shown;
use serde_json::json;

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
        let all = found.differences.iter().map(|one| {
            json!({
                "place": one.place.as_str(),
                "name": one.name,
                "difference": one.kind.as_str(),
                "built": one.built,
                "now": one.now,
            })
        });
        let differences: Vec<_> = all.collect();
        let not = found.not_compared.iter();
        let not = not.map(|one| json!({"place": one.place.as_str(), "why": one.why.as_str()}));
        let not: Vec<_> = not.collect();
        terminal.json(&json!({"differences": differences, "notCompared": not}));
    } else {
        let rows = found.differences.iter().map(|one| {
            let version = |version: &Option<String>| version.as_deref().unwrap_or("-").to_owned();
            vec![
                one.place.to_string(),
                Shown::of(&one.name).to_string(),
                one.kind.as_str().to_owned(),
                Shown::of(&version(&one.built)).to_string(),
                Shown::of(&version(&one.now)).to_string(),
            ]
        });
        let header = ["artefact", "secret", "difference", "built", "now"];
        terminal.table(&header, &rows.collect::<Vec<_>>(), "nothing differs");
    }
    for one in &found.not_compared {
        terminal.note(&format!("{}: not compared: {}", one.place, one.why));
    }
    Ok(if found.differences.is_empty() {
        Exit::Fine
    } else {
        Exit::Found
    })
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
