//! What a newcomer gets wrong: each part of the set-up is looked at, and told with its remedy. Nothing is changed.

use std::env;

use secret_baker_core::aws::endpoint::{
    DYNAMODB, KMS, PARAMETER_STORE, SECRETS_MANAGER, Service as AwsService,
};
use secret_baker_core::aws::probe::{self, Reached};
use secret_baker_core::aws::proxy::Proxy;
use secret_baker_core::aws::{Aws, Caller as Identity};
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Failure};
use secret_baker_core::{Taken, config, take};
use serde_json::Value;

use crate::service::Service;

/// The oldest Node.js that is supported.
const NODE: u64 = 20;
/// AWS refuses what was signed more than five minutes early or late.
const REFUSED: i64 = 300;
/// What is so far off will be refused some day.
const ODD: i64 = 60;

/// What was found of one part of the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which part, such as `credentials`.
    pub part: &'static str,
    /// How it is.
    pub state: State,
    /// One sentence, or a failure with all its problems.
    pub said: String,
    /// What to do. `None`: nothing, or the sentence says it.
    pub remedy: Option<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Fine,
    /// It works, and may not some day.
    Odd,
    /// It does not work.
    Wrong,
    /// Nobody could tell.
    Unknown,
}

impl Finding {
    fn fine(part: &'static str, said: impl Into<String>) -> Self {
        Self::of(part, State::Fine, said, None)
    }

    fn wrong(part: &'static str, said: impl Into<String>, remedy: &str) -> Self {
        Self::of(part, State::Wrong, said, Some(remedy.to_owned()))
    }

    fn of(
        part: &'static str,
        state: State,
        said: impl Into<String>,
        remedy: Option<String>,
    ) -> Self {
        let said = said.into();
        Self {
            part,
            state,
            said,
            remedy,
        }
    }

    fn failed(part: &'static str, failure: &Failure, caller: &Caller) -> Self {
        Self::of(part, State::Wrong, failure.told(caller), None)
    }
}

/// Looks at everything. `surroundings` is what only the one knows who runs the commands: `docs/commands/doctor.md` has its shape.
pub async fn look(
    service: Result<&Service, Failure>,
    surroundings: &Value,
    caller: &Caller,
) -> Vec<Finding> {
    let mut findings = program(surroundings);
    findings.extend(framework(surroundings));
    findings.extend(proxy());
    let service = match service {
        Ok(service) => service,
        Err(failure) => {
            findings.push(Finding::failed("config", &failure, caller));
            return findings;
        }
    };
    findings.push(of_config(service));
    findings.extend(way_to_aws(service).await);
    findings
}

fn program(surroundings: &Value) -> Vec<Finding> {
    let version = env!("CARGO_PKG_VERSION");
    let (system, processor) = (env::consts::OS, env::consts::ARCH);
    let own = format!("secret-baker {version} for {system} on {processor}");
    let binary = surroundings["binary"].as_str();
    let own = binary.map_or(own.clone(), |path| format!("{own}, {}", Shown::of(path)));
    let mut findings = vec![Finding::fine("program", own)];
    if let Some(node) = surroundings["node"].as_str() {
        let major = node.trim_start_matches('v').split('.').next();
        let major = major.and_then(|major| major.parse::<u64>().ok());
        let said = format!("Node.js {}", Shown::of(node));
        findings.push(match major {
            Some(major) if major >= NODE => Finding::fine("node", said),
            _ => Finding::wrong("node", said, "install Node.js 20 or newer"),
        });
    }
    findings
}

