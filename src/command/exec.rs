//! A command with the secrets in its environment, by the rules of the launcher in a function.

use std::collections::BTreeMap;
use std::ffi::OsString;

use secret_baker_core::aws::Aws;
use secret_baker_core::bundle;
use secret_baker_core::failure::Problem;
use secret_baker_core::preview;
use secret_baker_core::source::Progress;
use secret_baker_launcher::command::Command;
use secret_baker_launcher::failures::Failures;
use secret_baker_launcher::variables::{self, Variable, Variables};
use secret_baker_launcher::words::Words;

use crate::open::not_in_config;
use crate::opener::{Opening, Refused, locally, not_opened};
use crate::service::Service;

const WORDS: Words = Words {
    choice: "--only",
    no_choice: "leave it out",
    place: "on this machine",
};
/// All secrets.
const ALL: &str = "*";

/// What a pristine environment has beside the secrets: what programs need to be found, to know where they are and to print.
const KEPT: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    // Of Windows, where nothing starts without them.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
];

/// Which secrets, and from where.
pub struct Wish<'a> {
    /// As `SECRET_BAKER_ENV` has them: `NAME`, `NAME=VARIABLE`, `*`. `None`: all.
    pub only: Option<&'a str>,
    /// Whether their values come from the local file.
    pub local: bool,
    /// Whether what is not locked as the config has it is refused, before the settings.
    pub frozen: bool,
}

/// What a command gets.
pub struct Opened {
    /// The secrets.
    pub variables: Variables,
    /// Which of them the lock has given, with their versions. `None`: none.
    pub locked: Option<String>,
}

/// The secrets as variables, as a bake would take them now, opened.
///
/// # Errors
/// A name that no variable can have, before anything is called; else what cannot be baked, or does not open.
pub async fn opened(
    service: &Service,
    wish: &Wish<'_>,
    progress: Progress<'_>,
) -> Result<Opened, Refused> {
    let choice = wish.only.unwrap_or(ALL);
    let chosen = named(choice)?;
    let names: Option<Vec<String>> = chosen.as_ref().map(|plan| {
        let secrets = plan.iter().map(|variable| variable.secret.clone());
        secrets.collect()
    });
    // While it lives, local values can be opened.
    let mut kms = None;
    let (baked, opening) = if wish.local {
        let (baked, opening, started) = locally(service)?;
        kms = Some(started);
        (baked, opening)
    } else {
        let aws = Aws::new(service.connection.clone());
        let lock = service.lock_for_bake(wish.frozen);
        let (request, caller) = (service.locked_request(&lock), &service.caller);
        let baked = preview(request, caller, &aws, names.as_deref(), progress).await?;
        (baked, Opening::over(&aws).await?)
    };
    let plan = match chosen {
        Some(plan) => plan,
        None => variables::plan(choice, baked.bundle.names(), &WORDS).map_err(Refused::Told)?,
    };
    let missing = plan
        .iter()
        .filter(|one| !baked.bundle.contains(&one.secret));
    let missing: Vec<Problem> = missing
        .map(|one| Problem::general(not_in_config(service, &baked.bundle, &one.secret)))
        .collect();
    if !missing.is_empty() {
        return Err(Refused::Failed(missing.into()));
    }
    let is_chosen = |name: &str| plan.iter().any(|one| one.secret == name);
    let relocked = baked.relocked.as_ref();
    let locked = relocked.and_then(|relocked| relocked.held_of(is_chosen));
    let variables = set(&opening, &baked.bundle, plan).await;
    drop(kms);
    let variables = variables?;
    Ok(Opened { variables, locked })
}

/// What a choice names, where it does not mean all.
fn named(choice: &str) -> Result<Option<Vec<Variable>>, Refused> {
    let mut words = choice.split(|c: char| c == ',' || c.is_whitespace());
    if words.any(|word| word == ALL) {
        return Ok(None);
    }
    let plan = variables::plan(choice, std::iter::empty(), &WORDS);
    plan.map(Some).map_err(Refused::Told)
}

