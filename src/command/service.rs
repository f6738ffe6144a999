//! What all commands work on: one service's secrets, its functions, and how AWS is reached for them.

use std::path::PathBuf;

use secret_baker_core::Request;
use secret_baker_core::aws::Connection;
use secret_baker_core::failure::Caller;
use secret_baker_core::lock::{Locking, Wish};
use secret_baker_core::source::Deployment;
use serde_json::Value;

use crate::options::{Env, Options};
use crate::service_file::lines::Lines;

/// One service, as `secret-baker.yml` or the framework has it.
pub struct Service {
    /// Its secrets, in the grammar of the config.
    pub config: Value,
    /// The same before its variables were resolved. `None`: nobody knows, and less is taken and shown.
    pub written: Option<Value>,
    /// Its settings.
    pub options: Options,
    /// Its functions, in their order.
    pub functions: Vec<Function>,
    /// What it is deployed for: its folder, and the name under which a source keeps what is deployed.
    pub deployment: Deployment,
    /// The config's file. `None`: it was never a file.
    pub file: Option<PathBuf>,
    /// On which line of it a place is, where that is known.
    pub lines: Lines,
    /// The stage, where there are any.
    pub stage: Option<String>,
    /// How AWS is reached.
    pub connection: Connection,
    /// What its user calls things.
    pub caller: Caller,
}

/// A function, as far as commands need it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Function {
    /// Its key where the functions stand.
    pub key: String,
    /// What it is called at Lambda. `None`: nobody knows before it is deployed.
    pub name: Option<String>,
    /// The only secrets that it carries. `None`: all.
    pub only: Option<Vec<String>>,
    /// The same names as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Which secrets become its environment variables; `None`: none do.
    pub env: Option<Env>,
    /// `x86_64` or `arm64`.
    pub architecture: Option<String>,
    /// The folder or zip that it is deployed from, as written: a relative path starts from the service's folder.
    pub artefact: Option<String>,
    /// The ARN of its role, where it is known.
    pub role: Option<String>,
}

impl Service {
    /// What the core bakes, with nothing locked.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request {
            config: &self.config,
            written: self.written.as_ref(),
            deployment: &self.deployment,
            lock: None,
        }
    }

    /// The same with a lock: see `locking` and `lock_for_bake`.
    #[must_use]
    pub fn locked_request<'a>(&'a self, lock: &'a Locking) -> Request<'a> {
        Request {
            lock: Some(lock),
            ..self.request()
        }
    }

    /// Its lock, and what is to become of it.
    #[must_use]
    pub fn locking(&self, wish: Wish) -> Locking {
        Locking::of(&self.deployment.folder, self.stage.as_deref(), wish)
    }

    /// Its lock as a bake has it; `frozen` is what the command line says, before the settings.
    #[must_use]
    pub fn lock_for_bake(&self, frozen: bool) -> Locking {
        let frozen = if frozen {
            Some(true)
        } else {
            self.options.frozen
        };
        Locking::of_bake(&self.deployment.folder, self.stage.as_deref(), frozen)
    }
}
