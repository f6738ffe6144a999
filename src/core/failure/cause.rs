//! Every way to fail, until each stands beside what fails.

use std::io;
use std::path::Path;

use super::internal::Internal;
use super::meant::did_you_mean;
use super::shown::Shown;
use super::{Caller, Code, Explain};
use crate::contract;

/// Every way to fail. The text of a variant is its whole sentence; `hint` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "a variant's sentence names its fields and what they mean"
)]
pub enum Cause {
    /// More than what opens it takes.
    #[error(
        "the bundle has {bytes} bytes, and whatever opens it takes at most {}",
        contract::BUNDLE_BYTES
    )]
    BundleTooLong { bytes: usize },
    /// A function asks for a secret that is not in the config.
    #[error("there is no secret `{name}` in custom.secretBaker{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NoSuchSecret { name: Shown, meant: Option<Shown> },
    /// A variable is to be made of a secret that the function does not carry.
    #[error("function `{function}` carries no secret `{name}`{}", did_you_mean(meant.as_ref().map(Shown::as_str)))]
    NotCarried {
        name: Shown,
        function: Shown,
        meant: Option<Shown>,
    },
    /// A secret would become a variable that somebody else reads.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: that one belongs to the runtime or to AWS"
    )]
    ReservedVariable { secret: Shown, variable: Shown },
    /// A secret would become a variable that tells where others connect.
    #[error(
        "the secret `{secret}` becomes the environment variable `{variable}` only where it is named: that one changes where programs connect or what a shell runs"
    )]
    OnlyNamedVariable { secret: Shown, variable: Shown },
    /// Shells and runtimes have no variable of that name.
    #[error(
        "the secret `{secret}` cannot be the environment variable `{variable}`: a variable's name has only letters, digits and `_`, and begins with no digit"
    )]
    BadVariable { secret: Shown, variable: Shown },
    /// Two secrets for one variable.
    #[error(
        "the secrets `{first}` and `{second}` would both be the environment variable `{variable}`"
    )]
    SameVariable {
        variable: Shown,
        first: Shown,
        second: Shown,
    },
    /// The launcher reads the names from a list.
    #[error(
        "the secret `{name}` cannot be an environment variable: its name has a comma or white space, which separate names for the launcher"
    )]
    UnlistableSecret { name: Shown },
    /// There is no launcher for the function's processor.
    #[error("the launcher {path} cannot be used: {said}")]
    NoLauncher { path: Shown, said: Shown },
    /// Two functions are to carry different secrets in one file.
    #[error("its artefact {path} is that of function `{other}` too, which carries other secrets")]
    SharedArtefact { path: Shown, other: Shown },
    /// Two functions are to carry different secrets in one build context.
    #[error(
        "its build context {path} is that of function `{other}` too, which carries other secrets"
    )]
    SharedContext { path: Shown, other: Shown },
    /// Two functions of one file run on different processors.
    #[error(
        "its artefact {path} is that of function `{other}` too, which needs the launcher for another processor"
    )]
    SharedLauncher { path: Shown, other: Shown },
    /// Docker would see the bundle of another function.
    #[error("its build context {path} holds {inner}, where secrets lie that it is not to carry")]
    NestedContext { path: Shown, inner: Shown },
    /// An artefact in a bucket or on a server, where nothing can be put into it.
    #[error("its artefact {artefact} lies elsewhere, and nothing can be put into it there")]
    RemoteArtefact { artefact: Shown },
    /// The packaging tool has not written what it announced.
    #[error("its artefact {path} does not exist")]
    NoArtefact { path: Shown },
    /// No zip archive, or a broken one.
    #[error("its artefact {path} cannot be used: {said}")]
    DamagedArtefact { path: Shown, said: Shown },
    /// Seen just before the upload.
    #[error("its artefact {path} does not hold just its secrets: {why}")]
    ArtefactLacksSecrets { path: Shown, why: Shown },
    /// Seen just before the upload.
    #[error(
        "its artefact {path} does not hold the launcher that makes environment variables of its secrets"
    )]
    ArtefactLacksLauncher { path: Shown },
    /// Another live process uses the folder with other secrets.
    #[error("another run is using {folder} with other secrets")]
    FolderBusy { folder: Shown },
    /// Another live process packages the service.
    #[error("another run is packaging {folder}")]
    PackagingBusy { folder: Shown },
    /// A file of the user's where the bundle must go.
    #[error("{path} is no bundle of this plugin, and the bundle must go there")]
    ForeignFile { path: Shown },
    /// The bundle cannot be written, read or removed.
    #[error("cannot {what} {path}: {said}")]
    File {
        what: &'static str,
        path: Shown,
        said: Shown,
    },
    /// A mistake of ours.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl Cause {
    /// What the file system said about a file or folder.
    #[must_use]
    pub fn of_file(what: &'static str, path: &Path, error: &io::Error) -> Self {
        Self::File {
            what,
            path: Shown::path(path),
            said: error.to_string().into(),
        }
    }
}

