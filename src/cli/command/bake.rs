//! Baking into folders and zips that any tool has built.

use std::env;
use std::path::{Path, PathBuf};

use secret_baker_command::bake::{self, Launchers, Look, Outcome, Targets, TurnedOff, from_here};
use secret_baker_core::artefact::{Carried, Found};
use secret_baker_core::failure::Failure;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::folder::file_error::FileError;
use serde_json::{Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker bake .aws-sam/build/ApiFunction")]
pub struct Arguments {
    /// Folders and zips; `-` writes the bundle to standard output. Without any: those of the functions
    #[arg(value_name = "DIR|ZIP")]
    pub targets: Vec<PathBuf>,
    /// Write what changes into this folder, and leave the originals as they are
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Bake what this function carries
    #[arg(long, value_name = "NAME")]
    pub function: Option<String>,
    /// Put the launcher in, which makes environment variables of the secrets
    #[arg(long)]
    pub launcher: bool,
    /// The launcher's file, where npm has installed none
    #[arg(long, value_name = "FILE")]
    pub launcher_file: Option<PathBuf>,
    /// Only look whether each has its secrets
    #[arg(long)]
    pub check: bool,
    /// Fail rather than change secret-baker.lock.json
    #[arg(long)]
    pub frozen: bool,
}

/// The only target that is no path: standard output.
const OUT: &str = "-";
const NO_ARTEFACT: &str = "no artefact carries a secret";

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    if arguments
        .targets
        .iter()
        .any(|target| target == Path::new(OUT))
    {
        refuse_beside_out(&arguments, context)?;
        return write_out(&arguments, context).await;
    }
    let here = here()?;
    let targets = targets(&arguments, &here, context);
    if arguments.check {
        refuse_copies(&arguments, context)?;
        let looked = look(&arguments, &targets, context).await?;
        return Ok(print_looked(&looked, &here, context));
    }
    let service = context.service()?;
    let progress = context.terminal.progress("asking for secrets");
    let tell = |done, total| progress.tell(done, total);
    let out = arguments.out.as_deref();
    let outcome = bake::bake(service, &targets, out, arguments.frozen, &tell).await;
    drop(progress);
    let outcome = outcome?;
    for notice in &outcome.notices {
        context.terminal.note(notice);
    }
    finish(outcome, out.is_some(), &here, context)
}

/// Where nothing is written there is no copy.
fn refuse_copies(arguments: &Arguments, context: &Context) -> Result<(), Ending> {
    if arguments.out.is_none() {
        return Ok(());
    }
    Err(Ending::Wrong {
        said: "--check writes nothing, and --out cannot stand beside it".into(),
        hint: format!("name the copies: {} bake COPY --check", context.called()),
    })
}

/// The bundle is all that goes there.
fn refuse_beside_out(arguments: &Arguments, context: &Context) -> Result<(), Ending> {
    let others = [
        (arguments.targets.len() > 1, "other targets"),
        (arguments.out.is_some(), "--out"),
        (arguments.launcher, "--launcher"),
        (arguments.launcher_file.is_some(), "--launcher-file"),
        (arguments.check, "--check"),
        (context.terminal.is_json(), "--json"),
    ];
    match others.into_iter().find(|(is_there, _)| *is_there) {
        None => Ok(()),
        Some((_, what)) => Err(Ending::Wrong {
            said: format!(
                "`-` writes the bundle to standard output, and {what} cannot stand beside it"
            ),
            hint: format!("{} bake - > secret-baker-secrets.json", context.called()),
        }),
    }
}

async fn write_out(arguments: &Arguments, context: &Context) -> Result<Exit, Ending> {
    let service = context.service()?;
    let progress = context.terminal.progress("asking for secrets");
    let tell = |done, total| progress.tell(done, total);
    let function = arguments.function.as_deref();
    let baked = bake::bundle(service, function, arguments.frozen, &tell).await;
    drop(progress);
    let (bundle, notices) = baked?;
    for notice in notices {
        context.terminal.note(&notice);
    }
    let written = context.terminal.bytes(bundle.bytes());
    written.map_err(|error| FileError::of("write", Path::new("standard output"), &error))?;
    Ok(Exit::Fine)
}

fn here() -> Result<PathBuf, FileError> {
    env::current_dir().map_err(|error| FileError::of("find", Path::new("."), &error))
}

