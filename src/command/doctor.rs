//! What a newcomer gets wrong: each part of the set-up is looked at, and told with its remedy. Nothing is changed.

use std::env;

use futures_util::future::{join, join_all};
use secret_baker_core::aws::endpoint::{
    DYNAMODB, KMS, PARAMETER_STORE, SECRETS_MANAGER, Service as AwsService,
};
use secret_baker_core::aws::probe::{self, Reached};
use secret_baker_core::aws::proxy::Proxy;
use secret_baker_core::aws::{Aws, Caller as Identity, Connection};
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Failure, Problem};
use secret_baker_core::{Taken, config, take};
use serde_json::Value;

use crate::service::Service;

/// The oldest Node.js that is supported.
const NODE: u64 = 20;
/// The oldest framework that is supported.
const FRAMEWORK: u64 = 3;
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
    /// One sentence.
    pub said: String,
    /// What to do. `None`: nothing, or the sentence says it.
    pub remedy: Option<String>,
    /// That of the failure which a command would end with.
    pub code: Option<&'static str>,
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
            code: None,
        }
    }

    /// One for each problem, of the part that is to blame: `part` unless the code tells it.
    fn failed(part: &'static str, failure: &Failure, caller: &Caller) -> Vec<Self> {
        let finding = |problem: &Problem| {
            let code = problem.why.code();
            let part = match code {
                Code::Credentials => "credentials",
                Code::RegionMissing => "region",
                _ => part,
            };
            let remedy = problem.why.hint(caller);
            Self {
                code: Some(code.as_str()),
                ..Self::of(part, State::Wrong, problem.to_string(), remedy)
            }
        };
        failure.problems.iter().map(finding).collect()
    }
}

/// Looks at everything. `surroundings` is what only the one knows who runs the commands: the framework's version, its plugins, Node's
/// version. `connection` is the way to AWS where no service tells another.
pub async fn look(
    service: Result<&Service, Failure>,
    connection: Option<Connection>,
    surroundings: &Value,
    caller: &Caller,
) -> Vec<Finding> {
    let mut findings = program(surroundings);
    findings.extend(framework(surroundings));
    findings.extend(proxy());
    match service {
        Ok(service) => {
            findings.extend(of_config(service));
            let connection = service.connection.clone();
            findings.extend(way_to_aws(connection, needed(service), caller).await);
        }
        // What is wrong with the way to AWS is so without a config, too.
        Err(failure) => {
            findings.extend(Finding::failed("config", &failure, caller));
            if let Some(connection) = connection {
                let most = vec![PARAMETER_STORE, KMS];
                findings.extend(way_to_aws(connection, most, caller).await);
            }
        }
    }
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
        let said = format!("Node.js {}", Shown::of(node));
        findings.push(match major(node) {
            Some(major) if major >= NODE => Finding::fine("node", said),
            _ => Finding::wrong("node", said, "install Node.js 20 or newer"),
        });
    }
    findings
}

/// `20` of `v20.1.0`.
fn major(version: &str) -> Option<u64> {
    let major = version.trim_start_matches('v').split('.').next()?;
    major.parse().ok()
}

/// The framework's part: which one, and how the plugin stands in it.
fn framework(surroundings: &Value) -> Vec<Finding> {
    let Some(version) = surroundings["framework"].as_str() else {
        return Vec::new();
    };
    let said = format!("version {}", Shown::of(version));
    let mut findings = vec![match major(version) {
        Some(major) if major < FRAMEWORK => Finding::wrong(
            "framework",
            said,
            "install serverless 3 or 4, or osls 3 or 4",
        ),
        _ => Finding::fine("framework", said),
    }];
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

fn of_config(service: &Service) -> Vec<Finding> {
    let file = service.file.as_deref().map(Shown::path);
    let file = file.map_or_else(|| "the config".to_owned(), |file| file.to_string());
    match take(service.request(), &service.caller) {
        Ok(Taken { places, .. }) if places.is_empty() => {
            let remedy = format!("write `{}` into it", service.caller.list_of_secrets);
            let said = format!("{file} names no secret");
            vec![Finding::of("config", State::Odd, said, Some(remedy))]
        }
        Ok(Taken { places, .. }) => {
            let count = places.len();
            let entries = if count == 1 { "entry" } else { "entries" };
            vec![Finding::fine(
                "config",
                format!("{file} has {count} {entries}"),
            )]
        }
        Err(failure) => {
            let failure = service.lines.located(failure);
            Finding::failed("config", &failure, &service.caller)
        }
    }
}

/// Region, credentials, and each service that is needed.
async fn way_to_aws(
    connection: Connection,
    needed: Vec<AwsService>,
    caller: &Caller,
) -> Vec<Finding> {
    let aws = Aws::new(connection);
    let region = match aws.region().await {
        Ok(region) => region.to_owned(),
        // Region, credentials, certificates, endpoints: whichever it is, it says so.
        Err(failure) => return Finding::failed("aws", &failure, caller),
    };
    let mut findings = vec![Finding::fine("region", region.clone())];
    let probes = needed
        .iter()
        .map(|service| reach(&aws, *service, &region, caller));
    let (credentials, reached) = join(credentials(&aws, caller), join_all(probes)).await;
    findings.extend(credentials);
    findings.extend(reached.into_iter().flatten());
    once(findings)
}

async fn reach(aws: &Aws, service: AwsService, region: &str, caller: &Caller) -> Vec<Finding> {
    match probe::probe(aws, service, region).await {
        Ok(reached) => {
            let said = format!("{} answers at {}", service.name, reached.address);
            let clock = clock(&reached);
            std::iter::once(Finding::fine("reach", said))
                .chain(clock)
                .collect()
        }
        Err(failure) => Finding::failed("reach", &failure, caller),
    }
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

async fn credentials(aws: &Aws, caller: &Caller) -> Vec<Finding> {
    let finding = match aws.caller().await {
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
        Ok(Identity::Refused { said }) => Finding::wrong(
            "credentials",
            format!("STS does not take them: {said}"),
            "sign in again, or check the profile, the AWS_* variables and the clock",
        ),
        Ok(Identity::Unknown { said }) => Finding::of(
            "credentials",
            State::Unknown,
            format!("there are some; whose they are STS has not told: {said}"),
            Some("see whether AWS can be reached at all".into()),
        ),
        Err(failure) => return Finding::failed("credentials", &failure, caller),
    };
    vec![finding]
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
