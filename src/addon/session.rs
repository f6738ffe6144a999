//! One command's use of the core: whose words it speaks, and the bake.

use std::collections::HashMap;
use std::sync::Arc;

use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::napi;
use secret_baker_core::Request;
use secret_baker_core::aws::{Connection, Keys, Lack};
use secret_baker_core::config;
use secret_baker_core::failure;
use secret_baker_core::lock::Locking;
use secret_baker_core::source::{Deployment, Sealed};
use tokio::sync::watch;

use crate::bundle::Bundle;
use crate::caller::Caller;
use crate::failure::{Failure, told};

/// What to bake, and how to reach AWS.
#[napi(object, object_to_js = false)]
pub struct BakeRequest {
    /// The config as JSON: a list or a map of secrets.
    pub config: String,
    /// The same as the user wrote it, with its variables not resolved: what came out of one may be a secret, and is shown only as it
    /// was written. A text may stand where the config has anything. Absent: nobody could tell, and less is taken and shown.
    pub written: Option<String>,
    /// The service's folder, from which relative paths of the config start.
    pub service_dir: String,
    /// What the deployment is called where a source keeps what was deployed. Absent: nothing is deployed.
    pub label: Option<String>,
    /// The stage, of which the lock is. Absent: there are no stages.
    pub stage: Option<String>,
    /// Whether a bake fails rather than change the lock. Absent: it does where `CI` is set.
    pub frozen: Option<bool>,
    /// Absent: that of the credentials' own place.
    pub region: Option<String>,
    /// URLs instead of the services' own, by `ssm`, `dynamodb`, `secretsmanager` and `sts`, which is asked which account a message is
    /// about. Absent: a service's own, by the credentials' own place.
    pub endpoints: Option<HashMap<String, String>>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: Option<bool>,
    /// Used as they are, and with them no shared file of AWS is read. Absent: from the default chain.
    pub credentials: Option<AccessKeys>,
    /// Why the caller's own credentials cannot be used: told when a call needs some. None others are looked for then.
    pub lack: Option<CredentialsLack>,
    /// A profile by name, where there are no `credentials`: keys, region, endpoints, FIPS and dual-stack are its own.
    pub profile: Option<String>,
    /// A proxy for all calls. Absent: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    pub proxy: Option<String>,
    /// PEM texts, trusted beside the platform's roots.
    pub certificates: Option<Vec<String>>,
}