fn targets<'a>(arguments: &'a Arguments, here: &'a Path, context: &Context) -> Targets<'a> {
    let file = arguments.launcher_file.as_ref();
    Targets {
        here,
        paths: &arguments.targets,
        function: arguments.function.as_deref(),
        launcher: arguments.launcher,
        launchers: file.map_or_else(
            || Launchers::Installed(context.launchers().clone()),
            |file| Launchers::File(here.join(file)),
        ),
    }
}

async fn look(
    arguments: &Arguments,
    targets: &Targets<'_>,
    context: &Context,
) -> Result<Vec<Look>, Ending> {
    let service = context.service()?;
    if service.options.is_off {
        context.terminal.note(&TurnedOff.to_string());
    }
    let progress = context.terminal.progress("asking for secrets");
    let tell = |done, total| progress.tell(done, total);
    Ok(bake::look(service, targets, arguments.frozen, &tell).await?)
}

/// What was done; where something has failed, what was written all the same.
fn finish(
    outcome: Outcome,
    are_copies: bool,
    here: &Path,
    context: &Context,
) -> Result<Exit, Ending> {
    let Outcome {
        artefacts,
        problems,
        ..
    } = outcome;
    let terminal = &context.terminal;
    if !problems.is_empty() {
        for carried in artefacts
            .iter()
            .filter(|carried| carried.changed || are_copies)
        {
            terminal.note(&format!("written already: {}", path_of(carried, here)));
        }
        return Err(Ending::Failed(Failure { problems }));
    }
    if terminal.is_json() {
        let artefacts: Vec<_> = artefacts
            .iter()
            .map(|carried| in_json(carried, carried.changed, here, &[]))
            .collect();
        terminal.json(&json!({"artefacts": artefacts}));
        return Ok(Exit::Fine);
    }
    let row = |carried: &Carried| vec![path_of(carried, here), names(carried), done(carried)];
    let rows: Vec<_> = artefacts.iter().map(row).collect();
    terminal.table(&["artefact", "secrets", "done"], &rows, NO_ARTEFACT);
    Ok(Exit::Fine)
}

fn print_looked(looked: &[Look], here: &Path, context: &Context) -> Exit {
    let terminal = &context.terminal;
    let lacks = |look: &Look| -> Vec<String> {
        let said = look.lacks.iter().map(|problem| problem.why.to_string());
        said.collect()
    };
    if terminal.is_json() {
        let artefacts: Vec<_> = looked
            .iter()
            .map(|look| in_json(&look.artefact, false, here, &lacks(look)))
            .collect();
        terminal.json(&json!({"artefacts": artefacts}));
    } else {
        let row = |look: &Look| {
            let lacks = lacks(look);
            let said = if lacks.is_empty() {
                "right".to_owned()
            } else {
                lacks.join("; ")
            };
            vec![path_of(&look.artefact, here), names(&look.artefact), said]
        };
        let rows: Vec<_> = looked.iter().map(row).collect();
        terminal.table(&["artefact", "secrets", "found"], &rows, NO_ARTEFACT);
    }
    if looked.iter().all(|look| look.lacks.is_empty()) {
        Exit::Fine
    } else {
        Exit::Found
    }
}

fn in_json(carried: &Carried, changed: bool, here: &Path, lacks: &[String]) -> Value {
    let functions = carried.functions.iter().filter(|name| !name.is_empty());
    json!({
        "path": from_here(&carried.path, here).to_string_lossy(),
        "functions": functions.collect::<Vec<_>>(),
        "secrets": carried.bundle.names().collect::<Vec<_>>(),
        "found": match carried.found {
            Found::Right => "right",
            Found::Missing => "missing",
            Found::Other => "other",
        },
        "strays": carried.strays,
        "changed": changed,
        "lacks": lacks,
    })
}

fn path_of(carried: &Carried, here: &Path) -> String {
    Shown::path(&from_here(&carried.path, here)).to_string()
}

fn names(carried: &Carried) -> String {
    let names: Vec<_> = carried
        .bundle
        .names()
        .map(|name| Shown::of(name).to_string())
        .collect();
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}

fn done(carried: &Carried) -> String {
    let mut done = match carried.found {
        Found::Right if carried.changed && carried.strays.is_empty() => {
            "launcher put in".to_owned()
        }
        Found::Right => "right already".to_owned(),
        Found::Missing => "put in".to_owned(),
        Found::Other => "in place of another bake's".to_owned(),
    };
    if !carried.strays.is_empty() {
        done += "; taken out: ";
        done += &carried.strays.join(", ");
    }
    done
}
