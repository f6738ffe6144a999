//! Every way to fail, until each stands beside what fails.

use std::fmt;

use super::shown::Shown;
use super::{Caller, Code, Explain, did_you_mean};
use crate::config::place::Place;

/// Every way to fail. The text of a variant is its whole sentence; `hint` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "a variant's sentence names its fields and what they mean"
)]
pub enum Cause {
    /// `custom.secretBaker` is neither a list nor a map.
    #[error("must be a list or a map of secrets, not {found}")]
    NotAList { found: &'static str },
    /// A list item is neither a string nor an object.
    #[error("must be a parameter's name or an object with `name` and `path`, not {found}")]
    NotAnEntry { found: &'static str },
    /// A name or path is not a string.
    #[error("must be a string, not {found}")]
    NotAString { found: &'static str },
    /// A name or path is the empty string.
    #[error("must not be empty")]
    Empty,
    /// An object lacks a key that it needs.
    #[error("has no `{key}`")]
    MissingKey { key: &'static str },
    /// An object has a key that nobody reads.
    #[error("unknown key `{key}`{}", did_you_mean(*.meant))]
    UnknownKey {
        key: Shown,
        meant: Option<&'static str>,
    },
    /// Two entries would write the same name into the bundle.
    #[error("the name `{name}` is already used by {first}")]
    DuplicateName { name: Shown, first: Place },
    /// Parameter Store would refuse the path.
    #[error("Parameter Store has no parameter {described}: {reason}")]
    BadPath { described: Shown, reason: String },
    /// A variable has given the secret where its path belongs.
    #[error("`{written}` gives the secret itself, and what belongs here is its path")]
    SecretAsPath { written: Shown, path: Option<Shown> },
    /// A variable has given what may be a secret.
    #[error(
        "what `{written}` gives is no path: what comes whole out of a variable must begin with `/` or `arn:`, and may else be a secret, so it is not shown"
    )]
    VariableAsPath { written: Shown },
    /// The config is a program, and its text may be a secret.
    #[error(
        "the path, {size}, begins neither with `/` nor with `arn:` and does not stand in the config just so: it may be a secret that was resolved already, so it is not shown"
    )]
    UnknownAsPath { size: Shown },
    /// A variable has given a secret where a name belongs.
    #[error("`{written}` gives a secret, and a name stands readable in every artefact")]
    SecretAsName { written: Shown },
    /// A variable has given what is no name.
    #[error(
        "what `{written}` gives is no name: one that comes out of a variable has letters, digits and `_.-/` only, and at most 128 of them"
    )]
    VariableAsName { written: Shown },
    /// `- DB: /path` in a list.
    #[error("has neither `name` nor `path`, but the key `{name}`")]
    PairInList { name: Shown, path: Shown },
    /// `{ Fn::Sub: ... }` where a text must stand.
    #[error("`{function}` is resolved by CloudFormation, long after the bake")]
    CloudFormationFunction { function: Shown },
    /// `${AWS::Region}` in a path.
    #[error("`{variable}` is resolved by CloudFormation, if by anybody, long after the bake")]
    CloudFormationText { variable: Shown },
    /// `ssm:/path`.
    #[error("a path of Parameter Store has no `ssm:` before it")]
    SchemeBeforePath { meant: Option<Shown> },
    /// What stands where a region must.
    #[error("{region} is no AWS region: one reads like `eu-central-1`")]
    BadRegion { region: Shown, from: &'static str },
    /// A variable that is on or off, and is neither.
    #[error("{variable} is neither `true` nor `false`")]
    BadSwitch { variable: &'static str },
    /// An address that cannot be used, whoever set it.
    #[error("the endpoint of {service}, {url}, cannot be used: {why}")]
    BadEndpoint {
        service: &'static str,
        url: Shown,
        why: Shown,
        hint: &'static str,
    },
    /// A prefix where a single parameter must stand, or the other way round.
    #[error("`{path}` stands for many secrets, which are named by the rest of their paths")]
    NamedPrefix { path: Shown },
    /// A Secrets Manager reference, which Parameter Store shows in plaintext only.
    #[error(
        "`{path}` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake"
    )]
    SecretsManagerReference { path: Shown },

    /// Parameter Store knows no such parameter.
    #[error("secret `{name}`: there is no parameter `{path}` in {account}")]
    NotFound {
        name: Shown,
        path: Asked,
        account: Account,
    },
    /// The parameter is there, the version or label is not.
    #[error(
        "secret `{name}`: parameter `{path}` has no version or label `{selector}` in {account}"
    )]
    VersionNotFound {
        name: Shown,
        path: Asked,
        selector: Shown,
        account: Account,
    },
    /// A prefix below which there is no `SecureString`.
    #[error("there is no SecureString parameter below `{path}` in {account}")]
    NothingBelow { path: Asked, account: Account },
    /// IAM says no. Never folded into "not found".
    #[error("{who}: reading `{path}` in {account} is denied: {said}")]
    Denied {
        who: Shown,
        path: Asked,
        account: Account,
        action: &'static str,
        said: Shown,
    },
    /// A `String` or `StringList`: its value is plaintext and is never baked.
    #[error("secret `{name}`: parameter `{path}` in {account} is a {kind}, which is not encrypted")]
    NotEncrypted {
        name: Shown,
        path: Asked,
        kind: Shown,
        account: Account,
    },
    /// A value with no header that KMS or the Encryption SDK writes.
    #[error(
        "secret `{name}`: the value of parameter `{path}` in {account} begins like no KMS ciphertext and no Encryption SDK message"
    )]
    UnknownCiphertext {
        name: Shown,
        path: Asked,
        account: Account,
    },
    /// The reply does not hold what was asked for.
    #[error("secret `{name}`: Parameter Store in {account} said nothing about `{path}`")]
    NoAnswer {
        name: Shown,
        path: Asked,
        account: Account,
    },

    /// Throttled until the whole budget was used up.
    #[error("Parameter Store in {account} went on throttling for {seconds} seconds: {said}")]
    Throttled {
        account: Account,
        seconds: u64,
        said: Shown,
    },
    /// No connection, or one that broke each time.
    #[error("no answer from Parameter Store at {endpoint}: {said}")]
    Unreachable {
        endpoint: Shown,
        outage: Outage,
        said: Shown,
    },
    /// The proxy lets nobody through.
    #[error("no way to Parameter Store at {endpoint}: the proxy {proxy} {said}")]
    ProxyRefuses {
        endpoint: Shown,
        proxy: Shown,
        status: Option<u16>,
        said: Shown,
    },
    /// A certificate that none of the known roots has signed.
    #[error("the certificate of {endpoint} is not trusted: {said}")]
    Untrusted { endpoint: Shown, said: Shown },
    /// Connected, but no answer within the time.
    #[error("Parameter Store at {endpoint} did not answer in time: {said}")]
    TimedOut { endpoint: Shown, said: Shown },
    /// Any other refusal by the service, in its own words.
    #[error("Parameter Store in {account} refused {what}: {code}: {said}")]
    Refused {
        account: Account,
        what: Shown,
        code: Shown,
        said: Shown,
    },
    /// The credentials are expired or unknown.
    #[error("AWS does not accept the credentials: {code}: {}", refusal.words())]
    Credentials { code: Shown, refusal: Refusal },
    /// Neither the caller nor the default chain has credentials.
    #[error("there are no AWS credentials that can be used: {said}")]
    NoCredentials { said: Shown },
    /// A part of the keys that no header can hold.
    #[error(
        "the AWS credentials cannot be used: {part} has white space, a line end or other characters that no key has"
    )]
    MalformedCredentials { part: &'static str },
    /// Nobody told the region.
    #[error("no AWS region is set")]
    NoRegion,
    /// A proxy address that is none.
    #[error("the proxy address cannot be used: {said}")]
    BadProxy { said: Shown },
    /// A PEM text with no certificate in it.
    #[error("one of the extra certificate bundles cannot be used: {said}")]
    BadCertificates { said: Shown },
    /// Stopped by the user.
    #[error("stopped before all secrets were fetched")]
    Cancelled,

    /// A mistake of ours.
    #[error("Secret Baker has met a mistake of its own: {said}")]
    Internal { said: Shown },
}

