//! `secret-baker.yml`: a service that is deployed without the Serverless Framework. Its `secrets` have the grammar of the framework's
//! `custom.secretBaker`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secret_baker_core::aws::Connection;
use secret_baker_core::aws::endpoint::{SERVICES, STS};
use secret_baker_core::config::Text;
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, Failure, Problem, did_you_mean, nearest};
use secret_baker_core::source::{Deployment, input_file};
use secret_baker_core::{Request, take};
use serde_json::{Map, Value};

use crate::certificates;
use crate::options::{Options, env, list};
use crate::service::{Function, Service};

/// What it is called.
pub const FILES: [&str; 2] = ["secret-baker.yml", "secret-baker.yaml"];
/// What belongs to the framework.
const FRAMEWORKS: [&str; 8] = [
    "serverless.yml",
    "serverless.yaml",
    "serverless.json",
    "serverless.js",
    "serverless.cjs",
    "serverless.mjs",
    "serverless.ts",
    "serverless.cts",
];
/// More than anybody writes.
const LARGEST: usize = 1024 * 1024;
const KEYS: &[&str] = &["secrets", "options", "functions"];
const KEYS_OF_FUNCTION: &[&str] = &["secrets", "artefact", "env", "architecture", "name", "role"];

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

/// There is no config that can be read here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoService {
    /// None is in this folder or above it.
    #[error("there is no secret-baker.yml in {folder} or above it")]
    Missing {
        /// Where it was looked for.
        folder: Shown,
    },
    /// Only the framework can read it.
    #[error("{file} {why}, which only the framework itself resolves")]
    Framework {
        /// Its config.
        file: Shown,
        /// What it has.
        why: &'static str,
    },
    /// Its text is not what it must be.
    #[error("{file}: {said}")]
    Unreadable {
        /// The file.
        file: Shown,
        /// In the parser's words, with the line.
        said: Shown,
    },
    /// A key that nobody knows.
    #[error("there is no `{key}` here{}", did_you_mean(nearest(key.as_str(), known.iter().copied())))]
    Unknown {
        /// As it was written.
        key: Shown,
        /// Those that there are.
        known: &'static [&'static str],
    },
    /// It has another form.
    #[error("must be {what}")]
    Form {
        /// What belongs there.
        what: &'static str,
    },
    /// A variable that is none of ours.
    #[error("`{variable}` is no variable of this file")]
    Variable {
        /// As it was written.
        variable: Shown,
    },
    /// Nobody said which.
    #[error("`${{stage}}` stands here, and no stage is given")]
    NoStage,
    /// It may become a part of paths.
    #[error(
        "the stage has other characters than letters, digits, `_`, `.` and `-`, or more than 128 of them"
    )]
    BadStage,
}

impl Explain for NoService {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. } => Code::File,
            _ => Code::ConfigInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "write one, such as `secrets: [/app/prod/db-password]`; with the Serverless Framework the command is `serverless secret-baker`".into(),
            Self::Framework { .. } => "run `serverless secret-baker` with the same words".into(),
            Self::Unknown { known, .. } => format!("there are {}", known.join(", ")),
            Self::Variable { .. } => format!("the only one is `${{stage}}`; {}", caller.write_it_out),
            Self::NoStage | Self::BadStage => "name it: --stage NAME".into(),
            Self::Unreadable { .. } | Self::Form { .. } => return None,
        })
    }
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
    let file = match &given.file {
        Some(file) => start.join(file),
        None => found(start)?,
    };
    let is_frameworks = file
        .file_name()
        .is_some_and(|name| FRAMEWORKS.iter().any(|known| name == *known));
    let folder = file.parent().unwrap_or(start).to_owned();
    let whole = read(&folder, &file, is_frameworks)?;
    if is_frameworks {
        return of_framework(&whole, &file, folder, given);
    }
    let stage = stage_of(given)?;
    let mut problems = Vec::new();
    let whole = resolved(
        whole,
        stage.as_deref(),
        &Place::from("secret-baker.yml"),
        &mut problems,
    );
    // What a variable would have given nobody knows: no more is said of it.
    let is_resolved = problems.is_empty();
    let parts = Parts::of(whole, &mut problems);
    if !problems.is_empty() {
        if is_resolved {
            problems.extend(of_secrets(&parts.secrets, &folder, &caller()));
        }
        return Err(problems.into());
    }
    service(parts, file, folder, given, caller())
}

