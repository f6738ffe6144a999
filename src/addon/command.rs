//! The commands, run in this process: what the framework has goes in, an exit code comes out. They print for themselves.

use std::ffi::OsString;
use std::path::PathBuf;

use napi::Result;
use napi_derive::napi;
use secret_baker_cli::{Framework, Host};
use secret_baker_command::check::{self, Finding};
use secret_baker_command::options::{Env, Options};
use secret_baker_command::service::{Function, Service};
use secret_baker_command::service_file::lines::Lines;
use secret_baker_core::config;
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{self, Code, Explain};
use secret_baker_core::source::Deployment;

use crate::failure::{Failure, told};
use crate::session::{BakeRequest, Session};

/// Who runs a command.
#[napi(object, object_to_js = false)]
pub struct CommandHost {
    /// What users type before the command, such as `npx serverless-secret-baker`.
    pub called: String,
    /// What `doctor` looks at, as JSON.
    pub surroundings: String,
    /// The launchers that are installed. Absent: the command wants none.
    pub launchers: Option<Vec<InstalledLauncher>>,
    /// The framework, where it runs the command. Absent: the service is that of `secret-baker.yml`.
    pub framework: Option<CommandFramework>,
}

/// The launcher for a processor.
#[napi(object, object_to_js = false)]
pub struct InstalledLauncher {
    /// `x86_64` or `arm64`.
    pub processor: String,
    /// The path of a gzip file. Absent: `lack` says why there is none.
    pub path: Option<String>,
    /// Why there is none, in words.
    pub lack: Option<String>,
}

/// What the framework has.
#[napi(object, object_to_js = false)]
pub struct CommandFramework {
    /// Its service. Absent: `problems` say why.
    pub service: Option<CommandService>,
    /// Why there is no service.
    pub problems: Option<Vec<FrameworkProblem>>,
}

/// A problem that the plugin has found itself, in words fit to be shown.
#[napi(object, object_to_js = false)]
pub struct FrameworkProblem {
    /// `SECRET_BAKER_...`, one of the contract's.
    pub code: String,
    /// The sentence, with its place.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// The framework's service.
#[napi(object, object_to_js = false)]
pub struct CommandService {
    /// Its secrets, and the way to AWS.
    pub request: BakeRequest,
    /// `secretBakerOptions`, as JSON.
    pub options: String,
    /// Its functions, in their order.
    pub functions: Vec<CommandFunction>,
    /// The config's file.
    pub file: Option<String>,
    /// The stage.
    pub stage: Option<String>,
}

/// A function of the framework's service.
#[napi(object, object_to_js = false)]
pub struct CommandFunction {
    /// Its key below `functions`.
    pub key: String,
    /// What it is called at Lambda.
    pub name: Option<String>,
    /// The only secrets that it carries. Absent: all.
    pub only: Option<Vec<String>>,
    /// The same as they were written.
    pub written: Option<Vec<String>>,
    /// Which secrets become its environment variables. Absent: none do.
    pub env: Option<CommandEnv>,
    /// `x86_64` or `arm64`.
    pub architecture: Option<String>,
    /// The zip that it is deployed from, where that is known.
    pub artefact: Option<String>,
    /// The ARN of its role, where it is known.
    pub role: Option<String>,
}

/// Secrets that become environment variables of a function.
#[napi(object, object_to_js = false)]
pub struct CommandEnv {
    /// Which, as `NAME`, `NAME=VARIABLE` and `*` for all that are not named. Absent: all that the function carries.
    pub names: Option<Vec<String>>,
    /// The same as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Where the config says so.
    pub place: String,
}

/// What a preflight has found, or why it has found nothing.
#[napi(object, object_from_js = false)]
pub struct PreflightOutcome {
    /// All that is not fine, in the config's order.
    pub value: Option<Vec<PreflightFinding>>,
    /// Why there is no value.
    pub failure: Option<Failure>,
}

/// Something that a preflight has found.
#[napi(object, object_from_js = false)]
pub struct PreflightFinding {
    /// `warning`, `unchecked` or `problem`.
    pub level: String,
    /// `SECRET_BAKER_...`, stable.
    pub code: String,
    /// The sentence, which begins with the secret's name where it is of one.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// What kept the framework's service from being read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
struct NoService {
    code: Code,
    said: String,
    hint: Option<String>,
}

impl Explain for NoService {
    fn code(&self) -> Code {
        self.code
    }