impl Explain for Cause {
    fn code(&self) -> Code {
        match self {
            Self::NotAList { .. }
            | Self::NotAnEntry { .. }
            | Self::NotAString { .. }
            | Self::Empty
            | Self::MissingKey { .. }
            | Self::UnknownKey { .. }
            | Self::DuplicateName { .. }
            | Self::BadPath { .. }
            | Self::SecretAsPath { .. }
            | Self::VariableAsPath { .. }
            | Self::UnknownAsPath { .. }
            | Self::SecretAsName { .. }
            | Self::VariableAsName { .. }
            | Self::PairInList { .. }
            | Self::CloudFormationFunction { .. }
            | Self::CloudFormationText { .. }
            | Self::SchemeBeforePath { .. }
            | Self::BadRegion { .. }
            | Self::BadSwitch { .. }
            | Self::BadEndpoint { .. }
            | Self::NamedPrefix { .. }
            | Self::SecretsManagerReference { .. } => Code::ConfigInvalid,
            Self::NotFound { .. } | Self::NothingBelow { .. } => Code::ParameterNotFound,
            Self::VersionNotFound { .. } => Code::VersionNotFound,
            Self::Denied { .. } => Code::AccessDenied,
            Self::NotEncrypted { .. } => Code::NotEncrypted,
            Self::UnknownCiphertext { .. } => Code::UnknownCiphertext,
            Self::Throttled { .. } => Code::Throttled,
            Self::Unreachable { .. }
            | Self::ProxyRefuses { .. }
            | Self::Untrusted { .. }
            | Self::BadProxy { .. }
            | Self::BadCertificates { .. } => Code::Unreachable,
            Self::TimedOut { .. } => Code::Timeout,
            Self::NoAnswer { .. } | Self::Refused { .. } => Code::ServiceError,
            Self::Credentials { .. }
            | Self::NoCredentials { .. }
            | Self::MalformedCredentials { .. } => Code::Credentials,
            Self::NoRegion => Code::RegionMissing,
            Self::Cancelled => Code::Cancelled,
            Self::Internal { .. } => Code::Internal,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::NotAList { found: "a boolean" } if !caller.turn_off.is_empty() => format!("write `{}`, or a map `MY_SECRET: /path/to/parameter`; what turns the bake off is `{}`", caller.list_of_secrets, caller.turn_off),
            Self::NotAList { .. } => format!("write `{}`, or a map `MY_SECRET: /path/to/parameter`", caller.list_of_secrets),
            Self::MissingKey { key: "path" } => "write `{ name: MY_SECRET, path: /path/to/parameter }`".into(),
            Self::MissingKey { .. } => "write `{ name: MY_SECRET, path: /path/to/parameter }`; only a path that ends in `/*` needs no name".into(),
            Self::DuplicateName { .. } => "give each secret a name of its own".into(),
            Self::NamedPrefix { path } => format!("write `{{ path: {path} }}` in a list"),
            Self::SecretAsPath { path: Some(path), .. } => format!("write the path itself: `{path}`; {} fetches its ciphertext, and nobody decrypts it on the way", caller.baker),
            Self::SecretAsPath { path: None, .. } => format!("write the path itself, such as `/path/to/parameter`; {} fetches its ciphertext from Parameter Store, and nobody decrypts it on the way", caller.baker),
            Self::VariableAsPath { .. } => "write the path itself; if the variable holds the secret, store that as a SecureString parameter and write the parameter's path".into(),
            Self::UnknownAsPath { .. } => "write the parameter's whole path or its ARN, or a name without `/` in the config itself".into(),
            Self::SecretAsName { .. } | Self::VariableAsName { .. } => "write the name itself".into(),
            Self::PairInList { name, path } => format!("leave out the dash, so that all of it is a map, or write `- {{ name: {name}, path: {path} }}`"),
            Self::CloudFormationFunction { .. } | Self::CloudFormationText { .. } => caller.write_it_out.clone(),
            Self::SchemeBeforePath { meant: Some(meant) } => format!("write `{meant}`"),
            Self::SchemeBeforePath { meant: None } => "write the path alone, which begins with `/`".into(),
            Self::BadRegion { from, .. } => format!("correct {from}"),
            Self::BadSwitch { variable } => format!("set {variable} to `true` or `false`, or unset it"),
            Self::BadEndpoint { hint, .. } => (*hint).into(),
            Self::SecretsManagerReference { .. } => "store the value as a SecureString parameter under a customer managed key".into(),
            Self::NotFound { path, account, .. } => path.name.as_ref().map_or_else(
                || "check the path, the region and the account".into(),
                |name| format!("check the path, the region and the account, or create it: {}", put_parameter(name, &account.region)),
            ),
            Self::VersionNotFound { path, account, .. } => {
                let name = path.name.as_ref()?;
                format!("list what there is: aws ssm get-parameter-history {} --no-with-decryption --region {}", name_option(name), account.region)
            }
            Self::NothingBelow { .. } => "check the path, the region and the account; String parameters are passed over, since only ciphertext is baked".into(),
            Self::Denied { action, .. } => format!("allow `{action}` on this parameter to the role that deploys; kms:Decrypt is not needed"),
            Self::NotEncrypted { path, account, .. } => {
                // No command that deletes: pasted as it is, it would lose the value before the new one is stored.
                let why = "a parameter's type cannot be changed, so store the value under another name, under a customer managed key, and write that name here";
                path.name.as_ref().map_or_else(|| why.into(), |name| {
                    format!("{why}: {}", put_parameter(&format!("{name}-secure"), &account.region))
                })
            }
            Self::UnknownCiphertext { .. } => "AWS itself never answers so; an emulator may show the plaintext here, and that is never baked".into(),
            Self::Throttled { .. } => "try again when less else is calling Parameter Store, or turn on its higher throughput setting".into(),
            Self::Unreachable { outage, .. } => outage.hint().into(),
            Self::ProxyRefuses { status: Some(407), .. } => "the proxy wants a user and a password: write them into the variable that names it, as in http://USER:PASSWORD@HOST:PORT".into(),
            Self::ProxyRefuses { .. } => "check HTTPS_PROXY, HTTP_PROXY or `proxy`, whichever is set, or name the host of Parameter Store in NO_PROXY".into(),
            Self::Untrusted { .. } => "name the bundle that holds its certificate authority in AWS_CA_BUNDLE; a container may lack the package `ca-certificates`; and a certificate that is out of date may mean a wrong clock".into(),
            Self::BadProxy { .. } => "set HTTPS_PROXY, HTTP_PROXY or `proxy`, whichever is set, to a URL such as http://proxy.example.com:3128, or unset it".into(),
            Self::BadCertificates { .. } => format!("set {} to PEM with certificates that can be read, or unset them", caller.certificates),
            Self::TimedOut { .. } => "try again; if it stays so, check the network, the firewall, the proxy variables and the endpoint".into(),
            Self::Credentials { refusal, .. } => refusal.hint().into(),
            Self::NoCredentials { .. } => "sign in again, or check the profile and the AWS_* variables that this command sees".into(),
            Self::MalformedCredentials { .. } => "set it anew, without white space and line ends".into(),
            Self::NoRegion => format!("set {}", caller.region),
            Self::Internal { .. } => "please report it, with the command and the versions; nothing was deployed".into(),
            _ => return None,
        })
    }
}