/// The access keys that the caller would use.
#[napi(object, object_to_js = false)]
pub struct AccessKeys {
    /// The key's id.
    pub access_key_id: String,
    /// The key itself.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// Why there are no access keys.
#[napi(object, object_to_js = false)]
pub struct CredentialsLack {
    /// A sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// How far a bake has come; both count secrets.
#[napi(object, object_from_js = false)]
pub struct Progress {
    /// Answered.
    pub done: u32,
    /// Known to be asked for.
    pub total: u32,
}

/// A baked bundle, and what is in it.
#[napi(object, object_from_js = false)]
pub struct Baked {
    /// What goes into the artefacts.
    pub bundle: Bundle,
    /// What is in it, in its order.
    pub entries: Vec<BakedEntry>,
    /// Sentences for the user.
    pub notices: Vec<String>,
}

/// One secret of the bundle, without its ciphertext.
#[napi(object, object_from_js = false)]
pub struct BakedEntry {
    /// Its key, or what was written for it where that is not public.
    pub name: String,
    /// Where it was taken from, as it was asked for, or as it was written where it may hold a secret.
    pub from: String,
    /// The version that was baked, where its source has any.
    pub version: Option<String>,
}

/// What a bake gives.
#[napi(object, object_from_js = false)]
pub struct BakeOutcome {
    /// What was baked.
    pub value: Option<Baked>,
    /// Every mistake of the config, or every secret that cannot be baked.
    pub failure: Option<Failure>,
}

impl From<secret_baker_core::Baked> for Baked {
    fn from(baked: secret_baker_core::Baked) -> Self {
        let entry = |sealed: Sealed| BakedEntry {
            name: sealed.name.shown().to_string(),
            from: sealed.from.to_string(),
            version: sealed.version,
        };
        Self {
            bundle: Bundle(baked.bundle),
            entries: baked.sealed.into_iter().map(entry).collect(),
            notices: baked.notices,
        }
    }
}

impl From<BakeRequest> for Connection {
    fn from(request: BakeRequest) -> Self {
        let keys = request.credentials.map(|keys| Keys {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret_access_key,
            session_token: keys.session_token,
        });
        Self {
            region: request.region,
            endpoints: request.endpoints.into_iter().flatten().collect(),
            allow_insecure_endpoint: request.allow_insecure_endpoint.unwrap_or_default(),
            keys,
            lack: request.lack.map(|lack| Lack {
                said: lack.message.as_str().into(),
                hint: lack.hint.as_str().into(),
            }),
            profile: request.profile,
            proxy: request.proxy,
            certificates: request.certificates.unwrap_or_default(),
        }
    }
}

/// Weak: it keeps no process alive. Never blocks the bake.
type OnProgress = ThreadsafeFunction<Progress, (), Progress, Status, false, true>;

/// One command's use of the core. Nothing is loaded or called before it is asked for.
#[napi]
pub struct Session {
    caller: Arc<failure::Caller>,
    cancelled: watch::Sender<bool>,
}

#[napi]
impl Session {
    /// Keeps the caller's words for all messages. Absent: words that are true of every program.
    #[napi(constructor)]
    #[must_use]
    pub fn new(caller: Option<Caller>) -> Self {
        let caller = caller.map(Into::into).unwrap_or_default();
        Self {
            caller: Arc::new(caller),
            cancelled: watch::Sender::new(false),
        }
    }

    pub(crate) fn caller(&self) -> Arc<failure::Caller> {
        Arc::clone(&self.caller)
    }

    /// Fetches every ciphertext. Resolves with a failure rather than rejecting.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn bake(
        &self,
        request: BakeRequest,
        #[napi(ts_arg_type = "((progress: Progress) => void) | undefined | null")] progress: Option<
            OnProgress,
        >,
    ) -> Result<BakeOutcome> {
        let progress = move |done, total| report(progress.as_ref(), done, total);
        let mut cancelled = self.cancelled.subscribe();
        let result = tokio::select! {
            result = bake(request, &self.caller, &progress) => result,
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(secret_baker_core::Cancelled.into()),
        };
        let (value, failure) = told(result.map(Into::into), &self.caller);
        Ok(BakeOutcome { value, failure })
    }

    /// Stops all calls of `bake`, which then resolves with `SECRET_BAKER_CANCELLED`, and so does each that comes later.
    #[napi]
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }
}

async fn bake(
    request: BakeRequest,
    caller: &failure::Caller,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> std::result::Result<secret_baker_core::Baked, failure::Failure> {
    let config = config::parse(&request.config)?;
    let written = request.written.as_deref().map(config::parse).transpose()?;
    let deployment = Deployment {
        folder: request.service_dir.as_str().into(),
        label: request.label.clone(),
    };
    let stage = request.stage.as_deref();
    let locking = Locking::of_bake(&deployment.folder, stage, request.frozen);
    let connection = request.into();
    let request = Request {
        config: &config,
        written: written.as_ref(),
        deployment: &deployment,
        lock: Some(&locking),
    };
    let baked = secret_baker_core::bake(request, caller, &connection, progress).await?;
    if let Some(relocked) = &baked.relocked {
        relocked.write()?;
    }
    Ok(baked)
}

fn report(progress: Option<&OnProgress>, done: usize, total: usize) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    if let Some(progress) = progress {
        let now = Progress {
            done: count(done),
            total: count(total),
        };
        progress.call(now, ThreadsafeFunctionCallMode::NonBlocking);
    }
}
