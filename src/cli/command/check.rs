//! A preflight.

use secret_baker_command::check::{self, Checked, Finding, Level, Report, role};
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::source::survey::Pin;
use serde_json::{Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};
use crate::terminal::NO_SECRET;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker check --role arn:aws:iam::123456789012:role/api")]
pub struct Arguments {
    /// The role that the functions run as: an ARN or a name
    #[arg(long, value_name = "ARN", value_parser = a_role)]
    pub role: Option<String>,
}

fn a_role(text: &str) -> Result<String, String> {
    role::named(text).map(|()| text.to_owned())
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let progress = context.terminal.progress("asking for secrets");
    let tell = |done, total| progress.tell(done, total);
    let role = arguments.role.as_deref();
    let report = Box::pin(check::check(context.service()?, role, &tell)).await?;
    drop(progress);
    let terminal = &context.terminal;
    if terminal.is_json() {
        terminal.json(&as_json(&report));
    } else if terminal.is_terminal() {
        print_table(&report, context);
    } else {
        print_lines(&report, context);
    }
    if let Some(note) = unasked(&report).filter(|_| role.is_none()) {
        terminal.note(&note);
    }
    // What was asked for by name and could not be looked at is no success.
    let is_open = role.is_some() && report.has(Level::Unchecked);
    if is_open || report.has(Level::Problem) {
        return Ok(Exit::Found);
    }
    Ok(Exit::Fine)
}

/// Whose rights were not looked at, since nobody knows their role before it is deployed.
fn unasked(report: &Report) -> Option<String> {
    let remedy = "so none was asked for: name it by --role ARN";
    if report.roles.is_empty() {
        return Some(format!("no role of a function is known, {remedy}"));
    }
    let of: Vec<_> = report.without_role.iter().map(|key| shown(key)).collect();
    let of = Some(of).filter(|of| !of.is_empty())?.join(", ");
    Some(format!("no role of {of} is known, {remedy}"))
}

fn print_table(report: &Report, context: &Context) {
    let header = ["name", "source", "version", "pin", "key", "tier", "result"];
    let rows: Vec<Vec<String>> = report.secrets.iter().map(row).collect();
    context.terminal.table(&header, &rows, NO_SECRET);
    for secret in &report.secrets {
        for finding in &secret.findings {
            print(secret.survey.name.shown().as_str(), finding, context);
        }
    }
    for finding in &report.findings {
        print("all", finding, context);
    }
}

fn print(name: &str, finding: &Finding, context: &Context) {
    let level = finding.level.as_str();
    let said = Shown::of(&finding.said);
    context.terminal.line(&format!("{level}: {name}: {said}"));
    if let Some(hint) = &finding.hint {
        context.terminal.line(&format!("  hint: {hint}"));
    }
}

fn row(secret: &Checked) -> Vec<String> {
    let survey = &secret.survey;
    let tier = survey.tier.known().cloned().flatten();
    vec![
        survey.name.shown().to_string(),
        survey.source.to_owned(),
        secret.version.as_deref().map_or_else(String::new, shown),
        if secret.is_locked {
            "lock".into()
        } else {
            pin(&survey.pin)
        },
        secret.key.as_deref().map_or_else(String::new, shown),
        tier.as_deref().map_or_else(String::new, shown),
        secret.level().as_str().to_owned(),
    ]
}

fn shown(text: &str) -> String {
    Shown::of(text).to_string()
}

fn pin(pin: &Pin) -> String {
    match pin {
        Pin::Floating => "latest".into(),
        Pin::Version(version) | Pin::Label(version) => shown(version),
        Pin::Here => String::new(),
    }
}

/// A line for each secret, and one below for each finding.
fn print_lines(report: &Report, context: &Context) {
    if report.secrets.is_empty() {
        context.terminal.note(NO_SECRET);
    }
    for secret in &report.secrets {
        let mut cells = row(secret);
        let level = cells.pop().unwrap_or_default();
        cells.insert(0, level);
        context.terminal.line(&cells.join("\t"));
        for finding in &secret.findings {
            let name = secret.survey.name.shown();
            context.terminal.line(&line(name.as_str(), finding));
        }
    }
    for finding in &report.findings {
        context.terminal.line(&line("", finding));
    }
}

fn line(name: &str, finding: &Finding) -> String {
    let Finding {
        level,
        code,
        said,
        hint,
    } = finding;
    let hint = hint.as_deref().unwrap_or_default();
    [level.as_str(), name, code, &shown(said), &shown(hint)].join("\t")
}

fn as_json(report: &Report) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "level": finding.level.as_str(),
            "code": finding.code,
            "message": finding.said,
            "hint": finding.hint,
        })
    };
    let findings = |all: &[Finding]| all.iter().map(finding).collect::<Vec<_>>();
    let secrets = report.secrets.iter().map(|secret| {
        let survey = &secret.survey;
        let pin = pin(&survey.pin);
        json!({
            "name": survey.name.shown().as_str(),
            "source": survey.source,
            "from": survey.from.as_str(),
            "region": survey.region,
            "version": secret.version,
            "pin": Some(pin).filter(|pin| !pin.is_empty()),
            "locked": secret.is_locked,
            "key": secret.key,
            "tier": survey.tier.known().cloned().flatten(),
            "level": secret.level().as_str(),
            "findings": findings(&secret.findings),
        })
    });
    json!({
        "secrets": secrets.collect::<Vec<_>>(),
        "findings": findings(&report.findings),
        "roles": report.roles,
    })
}