impl Explain for Cause {
    fn code(&self) -> Code {
        match self {
            Self::BundleTooLong { .. }
            | Self::NoSuchSecret { .. }
            | Self::NotCarried { .. }
            | Self::ReservedVariable { .. }
            | Self::OnlyNamedVariable { .. }
            | Self::BadVariable { .. }
            | Self::SameVariable { .. }
            | Self::UnlistableSecret { .. } => Code::ConfigInvalid,
            Self::NoLauncher { .. } => Code::NoLauncher,
            Self::SharedArtefact { .. }
            | Self::SharedContext { .. }
            | Self::SharedLauncher { .. }
            | Self::NestedContext { .. } => Code::ArtefactShared,
            Self::RemoteArtefact { .. } => Code::ArtefactRemote,
            Self::NoArtefact { .. } => Code::ArtefactMissing,
            Self::DamagedArtefact { .. } => Code::ArtefactDamaged,
            Self::ArtefactLacksSecrets { .. } | Self::ArtefactLacksLauncher { .. } => {
                Code::ArtefactWithoutSecrets
            }
            Self::FolderBusy { .. } | Self::PackagingBusy { .. } => Code::FolderBusy,
            Self::File { .. } | Self::ForeignFile { .. } => Code::File,
            Self::Internal(internal) => internal.code(),
        }
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        Some(match self {
            Self::BundleTooLong { .. } => "bake fewer secrets, or split the service".into(),
            Self::OnlyNamedVariable { secret, .. } => format!("name it, if it is meant: `env: ['*', '{secret}']`, or rename the secret"),
            Self::ReservedVariable { .. } | Self::BadVariable { .. } | Self::SameVariable { .. } => "name the variable that it becomes: `env: ['*', 'NAME=VARIABLE']`, where `*` stands for all that are not named".into(),
            Self::UnlistableSecret { .. } => format!("give it another name in {}, or list those that become variables: `env: [NAME, ...]`", caller.secrets),
            Self::NoLauncher { .. } => caller.launcher.clone(),
            Self::SharedContext { .. } | Self::NestedContext { .. } => format!("give each function an image with a build context of its own, none within another{}", caller.own_context),
            Self::SharedArtefact { .. } | Self::SharedLauncher { .. } => format!("give each function an artefact of its own{}", caller.own_artefact),
            Self::RemoteArtefact { .. } => caller.remote_artefact.clone(),
            Self::NoArtefact { .. } => caller.no_artefact.clone(),
            Self::DamagedArtefact { .. } => "build it again; nothing was changed".into(),
            Self::ArtefactLacksSecrets { .. } | Self::ArtefactLacksLauncher { .. } => format!("{}; nothing was deployed", caller.package_again),
            Self::PackagingBusy { .. } => format!("wait until it ends, or package from another copy of the folder{}; nothing was baked", caller.package_alone),
            Self::FolderBusy { .. } => "wait until it ends, or package from another copy of the folder; nothing was changed".into(),
            Self::ForeignFile { .. } => "move or rename it: it was neither replaced nor removed".into(),            Self::Internal(internal) => return internal.hint(caller),
            _ => return None,
        })
    }
}