    fn hint(&self, _: &failure::Caller) -> Option<String> {
        self.hint.clone()
    }
}

impl From<FrameworkProblem> for NoService {
    fn from(problem: FrameworkProblem) -> Self {
        Self {
            code: Code::of(&problem.code).unwrap_or(Code::Internal),
            said: problem.message,
            hint: problem.hint,
        }
    }
}

impl From<CommandFunction> for Function {
    fn from(function: CommandFunction) -> Self {
        Self {
            key: function.key,
            name: function.name,
            only: function.only,
            written: function.written,
            env: function.env.map(|env| Env {
                names: env.names,
                written: env.written,
                place: env.place.as_str().into(),
            }),
            architecture: function.architecture,
            artefact: function.artefact,
            role: function.role,
        }
    }
}

#[napi]
impl Session {
    /// Runs a command, which prints what it has found. Resolves with its exit code: 0 fine, 1 it has found something, 2 wrong use, 3 it
    /// has failed; of `exec` the command's own.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn command(&self, arguments: Vec<String>, host: CommandHost) -> Result<u8> {
        let caller = self.caller();
        let arguments = arguments.into_iter().map(OsString::from).collect();
        let launchers = host.launchers.unwrap_or_default();
        let launchers = launchers.into_iter().map(found).collect();
        let surroundings = config::parse(&host.surroundings).unwrap_or_default();
        let host = match host.framework {
            None => Host::Program {
                called: host.called,
                surroundings,
                launchers,
            },
            Some(framework) => Host::Framework(Box::new(Framework {
                called: host.called,
                service: of_framework(framework, caller.as_ref()),
                surroundings,
                launchers,
            })),
        };
        secret_baker_cli::leave_signals_to_caller();
        Ok(secret_baker_cli::run(arguments, host).await)
    }

    /// Looks whether a deployment of the framework's service would go well, and changes nothing. Prints nothing.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn preflight(&self, service: CommandService) -> Result<PreflightOutcome> {
        let caller = self.caller();
        let result = checked(service, &caller).await;
        let (value, failure) = told(result, &caller);
        Ok(PreflightOutcome { value, failure })
    }
}

/// Restores the terminal if a command is asking something, for a process that has got a signal. Returns whether one was asking:
/// the process should then end with 3.
// Not `expect`: napi copies it to a wrapper of its own, to which it does not apply.
#[cfg_attr(
    test,
    allow(dead_code, reason = "napi registers no function under test")
)]
#[napi]
#[must_use]
pub fn stop_asking() -> bool {
    secret_baker_cli::stop_asking()
}

/// Lets what a command is writing be the last, for a process that has got a signal. Returns whether something was being written: the
/// process should then go on, and the command ends by itself. A second time it returns false.
// Not `expect`: napi copies it to a wrapper of its own, to which it does not apply.
#[cfg_attr(
    test,
    allow(dead_code, reason = "napi registers no function under test")
)]
#[napi]
#[must_use]
pub fn finish_writing() -> bool {
    secret_baker_cli::finish_writing()
}

/// All commands and their options as JSON, as `plugin/commands.json` has them.
// Not `expect`: napi copies it to a wrapper of its own, to which it does not apply.
#[cfg_attr(
    test,
    allow(dead_code, reason = "napi registers no function under test")
)]
#[napi]
#[must_use]
pub fn command_definition() -> String {
    secret_baker_cli::definition_json().to_string()
}

fn found(launcher: InstalledLauncher) -> (String, std::result::Result<PathBuf, String>) {
    let lack = launcher.lack.unwrap_or_default();
    let found = launcher.path.map(PathBuf::from).ok_or(lack);
    (launcher.processor, found)
}

async fn checked(
    service: CommandService,
    caller: &failure::Caller,
) -> std::result::Result<Vec<PreflightFinding>, failure::Failure> {
    let service = of_service(service, caller)?;
    let report = check::check(&service, None, &|_, _| {}).await?;
    let of_secrets = report.secrets.iter().flat_map(|secret| {
        let name = secret.survey.name.shown().as_str();
        secret
            .findings
            .iter()
            .map(move |one| finding(Some(name), one))
    });
    let of_none = report.findings.iter().map(|one| finding(None, one));
    Ok(of_secrets.chain(of_none).collect())
}

fn finding(name: Option<&str>, finding: &Finding) -> PreflightFinding {
    let said = Shown::of(&finding.said);
    PreflightFinding {
        level: finding.level.as_str().to_owned(),
        code: finding.code.to_owned(),
        message: name.map_or_else(|| said.to_string(), |name| format!("{name}: {said}")),
        hint: finding.hint.clone(),
    }
}

fn of_framework(
    framework: CommandFramework,
    caller: &failure::Caller,
) -> std::result::Result<Service, failure::Failure> {
    if let Some(service) = framework.service {
        return of_service(service, caller);
    }
    let problems = framework.problems.into_iter().flatten();
    let problems = problems.map(|one| failure::Problem::general(NoService::from(one)));
    Err(problems.collect::<Vec<_>>().into())
}

pub(crate) fn of_service(
    service: CommandService,
    caller: &failure::Caller,
) -> std::result::Result<Service, failure::Failure> {
    let CommandService {
        request,
        options,
        functions,
        file,
        stage,
    } = service;
    let mut problems = Vec::new();
    let root = Place::from("custom.secretBakerOptions");
    let options = Options::of(&config::parse(&options)?, &root, &mut problems);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    Ok(Service {
        config: config::parse(&request.config)?,
        written: request.written.as_deref().map(config::parse).transpose()?,
        options,
        functions: functions.into_iter().map(Into::into).collect(),
        deployment: Deployment {
            folder: request.service_dir.as_str().into(),
            label: request.label.clone(),
        },
        file: file.map(Into::into),
        lines: Lines::default(),
        stage,
        connection: request.into(),
        caller: caller.clone(),
    })
}
