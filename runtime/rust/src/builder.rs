//! Opening a bundle, with other settings than the environment's.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::aws::{Aws, Configured, Patience};
use crate::bundle::Bundle;
use crate::environment::Environment;
use crate::error::Error;
use crate::opener::Opener;
use crate::place::places;
use crate::sealed_variables::SealedVariables;
use crate::secrets::Secrets;

/// Settings for [`Secrets`] and [`SealedVariables`]. Without any it is [`Secrets::open`].
#[derive(Default)]
#[must_use]
pub struct Builder {
    file: Option<PathBuf>,
    bytes: Option<Vec<u8>>,
    configured: Configured,
    patience: Patience,
    environment: Option<Environment>,
}

impl Secrets {
    /// Finds and reads the bundle. No call is made yet.
    ///
    /// It is looked for at `SECRET_BAKER_FILE` if that is set, else in `LAMBDA_TASK_ROOT`, the handler's folder, the
    /// program's folder and the current folder, as `secret-baker-secrets.json`.
    ///
    /// # Errors
    /// [`Code::BundleMissing`](crate::Code::BundleMissing) with all places looked at, or
    /// [`Code::BundleInvalid`](crate::Code::BundleInvalid).
    pub fn open() -> Result<Self, Error> {
        Self::builder().open()
    }

    /// Settings other than the environment's.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// The bundle's file, instead of looking for it.
    pub fn file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The bundle itself, instead of a file; messages call it `file`.
    #[doc(hidden)]
    pub fn bundle_bytes(mut self, bytes: impl Into<Vec<u8>>, file: impl Into<PathBuf>) -> Self {
        self.bytes = Some(bytes.into());
        self.file(file)
    }

    /// What sends the requests, since this crate then has no connections of its own.
    #[cfg(feature = "transport")]
    #[doc(hidden)]
    pub fn transport(mut self, transport: crate::transport::Transport) -> Self {
        self.configured.transport = Some(transport);
        self
    }

    /// The URL of all services that are called (KMS, Secrets Manager), instead of `AWS_ENDPOINT_URL_KMS`,
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`, `AWS_ENDPOINT_URL` and AWS's own: for an emulator. A VPC endpoint is of one
    /// service, and so are those variables.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.configured.url = Some(url.into());
        self
    }

    /// Whether the endpoint may be plain HTTP to another machine, which shows each secret on the wire: for a network of
    /// containers that nobody else sees. Default: what `SECRET_BAKER_ALLOW_INSECURE_ENDPOINT` says.
    pub fn allow_insecure_endpoint(mut self, allow: bool) -> Self {
        self.configured.allow_insecure = Some(allow);
        self
    }

    /// How long resolving the service's name, TCP and TLS may take together. Default: 1 s.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.patience.connect = limit;
        self
    }

    /// How long one attempt of a call may take. Default: 3 s.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.patience.attempt = limit;
        self
    }

    /// How long opening a secret may take in all, from the wish to the answer: waiting for other calls, credentials, all
    /// attempts and pauses. The time for which the process is frozen does not count. Default: 10 s.
    pub fn call_timeout(mut self, limit: Duration) -> Self {
        self.patience.call = limit;
        self
    }

    /// Where environment variables are read, at the time of each call, instead of the process's own. For tests, since
    /// setting those of the process is unsafe.
    pub fn environment(
        mut self,
        read: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Self {
        self.environment = Some(Environment::new(read));
        self
    }

    /// Finds and reads the bundle. No call is made yet.
    ///
    /// # Errors
    /// Those of [`Secrets::open`].
    pub fn open(mut self) -> Result<Secrets, Error> {
        let (file, bytes) = (self.file.clone(), self.bytes.take());
        let opener = self.opener();
        if let Some((file, bytes)) = file.clone().zip(bytes) {
            return Ok(Secrets::new(Bundle::parse(file, &bytes)?, opener));
        }
        let places = file.map_or_else(|| places(&opener.aws.environment), |file| vec![file]);
        Ok(Secrets::new(Bundle::read(places)?, opener))
    }

    /// Secrets in environment variables, without a bundle: the file does not matter. No call is made yet.
    #[must_use]
    pub fn sealed_variables(self) -> SealedVariables {
        SealedVariables::new(self.opener())
    }

    pub(crate) fn opener(self) -> Arc<Opener> {
        let environment = self.environment.unwrap_or_else(Environment::of_process);
        let aws = Aws::new(environment, self.configured, self.patience);
        Arc::new(Opener::new(aws))
    }
}
