//! What can go wrong, as sentences for the person who must act: each problem has a
//! place, a cause, a next step and a stable code.

use std::any::Any;
use std::path::Path;
use std::{fmt, io};

use crate::place::Place;

/// One mistake or refusal, at one place of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the user can mend it; `None` when no single entry is to blame.
    pub place: Option<Place>,
    /// What went wrong there.
    pub cause: Cause,
}

impl Problem {
    /// A problem of one entry of the config.
    #[must_use]
    pub fn at(place: &Place, cause: Cause) -> Self {
        Self {
            place: Some(place.clone()),
            cause,
        }
    }

    /// A problem that no single entry has caused.
    #[must_use]
    pub fn general(cause: Cause) -> Self {
        Self { place: None, cause }
    }
}

/// The sentence without its hint: `custom.secretBaker[2]: parameter ...`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.cause),
            None => write!(f, "{}", self.cause),
        }
    }
}

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
        key: String,
        meant: Option<&'static str>,
    },
    /// Two entries would write the same name into the bundle.
    #[error("the name `{name}` is already used by {first}")]
    DuplicateName { name: String, first: Place },
    /// Parameter Store would refuse the path.
    #[error("Parameter Store has no parameter named `{path}`: {reason}")]
    BadPath { path: String, reason: String },
    /// A prefix where a single parameter must stand, or the other way round.
    #[error("`{path}` stands for many secrets, which are named by the rest of their paths")]
    NamedPrefix { path: String },
    /// A Secrets Manager reference, which Parameter Store shows in plaintext only.
    #[error(
        "`{path}` is a secret of Secrets Manager: Parameter Store shows it only decrypted, so there is no ciphertext to bake"
    )]
    SecretsManagerReference { path: String },

    /// Parameter Store knows no such parameter.
    #[error("secret `{name}`: there is no parameter `{path}` in {account}")]
    NotFound {
        name: String,
        path: String,
        account: Account,
    },
    /// The parameter is there, the version or label is not.
    #[error(
        "secret `{name}`: parameter `{path}` has no version or label `{selector}` in {account}"
    )]
    VersionNotFound {
        name: String,
        path: String,
        selector: String,
        account: Account,
    },
    /// A prefix below which there is no `SecureString`.
    #[error("there is no SecureString parameter below `{path}` in {account}")]
    NothingBelow { path: String, account: Account },
    /// IAM says no. Never folded into "not found".
    #[error("{who}: reading `{path}` in {account} is denied: {said}")]
    Denied {
        who: String,
        path: String,
        account: Account,
        action: &'static str,
        said: String,
    },
    /// A `String` or `StringList`: its value is plaintext and is never baked.
    #[error("secret `{name}`: parameter `{path}` in {account} is a {kind}, which is not encrypted")]
    NotEncrypted {
        name: String,
        path: String,
        kind: String,
        account: Account,
    },
    /// A value with no header that KMS or the Encryption SDK writes.
    #[error(
        "secret `{name}`: the value of parameter `{path}` in {account} begins like no KMS ciphertext and no Encryption SDK message"
    )]
    UnknownCiphertext {
        name: String,
        path: String,
        account: Account,
    },
    /// The reply does not hold what was asked for.
    #[error("secret `{name}`: Parameter Store in {account} said nothing about `{path}`")]
    NoAnswer {
        name: String,
        path: String,
        account: Account,
    },

    /// Throttled until the whole budget was used up.
    #[error("Parameter Store in {account} went on throttling for {seconds} seconds: {said}")]
    Throttled {
        account: Account,
        seconds: u64,
        said: String,
    },
    /// No connection, or one that broke each time.
    #[error("no answer from Parameter Store at {endpoint}: {said}")]
    Unreachable { endpoint: String, said: String },
    /// A certificate that none of the known roots has signed.
    #[error("the certificate of {endpoint} is not trusted: {said}")]
    Untrusted { endpoint: String, said: String },
    /// Connected, but no answer within the time.
    #[error("Parameter Store at {endpoint} did not answer in time: {said}")]
    TimedOut { endpoint: String, said: String },
    /// Any other refusal by the service, in its own words.
    #[error("Parameter Store in {account} refused {what}: {code}: {said}")]
    Refused {
        account: Account,
        what: String,
        code: String,
        said: String,
    },
    /// The credentials are expired or unknown.
    #[error("AWS does not accept the credentials: {said}")]
    Credentials { said: String },
    /// Neither the caller nor the default chain has credentials.
    #[error("there are no AWS credentials that can be used: {said}")]
    NoCredentials { said: String },
    /// Nobody told the region.
    #[error("no AWS region is set")]
    NoRegion,
    /// A proxy address that is none.
    #[error("the proxy address cannot be used: {said}")]
    BadProxy { said: String },
    /// A PEM text with no certificate in it.
    #[error("one of the extra certificate bundles cannot be used: {said}")]
    BadCertificates { said: String },
    /// Stopped by the user.
    #[error("stopped before all secrets were fetched")]
    Cancelled,

    /// A function asks for a secret that is not in the config.
    #[error("there is no secret `{name}` in custom.secretBaker{}", did_you_mean(meant.as_deref()))]
    NoSuchSecret { name: String, meant: Option<String> },
    /// A variable is to be made of a secret that the function does not carry.
    #[error("function `{function}` carries no secret `{name}`{}", did_you_mean(meant.as_deref()))]
    NotCarried {
        name: String,
        function: String,
        meant: Option<String>,
    },
    /// A secret would become a variable that somebody else reads.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: that one belongs to the runtime or to AWS"
    )]
    ReservedVariable { secret: String, variable: String },
    /// Shells and runtimes have no variable of that name.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: a variable's name has only letters, digits and `_`, and begins with no digit"
    )]
    BadVariable { secret: String, variable: String },
    /// Two secrets for one variable.
    #[error(
        "the secrets `{first}` and `{second}` would both be the environment variable `{variable}`"
    )]
    SameVariable {
        variable: String,
        first: String,
        second: String,
    },
    /// The launcher reads the names from a list.
    #[error(
        "the secret `{name}` cannot be an environment variable: its name has a comma or white space, which separate names for the launcher"
    )]
    UnlistableSecret { name: String },
    /// There is no launcher for the function's processor.
    #[error("the launcher {path} cannot be used: {said}")]
    NoLauncher { path: String, said: String },
    /// Two functions are to carry different secrets in one file.
    #[error("its artefact {path} is that of function `{other}` too, which carries other secrets")]
    SharedArtefact { path: String, other: String },
    /// Two functions are to carry different secrets in one build context.
    #[error(
        "its build context {path} is that of function `{other}` too, which carries other secrets"
    )]
    SharedContext { path: String, other: String },
    /// Two functions of one file run on different processors.
    #[error(
        "its artefact {path} is that of function `{other}` too, which needs the launcher for another processor"
    )]
    SharedLauncher { path: String, other: String },
    /// Docker would see the bundle of another function.
    #[error("its build context {path} holds {inner}, where secrets lie that it is not to carry")]
    NestedContext { path: String, inner: String },
    /// An artefact in a bucket or on a server, where nothing can be put into it.
    #[error("its artefact {artefact} lies elsewhere, and nothing can be put into it there")]
    RemoteArtefact { artefact: String },
    /// The packaging tool has not written what it announced.
    #[error("its artefact {path} does not exist")]
    NoArtefact { path: String },
    /// No zip archive, or a broken one.
    #[error("its artefact {path} cannot be used: {said}")]
    DamagedArtefact { path: String, said: String },
    /// Seen just before the upload.
    #[error("its artefact {path} does not hold just its secrets: {why}")]
    ArtefactLacksSecrets { path: String, why: String },
    /// Seen just before the upload.
    #[error(
        "its artefact {path} does not hold the launcher that makes environment variables of its secrets"
    )]
    ArtefactLacksLauncher { path: String },

    /// Another live process uses the folder with other secrets.
    #[error("another run is using {folder} with other secrets")]
    FolderBusy { folder: String },
    /// Another live process packages the service.
    #[error("another run is packaging {folder}")]
    PackagingBusy { folder: String },
    /// The bundle cannot be written, read or removed.
    #[error("cannot {what} {path}: {said}")]
    File {
        what: &'static str,
        path: String,
        said: String,
    },
    /// A mistake of ours.
    #[error("Secret Baker has met a mistake of its own: {said}")]
    Internal { said: String },
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |key| format!(", did you mean `{key}`?"))
}