async fn set(
    opening: &Opening,
    bundle: &bundle::Bundle,
    plan: Vec<Variable>,
) -> Result<Variables, Refused> {
    let secrets = opening.secrets(bundle, bundle::FILE)?;
    // A list of its own: an iterator over the plan would keep this future from going to another thread.
    let names: Vec<String> = plan.iter().map(|one| one.secret.clone()).collect();
    let plaintexts: BTreeMap<_, _> = secrets.secrets_of(names).await.map_err(not_opened)?;
    let opened = plan.into_iter().filter_map(|variable| {
        let plaintext = plaintexts.get(&variable.secret)?.clone();
        let what = format!("secret `{}`", variable.secret);
        Some((what, (variable.name, plaintext)))
    });
    variables::set(opened.collect()).map_err(Refused::Told)
}

/// A command that did not come to run.
pub struct NotRun {
    /// Why.
    pub failures: Failures,
    /// As shells have it: 126, or 127 where it is not there.
    pub code: u8,
}

/// Becomes the command; where no process can (Windows), runs it and returns its exit code. `pristine`: with nothing else in its environment
/// but what programs need to run.
///
/// # Errors
/// It does not come to run.
pub fn become_command(
    words: Vec<OsString>,
    variables: &Variables,
    pristine: bool,
) -> Result<u8, NotRun> {
    // The command line demands one.
    let Some(command) = Command::new(words, |_| None) else {
        return Err(not_run("there is no command to run", 127));
    };
    let command = if pristine {
        command.keeping_only(is_kept)
    } else {
        command
    };
    run(command, variables)
}

fn is_kept(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    KEPT.contains(&name.as_str()) || name.starts_with("LC_")
}

#[cfg(unix)]
fn run(command: Command, variables: &Variables) -> Result<u8, NotRun> {
    inherited();
    let before = blocking();
    let failure = command.become_with(variables, &WORDS);
    again(before);
    Err(not_run(&failure.sentence, failure.code))
}

#[cfg(not(unix))]
fn run(command: Command, variables: &Variables) -> Result<u8, NotRun> {
    let ended = command.wait_with(variables, &WORDS);
    ended.map_err(|failure| not_run(&failure.sentence, failure.code))
}

fn not_run(sentence: &str, code: u8) -> NotRun {
    NotRun {
        failures: Failures::of_command(sentence, &format!(", exit code {code}")),
        code,
    }
}

/// Node.js marks its own standard streams to be closed when another program takes its place, so that no child has them by accident: here
/// they are the command's.
#[cfg(unix)]
fn inherited() {
    use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
    let streams = [
        rustix::stdio::stdin(),
        rustix::stdio::stdout(),
        rustix::stdio::stderr(),
    ];
    for stream in streams {
        if let Ok(flags) = fcntl_getfd(stream) {
            // One that is closed stays so.
            let _ = fcntl_setfd(stream, flags - FdFlags::CLOEXEC);
        }
    }
}

/// Node.js reads and writes pipes without waiting, and its mode outlives it, since it is the pipe's: a command that knows nothing of that
/// loses what it writes. Returns what was there.
#[cfg(unix)]
fn blocking() -> Vec<rustix::fs::OFlags> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    let streams = [
        rustix::stdio::stdin(),
        rustix::stdio::stdout(),
        rustix::stdio::stderr(),
    ];
    let before = streams.iter().map(|stream| {
        let flags = fcntl_getfl(stream).unwrap_or(OFlags::empty());
        if flags.contains(OFlags::NONBLOCK) {
            // One that is closed has no mode.
            let _ = fcntl_setfl(stream, flags - OFlags::NONBLOCK);
        }
        flags
    });
    before.collect()
}

/// As they were, since this process goes on.
#[cfg(unix)]
fn again(before: Vec<rustix::fs::OFlags>) {
    let streams = [
        rustix::stdio::stdin(),
        rustix::stdio::stdout(),
        rustix::stdio::stderr(),
    ];
    for (stream, flags) in streams.iter().zip(before) {
        if flags.contains(rustix::fs::OFlags::NONBLOCK) {
            let _ = rustix::fs::fcntl_setfl(stream, flags);
        }
    }
}