/// What is wrong with the secrets, beside what is wrong with the rest: all is told at once.
fn of_secrets(secrets: &Value, folder: &Path, caller: &Caller) -> Vec<Problem> {
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
    let taken = take(request, caller);
    taken
        .err()
        .map_or_else(Vec::new, |failure| failure.problems)
}

/// The nearest config, ours before the framework's in one folder.
fn found(start: &Path) -> Result<PathBuf, NoService> {
    let names = || FILES.iter().chain(&FRAMEWORKS);
    let mut files = start
        .ancestors()
        .flat_map(|folder| names().map(move |name| folder.join(name)));
    files.find(|file| file.is_file()).ok_or(NoService::Missing {
        folder: Shown::path(start),
    })
}

fn read(folder: &Path, file: &Path, is_frameworks: bool) -> Result<Value, Failure> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let is_yaml = ["yml", "yaml"]
        .iter()
        .any(|end| file.extension().is_some_and(|is| is == *end));
    if is_frameworks && !is_yaml {
        let why = "is a config of the Serverless Framework";
        let file = Shown::of(&name);
        return Err(NoService::Framework { file, why }.into());
    }
    let bytes = input_file::read(folder, &Text::public(&name), LARGEST)?;
    let unreadable = |said: String| NoService::Unreadable {
        file: Shown::of(&name),
        said: said.into(),
    };
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".into()))?;
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    let read = serde_saphyr::from_str_with_options(&text, options);
    Ok(read.map_err(|error| {
        let line = error.location().map_or(0, |location| location.line());
        unreadable(format!("line {line} is no YAML that can be read"))
    })?)
}

/// A service whose framework is not there: as far as it needs no variable.
fn of_framework(
    whole: &Value,
    file: &Path,
    folder: PathBuf,
    given: &Given,
) -> Result<Service, Failure> {
    let ours = |key: &str| whole.get("custom").and_then(|custom| custom.get(key));
    let functions = whole.get("functions").and_then(Value::as_object);
    let mut own = Map::new();
    for (key, function) in functions.into_iter().flatten() {
        let mut kept = Map::new();
        if let Some(only) = function.get("secretBaker") {
            kept.insert("secrets".into(), only.clone());
        }
        own.insert(key.clone(), kept.into());
    }
    let provider = whole.get("provider");
    let region = provider.and_then(|provider| provider.get("region"));
    let parts = [ours("secretBaker"), ours("secretBakerOptions"), region];
    let own = Value::Object(own);
    let is_text =
        |value: Option<&Value>| value.is_some_and(|value| value.to_string().contains("${"));
    let is_program = parts.iter().any(|part| is_text(*part)) || is_text(Some(&own));
    if is_program || is_text(whole.get("custom").filter(|custom| custom.is_string())) {
        let (file, why) = (
            Shown::of(&file.file_name().unwrap_or_default().to_string_lossy()),
            "has variables",
        );
        return Err(NoService::Framework { file, why }.into());
    }
    let mut problems = misspelt(whole.get("custom"));
    let root = Place::from("custom.secretBakerOptions");
    let mut options = Options::of(
        ours("secretBakerOptions").unwrap_or(&Value::Null),
        &root,
        &mut problems,
    );
    let region = region.and_then(Value::as_str).map(str::to_owned);
    options.region = options.region.or(region);
    let functions = functions_of(&own, &options, &mut problems);
    problems.extend(options.env.of_nobody(&keys_of(&functions), &root));
    let parts = Parts {
        secrets: ours("secretBaker").cloned().unwrap_or_default(),
        options,
        functions,
    };
    let caller = Caller {
        secrets: "custom.secretBaker".into(),
        secrets_of_function: "secretBaker".into(),
        list_of_secrets: "secretBaker: [MY_SECRET]".into(),
        endpoint: "--endpoint or custom.secretBakerOptions.endpoint".into(),
        local_values: "custom.secretBakerOptions.local".into(),
        ..caller()
    };
    if !problems.is_empty() {
        problems.extend(of_secrets(&parts.secrets, &folder, &caller));
        return Err(problems.into());
    }
    service(parts, file.to_owned(), folder, given, caller)
}

