//! The least policies, as IAM takes them.

use secret_baker_command::iam::{
    LONGEST_INLINE, LONGEST_MANAGED, Policies, Policy, Whose, policies,
};
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::ending::{Ending, Exit};
use crate::terminal::Terminal;

/// What a policy is called where the service names no functions.
const EVERY_FUNCTION: &str = "every function";

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: secret-baker iam --role function")]
pub struct Arguments {
    /// Only this one
    #[arg(long, value_name = "WHO")]
    pub role: Option<Role>,
}

/// Whose policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// The role that deploys
    Deploy,
    /// The role that a function runs as
    Function,
}

/// Runs it.
///
/// # Errors
/// What it failed of.
pub async fn run(arguments: Arguments, context: &Context) -> Result<Exit, Ending> {
    let terminal = &context.terminal;
    let whose = match arguments.role {
        None => Whose::All,
        Some(Role::Deploy) => Whose::Deployment,
        Some(Role::Function) => Whose::Functions,
    };
    let service = context.service()?;
    let found = {
        let progress = terminal.progress("asking for secrets");
        let told = |done, total| progress.tell(done, total);
        Box::pin(policies(service, whose, &told)).await?
    };
    for notice in &found.notices {
        terminal.note(notice);
    }
    let all = headed(&found);
    for (heading, policy) in &all {
        if let Some(sentence) = too_long(heading, policy) {
            terminal.note(&sentence);
        }
    }
    print(terminal, &found, &all);
    Ok(Exit::Fine)
}

/// In a pipe a single policy stands alone, so that it can be handed on as it is; several are one object, as with `--json`.
fn print(terminal: &Terminal, found: &Policies, all: &[(String, &Policy)]) {
    match all {
        _ if terminal.is_json() => terminal.json(&json(found)),
        [] => terminal.note("nothing needs to be allowed"),
        [(_, policy)] if !terminal.is_terminal() => terminal.line(&format!("{:#}", policy.json())),
        _ if !terminal.is_terminal() => terminal.line(&format!("{:#}", json(found))),
        all => {
            let texts = all
                .iter()
                .map(|(heading, policy)| format!("{heading}\n{:#}", policy.json()));
            terminal.line(&texts.collect::<Vec<_>>().join("\n\n"));
        }
    }
}

/// Each policy under what it is for. Functions with the same one share it.
fn headed(found: &Policies) -> Vec<(String, &Policy)> {
    let deployment = found.deployment.iter();
    let mut all: Vec<_> = deployment
        .map(|policy| ("The role that deploys".to_owned(), policy))
        .collect();
    let mut shared: Vec<(Vec<&str>, &Policy)> = Vec::new();
    for one in &found.functions {
        let key = one.key.as_deref().unwrap_or(EVERY_FUNCTION);
        match shared.iter_mut().find(|(_, policy)| **policy == one.policy) {
            Some((keys, _)) => keys.push(key),
            None => shared.push((vec![key], &one.policy)),
        }
    }
    let functions = shared.into_iter().map(|(keys, policy)| {
        let keys = keys.join(", ");
        (format!("The role of {keys}"), policy)
    });
    all.extend(functions);
    all
}

fn json(found: &Policies) -> Value {
    let functions = found.functions.iter().map(|one| {
        let key = one.key.as_deref().unwrap_or(EVERY_FUNCTION);
        (key.to_owned(), one.policy.json())
    });
    json!({
        "deploy": found.deployment.as_ref().map(Policy::json),
        "functions": functions.collect::<Map<_, _>>(),
    })
}

fn too_long(heading: &str, policy: &Policy) -> Option<String> {
    let length = policy.length();
    let what = if length > LONGEST_INLINE {
        format!(
            "more than the {LONGEST_INLINE} that all inline policies of a role may have together: split it, or give functions roles of their own"
        )
    } else if length > LONGEST_MANAGED {
        format!(
            "more than the {LONGEST_MANAGED} of a managed policy: put it into the role as an inline one, or split it"
        )
    } else {
        return None;
    };
    Some(format!(
        "{heading}: the policy has {length} characters, {what}"
    ))
}
