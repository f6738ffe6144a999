//! Local values: a bundle of a file's values for handlers on this machine, and the KMS on loopback that opens it.

use napi::Result;
use napi_derive::napi;
use secret_baker_core::local::Values;
use secret_baker_core::local::kms::Kms;
use secret_baker_core::source::Deployment;
use secret_baker_core::{Local, Request, config, failure, open_locally};

use crate::failure::{Failure, off_the_loop, told};
use crate::session::{Baked, Session};

/// What to seal. AWS has no part in it.
#[napi(object, object_to_js = false)]
pub struct LocalRequest {
    /// The config as JSON: a list or a map of secrets.
    pub config: String,
    /// The same as the user wrote it, as of a bake.
    pub written: Option<String>,
    /// The service's folder, from which relative paths start.
    pub service_dir: String,
    /// The file that has the values.
    pub file: String,
    /// The region in which the handlers run, as far as they know. Absent, or none: any.
    pub region: Option<String>,
}

/// A bundle of local values, and what opens it.
#[napi(object, object_from_js = false)]
pub struct LocalBundle {
    /// As of a bake.
    pub baked: Baked,
    /// Opens it.
    pub kms: LocalKms,
    /// The region in which the bundle's entries seem to be.
    pub region: String,
}

/// What `openLocally` gives.
#[napi(object, object_from_js = false)]
pub struct LocalOutcome {
    /// What was sealed.
    pub value: Option<LocalBundle>,
    /// Every mistake of the config, a file that gives no values, or every secret without one.
    pub failure: Option<Failure>,
}

/// A KMS on loopback that opens what this process has sealed. It ends with the process, at the latest.
#[napi]
pub struct LocalKms(Kms);

#[napi]
impl LocalKms {
    /// The URL that stands for KMS. Whoever has it can open the bundle.
    #[napi(getter)]
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.0.endpoint().to_owned()
    }

    /// Ends it; any number of times.
    #[napi]
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl From<Local> for LocalBundle {
    fn from(local: Local) -> Self {
        Self {
            baked: local.baked.into(),
            kms: LocalKms(local.kms),
            region: local.region,
        }
    }
}

#[napi]
impl Session {
    /// Seals the values of a local file in place of a bake, and starts the KMS that opens them. Calls nothing of AWS.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn open_locally(&self, request: LocalRequest) -> Result<LocalOutcome> {
        let caller = self.caller();
        let opened = off_the_loop(move || open(&request, &caller)).await;
        let (value, failure) = told(opened.map(Into::into), &self.caller());
        Ok(LocalOutcome { value, failure })
    }
}

fn open(
    request: &LocalRequest,
    caller: &failure::Caller,
) -> std::result::Result<Local, failure::Failure> {
    let config = config::parse(&request.config)?;
    let written = request.written.as_deref().map(config::parse).transpose()?;
    let deployment = Deployment {
        folder: request.service_dir.as_str().into(),
        label: None,
    };
    let values = Values {
        file: &request.file,
        region: request.region.as_deref(),
        variables: &|name| std::env::var_os(name),
    };
    let request = Request {
        config: &config,
        written: written.as_ref(),
        deployment: &deployment,
        lock: None,
    };
    open_locally(request, caller, values)
}
