//! `secret-baker.yml`: a service that is deployed without the Serverless Framework. Its `secrets` have the grammar of the framework's
//! `custom.secretBaker`.

mod finding;
mod frameworks;
pub mod lines;
mod parts;
mod refusal;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secret_baker_core::aws::Connection;
use secret_baker_core::aws::endpoint::{SERVICES, STS};
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Failure, Problem};
use secret_baker_core::source::Deployment;
use secret_baker_core::{Request, take};
use serde_json::{Map, Value};

use self::finding::Found;
use self::lines::Lines;
use self::parts::Parts;
pub use self::refusal::NoService;
use crate::certificates;
use crate::options::Options;
use crate::service::Service;

/// What it is called.
pub const FILES: [&str; 2] = ["secret-baker.yml", "secret-baker.yaml"];

/// What the command line says of the way to AWS, and of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// `--config`: the file, instead of looking for it.
    pub file: Option<PathBuf>,
    /// `--stage`.
    pub stage: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--endpoint`.
    pub endpoint: Option<String>,
}

/// The words for what stands in such a file.
#[must_use]
pub fn caller() -> Caller {
    Caller {
        secrets: "secrets".into(),
        functions: "functions".into(),
        secrets_of_function: "secrets".into(),
        list_of_secrets: "secrets: [MY_SECRET]".into(),
        baker: "secret-baker".into(),
        region: "--region, `options.region`, AWS_REGION or `region` of the profile".into(),
        region_given: "--region or `options.region`, whichever is set".into(),
        endpoint: "--endpoint or `options.endpoint`".into(),
        local_values: "`options.local`".into(),
        allow_insecure_endpoint: "set `options.allowInsecureEndpoint: true`".into(),
        certificates: "AWS_CA_BUNDLE and NODE_EXTRA_CA_CERTS".into(),
        ..Caller::default()
    }
}

/// Finds and reads the service of a folder, or of the nearest one above it.
///
/// # Errors
/// There is none, it is the framework's, or every mistake in it at once.
pub fn open(start: &Path, given: &Given) -> Result<Service, Failure> {
    let found = Found::of(start, given)?;
    if found.is_frameworks() && !found.is_yaml() {
        let file = Shown::of(&found.named);
        let why = "is a config of the Serverless Framework";
        return Err(NoService::Framework { file, why }.into());
    }
    let text = yaml::read(start, &found.named)?;
    let whole = yaml::parse(&text, &found.named)?;
    let lines = Lines::of(&found.named, &text);
    let folder = found.folder(start).to_owned();
    let read = if found.is_frameworks() {
        of_framework(&whole, &found.named, &folder)
    } else {
        of_own(whole, given, &folder)
    };
    let (parts, caller) = read.map_err(|failure| lines.located(failure))?;
    let connection = connection(&parts.options, given)?;
    Ok(Service {
        // Whatever stands in this file was written so.
        written: Some(parts.secrets.clone()),
        config: parts.secrets,
        options: parts.options,
        functions: parts.functions,
        deployment: Deployment {
            folder,
            label: None,
        },
        file: Some(found.path),
        lines,
        stage: given.stage.clone(),
        connection,
        caller,
    })
}

fn of_own(whole: Value, given: &Given, folder: &Path) -> Result<(Parts, Caller), Failure> {
    let stage = stage_of(given)?;
    let mut problems = Vec::new();
    let whole = resolved(whole, stage.as_deref(), None, &mut problems);
    // What a variable would have given nobody knows: no more is said of it.
    let is_resolved = problems.is_empty();
    let parts = Parts::of(whole, &mut problems);
    let caller = caller();
    if is_resolved {
        right(&parts.secrets, problems, folder, &caller)?;
    } else {
        return Err(problems.into());
    }
    Ok((parts, caller))
}

fn of_framework(whole: &Value, named: &str, folder: &Path) -> Result<(Parts, Caller), Failure> {
    let mut problems = Vec::new();
    let parts = frameworks::read(whole, named, &mut problems)?;
    let caller = frameworks::caller(caller());
    right(&parts.secrets, problems, folder, &caller)?;
    Ok((parts, caller))
}

/// That nothing is wrong. What is wrong with the secrets alone their command tells; with the rest, all is told at once.
fn right(
    secrets: &Value,
    mut problems: Vec<Problem>,
    folder: &Path,
    caller: &Caller,
) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    let deployment = Deployment {
        folder: folder.to_owned(),
        label: None,
    };
    let request = Request {
        config: secrets,
        written: Some(secrets),
        deployment: &deployment,
        lock: None,
    };
    let of_secrets = take(request, caller).err();
    problems.extend(of_secrets.into_iter().flat_map(|failure| failure.problems));
    Err(problems.into())
}

/// The way to AWS of the command line, before that of the config.
///
/// # Errors
/// Certificates that cannot be used.
pub fn connection(options: &Options, given: &Given) -> Result<Connection, Failure> {
    let endpoint = given.endpoint.as_ref().or(options.endpoint.as_ref());
    let endpoints = endpoint.map_or_else(BTreeMap::new, |url| {
        let services = SERVICES.into_iter().filter(|service| *service != STS);
        services
            .map(|service| (service.host.to_owned(), url.clone()))
            .collect()
    });
    Ok(Connection {
        region: given.region.clone().or_else(|| options.region.clone()),
        endpoints,
        allow_insecure_endpoint: options.allow_insecure_endpoint,
        keys: None,
        lack: None,
        profile: given.profile.clone(),
        proxy: None,
        certificates: certificates::of_environment(|name| std::env::var_os(name))?,
    })
}

fn stage_of(given: &Given) -> Result<Option<String>, NoService> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    match &given.stage {
        Some(stage) if stage.is_empty() || stage.len() > 128 || !stage.chars().all(fits) => {
            Err(NoService::BadStage)
        }
        stage => Ok(stage.clone()),
    }
}

/// Puts the stage where `${stage}` stands. The file itself has no place.
fn resolved(
    value: Value,
    stage: Option<&str>,
    place: Option<&Place>,
    problems: &mut Vec<Problem>,
) -> Value {
    let root = || Place::from(FILES[0]);
    match value {
        Value::String(text) => {
            let place = place.cloned().unwrap_or_else(root);
            resolved_text(&text, stage, &place, problems).into()
        }
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let place = place.cloned().unwrap_or_else(root).item(index);
                resolved(item, stage, Some(&place), problems)
            })
            .collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| {
                let place = match place {
                    Some(place) => place.key(&key),
                    None => Place::from(key.as_str()),
                };
                (key, resolved(value, stage, Some(&place), problems))
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

fn resolved_text(
    text: &str,
    stage: Option<&str>,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        done.push_str(before);
        let (variable, behind) = behind.split_once('}').unwrap_or((behind, ""));
        match (variable, stage) {
            ("stage", Some(stage)) => done.push_str(stage),
            ("stage", None) => problems.push(Problem::at(place, NoService::NoStage)),
            _ => {
                let variable = Shown::of(&format!("${{{variable}}}"));
                problems.push(Problem::at(place, NoService::Variable { variable }));
            }
        }
        rest = behind;
    }
    done + rest
}

#[cfg(test)]
mod tests;