/// The framework's part: which one, and how the plugin stands in it.
fn framework(surroundings: &Value) -> Vec<Finding> {
    let Some(version) = surroundings["framework"].as_str() else {
        return Vec::new();
    };
    let mut findings = vec![Finding::fine(
        "framework",
        format!("version {}", Shown::of(version)),
    )];
    let plugins: Vec<&str> = surroundings["plugins"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let own = plugins
        .iter()
        .filter(|name| **name == "serverless-secret-baker");
    findings.push(match own.count() {
        1 => Finding::fine(
            "plugins",
            format!("one of {}; any order does", plugins.len()),
        ),
        0 => Finding::of(
            "plugins",
            State::Odd,
            "the plugin is loaded, and `plugins` does not name it",
            Some("add `serverless-secret-baker` to `plugins`".into()),
        ),
        _ => Finding::wrong(
            "plugins",
            "`plugins` names it more than once",
            "leave one `serverless-secret-baker` there",
        ),
    });
    findings
}

/// A proxy that the environment names.
fn proxy() -> Option<Finding> {
    let address = "https://ssm.eu-central-1.amazonaws.com";
    let proxy = Proxy::of(address, None)?;
    Some(Finding::fine(
        "proxy",
        format!("{} is between here and AWS", proxy.shown()),
    ))
}

fn of_config(service: &Service) -> Finding {
    let file = service.file.as_deref().map(Shown::path);
    let file = file.map_or_else(|| "the config".to_owned(), |file| file.to_string());
    match take(service.request(), &service.caller) {
        Ok(Taken { places, .. }) if places.is_empty() => Finding::of(
            "config",
            State::Odd,
            format!("{file} names no secret"),
            Some(format!(
                "write `{}` into it",
                service.caller.list_of_secrets
            )),
        ),
        Ok(Taken { places, .. }) => {
            let count = places.len();
            let entries = if count == 1 { "entry" } else { "entries" };
            Finding::fine("config", format!("{file} has {count} {entries}"))
        }
        Err(failure) => Finding::failed("config", &failure, &service.caller),
    }
}

/// Region, credentials, and each service that the config needs.
async fn way_to_aws(service: &Service) -> Vec<Finding> {
    let aws = Aws::new(service.connection.clone());
    let region = match aws.region().await {
        Ok(region) => region.to_owned(),
        // Region, credentials, certificates, endpoints: whichever it is, it says so.
        Err(failure) => return vec![Finding::failed("aws", &failure, &service.caller)],
    };
    let mut findings = vec![Finding::fine("region", region.clone())];
    findings.push(credentials(&aws).await);
    for needed in needed(service) {
        match probe::probe(&aws, needed, &region).await {
            Ok(reached) => {
                findings.push(Finding::fine(
                    "reach",
                    format!("{} answers at {}", needed.name, reached.address),
                ));
                findings.extend(clock(&reached));
            }
            Err(failure) => findings.push(Finding::failed("reach", &failure, &service.caller)),
        }
    }
    once(findings)
}

/// What several services told of the clock is told once.
fn once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        if finding.part != "clock" || kept.iter().all(|other| other.part != "clock") {
            kept.push(finding);
        }
    }
    kept
}

async fn credentials(aws: &Aws) -> Finding {
    match aws.caller().await {
        Ok(Identity::Known { account, arn }) => Finding::fine(
            "credentials",
            format!("account {account}, {}", Shown::of(&arn)),
        ),
        Ok(Identity::NotAsked) => Finding::of(
            "credentials",
            State::Unknown,
            "there are some; whose they are was not asked, since another service has an endpoint of its own and STS has none",
            Some("set AWS_ENDPOINT_URL_STS to ask there".into()),
        ),
        Ok(Identity::Unknown { said }) => Finding::of(
            "credentials",
            State::Wrong,
            format!("STS does not take them: {said}"),
            Some("sign in again, or check the profile and the AWS_* variables".into()),
        ),
        Err(failure) => Finding::failed("credentials", &failure, &Caller::default()),
    }
}

/// The services that the config's entries are kept at, and KMS, which the functions call.
fn needed(service: &Service) -> Vec<AwsService> {
    let sources = secret_baker_core::source::all(&service.deployment);
    let keys: Vec<_> = sources.iter().map(|source| source.keys()).collect();
    let root = Place::from(service.caller.secrets.as_str());
    let entries = config::entries(&service.config, service.written.as_ref(), &root, &keys);
    let mut needed = Vec::new();
    for entry in entries.into_iter().flatten() {
        let kept_at = match keys[entry.source].own {
            "path" => PARAMETER_STORE,
            "credstash" => DYNAMODB,
            "secretsManager" => SECRETS_MANAGER,
            _ => continue,
        };
        if !needed.contains(&kept_at) {
            needed.push(kept_at);
        }
    }
    needed.push(KMS);
    needed
}

fn clock(reached: &Reached) -> Option<Finding> {
    let ahead = reached.ahead?;
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let said = format!("{} seconds {side} that of AWS", ahead.abs());
    let remedy = "set the clock of this machine: AWS refuses what was signed more than five minutes early or late";
    Some(match ahead.abs() {
        off if off >= REFUSED => Finding::wrong("clock", said, remedy),
        off if off >= ODD => Finding::of("clock", State::Odd, said, Some(remedy.into())),
        _ => Finding::fine("clock", "as that of AWS"),
    })
}

/// Whether anything does not work.
#[must_use]
pub fn is_wrong(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.state == State::Wrong)
}

#[cfg(test)]
mod tests;
