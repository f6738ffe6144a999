//! Creating and updating.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use secret_baker_command::set::{self, Bench, Done, How, LOCK, LONGEST, Partly, Plan, Wanted};
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::source::store::{Doing, Wishes};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::ending::{Ending, Exit};
use crate::prompt;
use crate::signals::Writing;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The value is asked for, hidden and twice; or it is read from standard input, where that is a pipe. One line end behind it is taken off. It is never an argument: those stand in the shell's history and in the list of processes.\n\nExample: secret-baker set DB_PASSWORD"
)]
pub struct Arguments {
    /// The secret, by its name in the config
    #[arg(value_name = "NAME", required_unless_present = "env_file")]
    pub name: Option<String>,
    /// Whatever else was typed may be the value: it is refused, and shown nowhere
    #[arg(hide = true, num_args = 0..)]
    pub more: Vec<std::ffi::OsString>,
    /// Take the value from this file, as it is; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["generate", "env_file"])]
    pub from_file: Option<PathBuf>,
    /// Generate a value of so many characters (32), which is shown nowhere
    #[arg(long, value_name = "LENGTH", num_args = 0..=1, require_equals = true, default_missing_value = "32", value_parser = clap::value_parser!(u16).range(16..=4096))]
    pub generate: Option<u16>,
    /// Write nothing where the value is the same already; reads it, by your own right to decrypt
    #[arg(long)]
    pub skip_unchanged: bool,
    /// Label the new version
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// The customer managed KMS key of what is new: an ARN, an id or `alias/NAME`
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Set it in the file of local values instead
    #[arg(long)]
    pub local: bool,
    /// Set all secrets of a file of lines `NAME=value`, after a look at what will be done
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "generate"])]
    pub env_file: Option<PathBuf>,
    /// Ask nothing
    #[arg(long)]
    pub yes: bool,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    typed_no_value(&arguments)?;
    let service = context.service()?;
    let how = How {
        wishes: Wishes {
            key: arguments.key.clone(),
            label: arguments.label.clone(),
            skip_unchanged: arguments.skip_unchanged,
        },
        local: arguments.local,
    };
    let bench = Bench::open(service, &how)?;
    let wanted = wanted(&arguments, &bench)?;
    // Whoever was asked may have taken longer than all calls may take.
    let bench = Bench::open(service, &how)?;
    let again;
    let mut plan = bench.plan(&wanted).await?;
    announce(&arguments, context, &plan);
    if arguments.env_file.is_some() && agreed(&arguments, &plan)? {
        drop(plan);
        again = Bench::open(service, &how)?;
        plan = again.plan(&wanted).await?;
    }
    let total = plan.items.len();
    let outcome = {
        let progress = context.terminal.progress("setting secrets");
        let writing = Writing::begun();
        let told = |done| {
            progress.tell(done, total);
            writing.go_on()
        };
        plan.write(told).await
    };
    match outcome {
        Ok(done) => {
            tell(context, &done);
            Ok(Exit::Fine)
        }
        Err(partly) => told_partly(context, partly),
    }
}

/// What stands behind the name, or behind a `=`, may be the value: it is shown nowhere.
fn typed_no_value(arguments: &Arguments) -> Result<(), Ending> {
    let has_value = arguments
        .name
        .as_ref()
        .is_some_and(|name| name.contains('='));
    if !has_value && arguments.more.is_empty() {
        return Ok(());
    }
    Err(Ending::Wrong {
        said: "a value is never taken from the command line: it would stand in the shell's history and in the list of processes".into(),
        hint: "type the name alone, and the value where it is asked for; if one was typed, choose another".into(),
    })
}

fn wanted(arguments: &Arguments, bench: &Bench<'_>) -> Result<Vec<Wanted>, Ending> {
    let here = Path::new(".");
    if let Some(file) = &arguments.env_file {
        let wanted = set::of_lines(here, file)?;
        if wanted.is_empty() {
            return Err(Ending::Wrong {
                said: "the file has no `NAME=value`".into(),
                hint: "write one a line".into(),
            });
        }
        return Ok(wanted);
    }
    let name = arguments.name.clone().unwrap_or_default();
    bench.knows(&name)?;
    let value = match (&arguments.from_file, arguments.generate) {
        (Some(file), _) if file.as_os_str() == "-" => of_stdin()?,
        (Some(file), _) => set::of_file(here, file)?,
        (None, Some(length)) => set::generate(length.into())?,
        (None, None) if io::stdin().is_terminal() => asked(&name)?,
        (None, None) => of_stdin()?,
    };
    Ok(vec![Wanted { name, value }])
}

fn asked(name: &str) -> Result<Zeroizing<Vec<u8>>, Ending> {
    let shown = Shown::of(name);
    let value = prompt::hidden(&format!("Value of {shown}:"))?;
    let mut value = Zeroizing::new(value.as_bytes().to_vec());
    take_line_end(&mut value);
    Ok(value)
}

/// `echo`, editors and whoever copies a line put one there.
fn take_line_end(value: &mut Vec<u8>) {
    if value.ends_with(b"\n") {
        value.pop();
        if value.ends_with(b"\r") {
            value.pop();
        }
    }
}