impl Cause {
    /// What the file system said about a file or folder.
    #[must_use]
    pub fn of_file(what: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::File {
            what,
            path: path.display().to_string(),
            said: error.to_string(),
        }
    }

    /// The stable code that scripts may compare.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAList { .. }
            | Self::NotAnEntry { .. }
            | Self::NotAString { .. }
            | Self::Empty
            | Self::MissingKey { .. }
            | Self::UnknownKey { .. }
            | Self::DuplicateName { .. }
            | Self::BadPath { .. }
            | Self::NamedPrefix { .. }
            | Self::SecretsManagerReference { .. }
            | Self::NoSuchSecret { .. }
            | Self::NotCarried { .. }
            | Self::ReservedVariable { .. }
            | Self::BadVariable { .. }
            | Self::SameVariable { .. }
            | Self::UnlistableSecret { .. } => "SECRET_BAKER_CONFIG_INVALID",
            Self::NoLauncher { .. } => "SECRET_BAKER_NO_LAUNCHER",
            Self::SharedArtefact { .. }
            | Self::SharedContext { .. }
            | Self::SharedLauncher { .. }
            | Self::NestedContext { .. } => "SECRET_BAKER_ARTEFACT_SHARED",
            Self::RemoteArtefact { .. } => "SECRET_BAKER_ARTEFACT_REMOTE",
            Self::NoArtefact { .. } => "SECRET_BAKER_ARTEFACT_MISSING",
            Self::DamagedArtefact { .. } => "SECRET_BAKER_ARTEFACT_DAMAGED",
            Self::ArtefactLacksSecrets { .. } | Self::ArtefactLacksLauncher { .. } => {
                "SECRET_BAKER_ARTEFACT_WITHOUT_SECRETS"
            }
            Self::NotFound { .. } | Self::NothingBelow { .. } => "SECRET_BAKER_PARAMETER_NOT_FOUND",
            Self::VersionNotFound { .. } => "SECRET_BAKER_VERSION_NOT_FOUND",
            Self::Denied { .. } => "SECRET_BAKER_ACCESS_DENIED",
            Self::NotEncrypted { .. } => "SECRET_BAKER_NOT_ENCRYPTED",
            Self::UnknownCiphertext { .. } => "SECRET_BAKER_UNKNOWN_CIPHERTEXT",
            Self::Throttled { .. } => "SECRET_BAKER_THROTTLED",
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::BadProxy { .. }
            | Self::BadCertificates { .. } => "SECRET_BAKER_UNREACHABLE",
            Self::TimedOut { .. } => "SECRET_BAKER_TIMEOUT",
            Self::NoAnswer { .. } | Self::Refused { .. } => "SECRET_BAKER_SERVICE_ERROR",
            Self::Credentials { .. } | Self::NoCredentials { .. } => "SECRET_BAKER_CREDENTIALS",
            Self::NoRegion => "SECRET_BAKER_REGION_MISSING",
            Self::Cancelled => "SECRET_BAKER_CANCELLED",
            Self::FolderBusy { .. } | Self::PackagingBusy { .. } => "SECRET_BAKER_FOLDER_BUSY",
            Self::File { .. } => "SECRET_BAKER_FILE",
            Self::Internal { .. } => "SECRET_BAKER_INTERNAL",
        }
    }

    /// What to do next, where the sentence alone does not say it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotAList { .. } => "write `secretBaker: [MY_SECRET]`, or a map `MY_SECRET: /path/to/parameter`".into(),
            Self::MissingKey { key: "path" } => "write `{ name: MY_SECRET, path: /path/to/parameter }`".into(),
            Self::MissingKey { .. } => "write `{ name: MY_SECRET, path: /path/to/parameter }`; only a path that ends in `/*` needs no name".into(),
            Self::DuplicateName { .. } => "give each secret a name of its own".into(),
            Self::NamedPrefix { path } => format!("write `{{ path: {path} }}` in a list"),
            Self::SecretsManagerReference { .. } => "store the value as a SecureString parameter under a customer managed key".into(),
            Self::NotFound { path, account, .. } => format!(
                "check the path, the region and the account, or create it: aws ssm put-parameter --name {path} --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region {}",
                account.region
            ),
            Self::VersionNotFound { path, account, .. } => {
                format!("list what there is: aws ssm get-parameter-history --name {path} --no-with-decryption --region {}", account.region)
            }
            Self::NothingBelow { .. } => "check the path, the region and the account; String parameters are passed over, since only ciphertext is baked".into(),
            Self::Denied { action, .. } => format!("allow `{action}` on this parameter to the role that deploys; kms:Decrypt is not needed"),
            Self::NotEncrypted { path, account, .. } => format!(
                "a parameter's type cannot be changed, so delete it and store it again under a customer managed key: aws ssm delete-parameter --name {path} --region {region} && aws ssm put-parameter --name {path} --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region {region}",
                region = account.region
            ),
            Self::UnknownCiphertext { .. } => "AWS itself never answers so; an emulator may show the plaintext here, and that is never baked".into(),
            Self::Throttled { .. } => "try again when less else is calling Parameter Store, or turn on its higher throughput setting".into(),
            Self::Unreachable { .. } => "check the network, the proxy variables and the endpoint".into(),
            Self::Untrusted { .. } => "name the bundle that holds its certificate authority in AWS_CA_BUNDLE; a container may lack the package `ca-certificates`".into(),
            Self::TimedOut { .. } => "try again; if it stays so, check the network, the proxy variables and the endpoint".into(),
            Self::Credentials { .. } | Self::NoCredentials { .. } => "sign in again, or check the profile and the AWS_* variables that this command sees".into(),
            Self::NoRegion => "set provider.region, --region, custom.secretBakerOptions.region or AWS_REGION".into(),
            Self::ReservedVariable { .. } | Self::BadVariable { .. } | Self::SameVariable { .. } => "name the variable that it becomes: `env: ['*', 'NAME=VARIABLE']`, where `*` stands for all that are not named".into(),
            Self::UnlistableSecret { .. } => "give it another name in custom.secretBaker, or list those that become variables: `env: [NAME, ...]`".into(),
            Self::NoLauncher { .. } => "this package has launchers for x86_64 and arm64; from a clone of the repository, build one with `npm run build:launcher`".into(),
            Self::SharedContext { .. } | Self::NestedContext { .. } => "give each function an image with a build context of its own, none within another: provider.ecr.images.NAME.path".into(),
            Self::SharedArtefact { .. } | Self::SharedLauncher { .. } => "give each function an artefact of its own: `package: { individually: true }`".into(),
            Self::RemoteArtefact { .. } => "name a local file: fetch it before, and the framework uploads it with its secrets".into(),
            Self::NoArtefact { .. } => "build it first, or check package.artifact and the plugins that package".into(),
            Self::DamagedArtefact { .. } => "build it again; nothing was changed".into(),
            Self::ArtefactLacksSecrets { .. } | Self::ArtefactLacksLauncher { .. } => "package again with this plugin, without a tool that changes the artefact after it; nothing was deployed".into(),
            Self::PackagingBusy { .. } => "wait until it ends, or package from another copy of the folder: the framework itself keeps the artefacts of all runs in one place; nothing was baked".into(),
            Self::FolderBusy { .. } => "wait until it ends, or package from another copy of the folder; nothing was changed".into(),
            Self::Internal { .. } => "please report it, with the command and the versions; nothing was deployed".into(),
            _ => return None,
        })
    }
}

