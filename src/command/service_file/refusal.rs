//! Why there is no service here, and what is wrong with one.

use secret_baker_core::failure::shown::Shown;
use secret_baker_core::failure::{Caller, Code, Explain, did_you_mean, nearest};

use super::FILES;

/// There is no config that can be read here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoService {
    /// None is in this folder or above it.
    #[error("there is no secret-baker.yml in {folder} or above it")]
    Missing {
        /// Where it was looked for.
        folder: Shown,
    },
    /// The one that was named is not there, or a link to it leads nowhere.
    #[error("there is no file `{file}`")]
    NoFile {
        /// As it was named.
        file: Shown,
    },
    /// Both spellings of its name are there.
    #[error("{folder} has {} and {}, and only one of them can be meant", FILES[0], FILES[1])]
    Two {
        /// Where they are.
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
    #[error("{said}")]
    Unreadable {
        /// Why.
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
    /// A name that is none of the secrets'.
    #[error("there is no secret `{name}`{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NoSuchSecret {
        /// As it was written.
        name: Shown,
        /// What was probably meant.
        meant: Option<Shown>,
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
            Self::Missing { .. } | Self::NoFile { .. } => Code::File,
            _ => Code::ConfigInvalid,
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "write one, such as `secrets: [/app/prod/db-password]`; with the Serverless Framework the command is `serverless secret-baker`".into(),
            Self::NoFile { .. } => "name one that is there; without --config it is the nearest secret-baker.yml".into(),
            Self::Two { .. } => "remove one of them, or name one: --config FILE".into(),
            Self::Framework { .. } => "run `serverless secret-baker` with the same words".into(),
            Self::Unknown { known, .. } => format!("the keys are {}", known.join(", ")),
            Self::Variable { .. } => format!("the only one is `${{stage}}`; {}", caller.write_it_out),
            Self::NoStage | Self::BadStage => "name it: --stage NAME".into(),
            Self::NoSuchSecret { .. } => "the names are those of the secrets in this file".into(),
            Self::Unreadable { .. } | Self::Form { .. } => return None,
        })
    }
}
