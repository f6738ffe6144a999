//! The set-up, part by part.

use secret_baker_command::doctor::{self, Finding, State};
use secret_baker_core::contract::PAGE;
use serde_json::json;

use crate::context::Context;
use crate::ending::{Ending, Exit};

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker doctor")]
pub struct Arguments {}

/// Prints each part with its remedy; exit code 1 where one does not work.
///
/// # Errors
/// Never: what fails is a finding.
pub async fn run(_: Arguments, context: &Context) -> Result<Exit, Ending> {
    let terminal = &context.terminal;
    let caller = context.caller();
    let (service, connection) = (context.service(), context.connection());
    let caller = service
        .as_ref()
        .map_or(caller, |service| service.caller.clone());
    let findings = doctor::look(service, connection, context.surroundings(), &caller).await;
    if terminal.is_json() {
        let all: Vec<_> = findings.iter().map(as_json).collect();
        terminal.json(&json!({ "findings": all }));
    } else {
        for finding in &findings {
            terminal.line(&format!(
                "{:7} {:12} {}",
                word(finding.state),
                finding.part,
                finding.said
            ));
            if let Some(remedy) = &finding.remedy {
                terminal.line(&format!("{:20} hint: {remedy}", ""));
            }
            if let Some(code) = finding.code {
                terminal.line(&format!("{:20} more: {PAGE}#{}", "", code.to_lowercase()));
            }
        }
    }
    Ok(if doctor::is_wrong(&findings) {
        Exit::Found
    } else {
        Exit::Fine
    })
}

fn as_json(finding: &Finding) -> serde_json::Value {
    json!({
        "part": finding.part,
        "state": word(finding.state),
        "said": finding.said,
        "remedy": finding.remedy,
        "code": finding.code,
    })
}

fn word(state: State) -> &'static str {
    match state {
        State::Fine => "fine",
        State::Odd => "odd",
        State::Wrong => "wrong",
        State::Unknown => "unknown",
    }
}
