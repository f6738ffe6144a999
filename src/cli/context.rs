//! What every command has at hand: the terminal, what was typed for all commands, and the service.

use std::env;

use secret_baker_command::options::Options;
use secret_baker_command::service::Service;
use secret_baker_command::service_file::{self, Given};
use secret_baker_core::aws::Connection;
use secret_baker_core::failure::{Caller, Failure};
use secret_baker_core::folder::file_error::FileError;
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

use crate::definition::Globals;
use crate::ending::Ending;
use crate::terminal::Terminal;
use crate::{Host, Launchers};

/// Made once for each command.
pub struct Context {
    /// Where it prints and asks.
    pub terminal: Terminal,
    /// What was typed for all commands.
    pub globals: Globals,
    host: Host,
    service: OnceLock<Result<Service, Failure>>,
}

impl Context {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(globals: Globals, host: Host, terminal: Terminal) -> Self {
        Self {
            terminal,
            globals,
            host,
            service: OnceLock::new(),
        }
    }

    /// The service, read when it is first asked for.
    ///
    /// # Errors
    /// There is none, or every mistake in its config.
    pub fn service(&self) -> Result<&Service, Failure> {
        let service = match &self.host {
            Host::Framework(framework) => &framework.service,
            Host::Program { .. } => self.service.get_or_init(|| self.open()),
        };
        service.as_ref().map_err(Clone::clone)
    }

    fn open(&self) -> Result<Service, Failure> {
        let here = env::current_dir();
        let here = here.map_err(|error| FileError::of("find", Path::new("."), &error))?;
        let mut service = service_file::open(&here, &self.given())?;
        self.called().clone_into(&mut service.caller.program);
        Ok(service)
    }

    /// The same ending, with the lines of what stands in the config.
    #[must_use]
    pub fn located(&self, ending: Ending) -> Ending {
        match (self.service.get(), ending) {
            (Some(Ok(service)), Ending::Failed(failure)) => {
                Ending::Failed(service.lines.located(failure))
            }
            (_, ending) => ending,
        }
    }

    /// The way to AWS that is known without a service. `None`: only the framework knows it.
    #[must_use]
    pub fn connection(&self) -> Option<Connection> {
        match &self.host {
            Host::Framework(_) => None,
            Host::Program { .. } => {
                service_file::connection(&Options::default(), &self.given()).ok()
            }
        }
    }

    /// What the command line says of the service and the way to AWS.
    #[must_use]
    pub fn given(&self) -> Given {
        let Globals {
            config,
            stage,
            region,
            profile,
            endpoint,
            ..
        } = self.globals.clone();
        Given {
            file: config,
            stage,
            region,
            profile,
            endpoint,
        }
    }

    /// What only the one knows who runs the commands.
    #[must_use]
    pub fn surroundings(&self) -> &Value {
        match &self.host {
            Host::Framework(framework) => &framework.surroundings,
            Host::Program { surroundings, .. } => surroundings,
        }
    }

    /// The launchers that are installed.
    #[must_use]
    pub fn launchers(&self) -> &Launchers {
        match &self.host {
            Host::Program { launchers, .. } => launchers,
            Host::Framework(framework) => &framework.launchers,
        }
    }

    /// What users type before a command's name.
    #[must_use]
    pub fn called(&self) -> &str {
        self.host.called()
    }

    /// The words for messages, those of the service where there is one.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let service = match &self.host {
            Host::Framework(framework) => framework.service.as_ref().ok(),
            Host::Program { .. } => self.service.get().and_then(|service| service.as_ref().ok()),
        };
        service.map_or_else(service_file::caller, |service| service.caller.clone())
    }
}