/// Read as far as any source takes it, without one line end.
fn of_stdin() -> Result<Zeroizing<Vec<u8>>, Ending> {
    // As long as it can become: no copy of it is left where it has grown.
    let mut value = Zeroizing::new(Vec::with_capacity(LONGEST + 3));
    let read = io::stdin()
        .lock()
        .take(LONGEST as u64 + 3)
        .read_to_end(&mut value);
    read.map_err(|error| Ending::Wrong {
        said: format!("standard input cannot be read: {error}"),
        hint: "give the value by --from-file FILE".into(),
    })?;
    take_line_end(&mut value);
    Ok(value)
}

/// Says what should be known before anything is written; of many, what will be done too, without a value.
fn announce(arguments: &Arguments, context: &Context, plan: &Plan<'_>) {
    for notice in plan.items.iter().flat_map(|item| &item.draft.notices) {
        context.terminal.note(notice);
    }
    if arguments.env_file.is_none() {
        return;
    }
    for item in &plan.items {
        let what = match item.draft.doing {
            Doing::Create => "new",
            Doing::Change => "changed",
            Doing::Leave => "unchanged",
        };
        let line = format!("{}: {what}, {}", item.name, item.draft.to);
        context.terminal.note(&line);
    }
}

/// Whether somebody was asked; `Err`: they said no.
fn agreed(arguments: &Arguments, plan: &Plan<'_>) -> Result<bool, Ending> {
    let writes = plan.items.iter();
    let writes = writes.filter(|item| item.draft.doing != Doing::Leave);
    let count = writes.count();
    if arguments.yes || count == 0 {
        return Ok(false);
    }
    let question = format!("Write {count} of them?");
    if prompt::confirm(&question, "add --yes")? {
        Ok(true)
    } else {
        Err(Ending::Stopped)
    }
}

fn word(doing: Doing) -> &'static str {
    match doing {
        Doing::Create => "created",
        Doing::Change => "changed",
        Doing::Leave => "unchanged",
    }
}

fn tell(context: &Context, done: &[Done]) {
    let terminal = &context.terminal;
    if terminal.is_json() {
        let secrets: Vec<Value> = done.iter().map(|one| described(context, one)).collect();
        terminal.json(&json!({ "secrets": secrets }));
    } else {
        let (by_hand, rest): (Vec<_>, Vec<_>) = done.iter().partition(|one| one.by_hand.is_some());
        let row = |one: &&Done| {
            vec![
                one.name.to_string(),
                word(one.doing).to_owned(),
                one.version.clone().unwrap_or_else(|| "-".into()),
                one.to.to_string(),
            ]
        };
        let rows: Vec<_> = rest.iter().map(row).collect();
        if !rows.is_empty() {
            let header = ["name", "done", "version", "where"];
            terminal.table(&header, &rows, "nothing was set");
        }
        for (text, _) in by_hand.iter().filter_map(|one| one.by_hand.as_ref()) {
            terminal.line(text);
        }
    }
    for one in done {
        advise(context, one);
    }
}

/// What is left to do, on stderr.
fn advise(context: &Context, done: &Done) {
    let (terminal, name) = (&context.terminal, &done.name);
    for notice in &done.notices {
        terminal.note(notice);
    }
    if let Some(file) = &done.file {
        terminal.note(&format!("{name}: {file} was written"));
    }
    if let Some((_, why)) = &done.by_hand {
        terminal.note(&format!(
            "{name}: put the ciphertext into the config by hand: {why}"
        ));
    }
    for pin in &done.pins {
        terminal.note(&format!(
            "{} still means `{}`: {}",
            pin.place, pin.pin, pin.remedy
        ));
    }
    if done.is_locked {
        let called = context.called();
        terminal.note(&format!(
            "{LOCK} still has what was there before: {called} update {name}"
        ));
    }
}

fn described(context: &Context, done: &Done) -> Value {
    let pins = done.pins.iter().map(|pin| {
        json!({
            "place": pin.place.to_string(),
            "pin": pin.pin.as_str(),
            "remedy": pin.remedy.as_str(),
        })
    });
    let lock = json!({
        "place": LOCK,
        "pin": null,
        "remedy": format!("{} update {}", context.called(), done.name),
    });
    let pins: Vec<Value> = pins.chain(done.is_locked.then_some(lock)).collect();
    json!({
        "name": done.name.as_str(),
        "done": word(done.doing),
        "where": done.to.as_str(),
        "version": done.version,
        "file": done.file.as_ref().map(Shown::as_str),
        "ciphertext": done.by_hand.as_ref().map(|(text, _)| text),
        "stillPinned": pins,
    })
}

/// What was written is told, and then why the rest was not.
fn told_partly(context: &Context, partly: Partly) -> Result<Exit, Ending> {
    for one in &partly.done {
        advise(context, one);
    }
    if !partly.done.is_empty() || partly.left.len() > 1 {
        let names = |names: Vec<&str>| match names.as_slice() {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        let written = partly.done.iter().map(|one| one.name.as_str()).collect();
        let left = partly.left.iter().map(Shown::as_str).collect();
        let text = format!("written: {}; not written: {}", names(written), names(left));
        context.terminal.note(&text);
    }
    partly
        .failure
        .map_or(Ok(Exit::Failed), |failure| Err(failure.into()))
}