/// What a caught panic says.
#[must_use]
pub fn of_panic(panic: &(dyn Any + Send)) -> Cause {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    Cause::Internal {
        said: text.unwrap_or("a panic without words").to_owned(),
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

/// All that went wrong in one go; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// In the order of the config.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// The problems' common code, or `SECRET_BAKER_SEVERAL_PROBLEMS` where they differ.
    #[must_use]
    pub fn code(&self) -> &'static str {
        let mut codes = self.problems.iter().map(|problem| problem.cause.code());
        let first = codes.next().unwrap_or("SECRET_BAKER_INTERNAL");
        if codes.all(|code| code == first) {
            first
        } else {
            "SECRET_BAKER_SEVERAL_PROBLEMS"
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Problem::general(cause).into()
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

/// The whole text for the user. A hint that several problems share follows the last of them.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = self.problems.as_slice() {
            return write_with_hint(f, "", problem, true);
        }
        write!(f, "{} problems:", self.problems.len())?;
        for (index, problem) in self.problems.iter().enumerate() {
            let next = self.problems.get(index + 1);
            let last_of_its_hint =
                next.is_none_or(|next| next.cause.hint() != problem.cause.hint());
            f.write_str("\n")?;
            write_with_hint(f, "  ", problem, last_of_its_hint)?;
        }
        Ok(())
    }
}

