//! A function, as the caller has it: what it is deployed from and what it carries.

use std::path::PathBuf;

use crate::config::place::Place;
use crate::failure::Caller;

/// One function, what it is deployed from and what it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its key where the functions stand.
    pub name: String,
    /// Where something is said of it. `None`: below the caller's functions, by its name.
    pub place: Option<Place>,
    /// What it is deployed from.
    pub artefact: Artefact,
    /// The only secrets that it carries. `None`: all.
    pub only: Option<Vec<String>>,
    /// The same names as they were written, before variables were resolved: for messages.
    pub written: Option<Vec<String>>,
    /// Whether secrets become its environment variables.
    pub env: Option<Env>,
    /// The environment variables that it is deployed with, in their order.
    pub environment: Vec<Variable>,
}

/// An environment variable, as it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value. `None`: only the deployment tells.
    pub value: Option<String>,
}

/// Secrets that the launcher makes environment variables of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Env {
    /// Which, as `NAME`, `NAME=VARIABLE` and `*` for all that are not named. `None`: all that the function carries.
    pub names: Option<Vec<String>>,
    /// The same as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Where the config says so.
    pub place: Place,
    /// The launcher for the function's processor, as a gzip file.
    pub launcher: PathBuf,
}

impl Function {
    /// Where the config says something of it.
    #[must_use]
    pub fn place(&self, caller: &Caller) -> Place {
        let of_config = || Place::from(caller.functions.as_str()).key(&self.name);
        self.place.clone().unwrap_or_else(of_config)
    }

    /// Whether nothing at all is to be put into its artefact.
    #[must_use]
    pub fn carries_nothing(&self) -> bool {
        self.only.as_ref().is_some_and(Vec::is_empty) && self.env.is_none()
    }
}

/// What a function is deployed from, as the caller has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artefact {
    /// The path of a zip, or its address elsewhere.
    Zip(String),
    /// The path of a folder that is packed later, just as it is.
    Folder(String),
    /// The build context of a container image: a folder, into which the caller writes the bundle.
    Context(String),
    /// An image that somebody else builds.
    Elsewhere,
}