fn put_parameter(name: &str, region: &str) -> String {
    let name = name_option(name);
    format!(
        "aws ssm put-parameter {name} --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region {region}"
    )
}

/// A name has no character that a shell reads; one that begins with a dash would be an option.
fn name_option(name: &str) -> String {
    if name.starts_with('-') {
        format!("--name={name}")
    } else {
        format!("--name {name}")
    }
}

/// A parameter or prefix as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its path; as it was written, where it may hold a secret.
    pub shown: Shown,
    /// Its name for a command, without ARN, version and label; `None` where it is not to be shown, or has none.
    pub name: Option<String>,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.fmt(f)
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outage {
    /// The host's name is not known.
    Name,
    /// Nothing listens.
    Refused,
    /// Something answers that is not AWS.
    Answer,
    /// AWS itself has trouble.
    Service,
    /// The connection was lost, or whatever else.
    Broken,
}

impl Outage {
    fn hint(self) -> &'static str {
        match self {
            Self::Name => {
                "check the region and the endpoint, and that this machine resolves names; behind a proxy set HTTPS_PROXY"
            }
            Self::Refused => "nothing listens there: check the endpoint",
            Self::Answer => {
                "something other than Parameter Store answers there: check the endpoint, and any proxy on the way to it"
            }
            Self::Service => "try again later: AWS itself has trouble",
            Self::Broken => "check the network, the proxy variables and the endpoint",
        }
    }
}

/// Why credentials are refused. What AWS says of them is not repeated: it may quote what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Their time is over.
    Expired,
    /// AWS knows no such key or token.
    Unknown,
    /// The signature does not fit.
    Signature,
    /// It was signed at another time than AWS has.
    Clock,
}

impl Refusal {
    fn words(self) -> &'static str {
        match self {
            Self::Expired => "they have expired",
            Self::Unknown => "it does not know them",
            Self::Signature => "the signature does not fit them",
            Self::Clock => "the request was signed too long before or after the time that AWS has",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Expired => {
                "sign in again, or check the profile and the AWS_* variables that this command sees"
            }
            Self::Unknown => {
                "check the access key and, for temporary ones, the session token, and that they belong to this partition and to no emulator"
            }
            Self::Signature => "check the secret access key, and the clock of this machine",
            Self::Clock => {
                "set the clock of this machine: AWS refuses what was signed more than five minutes early or late"
            }
        }
    }
}

/// Where a parameter was looked for, as messages name it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The region that was called.
    pub region: String,
    /// The twelve digits, where they are known.
    pub id: Option<String>,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "region {}", self.region)?;
        match &self.id {
            Some(id) => write!(f, ", account {id}"),
            None => Ok(()),
        }
    }
}