/// Keys that look like ours: what was meant would be left out without a word.
fn misspelt(custom: Option<&Value>) -> Vec<Problem> {
    const OURS: &[&str] = &["secretBaker", "secretBakerOptions"];
    let custom = custom.and_then(Value::as_object);
    let keys = custom.into_iter().flat_map(Map::keys);
    keys.filter(|key| !OURS.contains(&key.as_str()))
        .filter(|key| nearest(key, OURS.iter().copied()).is_some())
        .map(|key| {
            let (key, known) = (Shown::of(key), OURS);
            Problem::at(&Place::from("custom"), NoService::Unknown { key, known })
        })
        .collect()
}

/// What the file has.
struct Parts {
    secrets: Value,
    options: Options,
    functions: Vec<Function>,
}

impl Parts {
    fn of(whole: Value, problems: &mut Vec<Problem>) -> Self {
        let root = Place::from("secret-baker.yml");
        let mut map = match whole {
            Value::Object(map) => map,
            Value::Null => Map::new(),
            _ => {
                let what = "a map with `secrets`";
                problems.push(Problem::at(&root, NoService::Form { what }));
                Map::new()
            }
        };
        unknown(&map, KEYS, &root, problems);
        let options = map.remove("options").unwrap_or_default();
        let functions = map.remove("functions").unwrap_or_default();
        let root = Place::from("options");
        let options = Options::of(&options, &root, problems);
        let functions = functions_of(&functions, &options, problems);
        problems.extend(options.env.of_nobody(&keys_of(&functions), &root));
        Self {
            secrets: map.remove("secrets").unwrap_or_default(),
            options,
            functions,
        }
    }
}

fn unknown(
    map: &Map<String, Value>,
    known: &'static [&'static str],
    place: &Place,
    problems: &mut Vec<Problem>,
) {
    for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
        let key = Shown::of(key);
        problems.push(Problem::at(place, NoService::Unknown { key, known }));
    }
}

fn functions_of(
    functions: &Value,
    options: &Options,
    problems: &mut Vec<Problem>,
) -> Vec<Function> {
    let root = Place::from("functions");
    let map = match functions {
        Value::Null => return Vec::new(),
        Value::Object(map) => map,
        _ => {
            let what = "a map of functions";
            problems.push(Problem::at(&root, NoService::Form { what }));
            return Vec::new();
        }
    };
    map.iter()
        .map(|(key, own)| function(key, own, options, &root.key(key), problems))
        .collect()
}

fn keys_of(functions: &[Function]) -> Vec<&str> {
    let keys = functions.iter().map(|function| function.key.as_str());
    keys.collect()
}

fn function(
    key: &str,
    own: &Value,
    options: &Options,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Function {
    let empty = Map::new();
    let map = match own {
        Value::Object(map) => map,
        Value::Null => &empty,
        _ => {
            let what = "a map";
            problems.push(Problem::at(place, NoService::Form { what }));
            &empty
        }
    };
    unknown(map, KEYS_OF_FUNCTION, place, problems);
    let only = list(map.get("secrets"), &place.key("secrets"), problems);
    let env = match map.get("env") {
        None => options.env.of_function(key),
        own => env(own, &place.key("env"), problems),
    };
    let mut text = |key: &str| match map.get(key) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => {
            let what = "a text";
            problems.push(Problem::at(&place.key(key), NoService::Form { what }));
            None
        }
    };
    Function {
        key: key.to_owned(),
        name: text("name"),
        architecture: text("architecture"),
        artefact: text("artefact"),
        role: text("role"),
        written: None,
        only,
        env,
    }
}

fn service(
    parts: Parts,
    file: PathBuf,
    folder: PathBuf,
    given: &Given,
    caller: Caller,
) -> Result<Service, Failure> {
    let Parts {
        secrets,
        options,
        mut functions,
    } = parts;
    for function in &mut functions {
        function.only = function.only.take().or_else(|| options.default.clone());
    }
    let connection = connection(&options, given)?;
    Ok(Service {
        // Whatever stands in this file was written so.
        written: Some(secrets.clone()),
        config: secrets,
        options,
        functions,
        deployment: Deployment {
            folder,
            label: None,
        },
        file: Some(file),
        stage: given.stage.clone(),
        connection,
        caller,
    })
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

/// Puts the stage where `${stage}` stands.
fn resolved(
    value: Value,
    stage: Option<&str>,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Value {
    match value {
        Value::String(text) => resolved_text(&text, stage, place, problems).into(),
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| resolved(item, stage, &place.item(index), problems))
            .collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| {
                let place = place.key(&key);
                (key, resolved(value, stage, &place, problems))
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