fn write_with_hint(
    f: &mut fmt::Formatter<'_>,
    indent: &str,
    problem: &Problem,
    show_hint: bool,
) -> fmt::Result {
    write!(f, "{indent}{problem}")?;
    match problem.cause.hint().filter(|_| show_hint) {
        Some(hint) => write!(f, "\n{indent}  hint: {hint}"),
        None => Ok(()),
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty(place: &str) -> Problem {
        Problem::at(&Place::from(place), Cause::Empty)
    }

    #[test]
    fn one_problem_is_one_sentence_and_its_hint() {
        let failure = Failure::from(Cause::NoRegion);
        assert_eq!(
            failure.to_string(),
            "no AWS region is set\n  hint: set provider.region, --region, custom.secretBakerOptions.region or AWS_REGION"
        );
        assert_eq!(failure.code(), "SECRET_BAKER_REGION_MISSING");
    }

    #[test]
    fn several_problems_are_counted_and_share_a_code_only_if_it_is_the_same() {
        let same = Failure::from(vec![empty("a"), empty("b")]);
        assert_eq!(
            same.to_string(),
            "2 problems:\n  a: must not be empty\n  b: must not be empty"
        );
        assert_eq!(same.code(), "SECRET_BAKER_CONFIG_INVALID");
        let mixed = Failure::from(vec![empty("a"), Problem::general(Cause::NoRegion)]);
        assert_eq!(mixed.code(), "SECRET_BAKER_SEVERAL_PROBLEMS");
    }

    #[test]
    fn a_shared_hint_is_said_once() {
        let list =
            |place: &str| Problem::at(&Place::from(place), Cause::NotAList { found: "a number" });
        let text = Failure::from(vec![list("a"), list("b")]).to_string();
        assert_eq!(text.matches("hint:").count(), 1);
    }
}
