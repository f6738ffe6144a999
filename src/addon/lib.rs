//! The border with JavaScript: the only file that names napi.
//!
//! Expected failures cross as data, since a rejected promise would lose their code. A panic is
//! a mistake of ours and crosses as one more failure: it never ends the user's process.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use napi::bindgen_prelude::Buffer;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Result, Status};
use napi_derive::{module_init, napi};
use secret_baker_core::aws::{Connection, Keys};
use secret_baker_core::failure::{self, panics};
use secret_baker_core::{Baked, artefact, bundle, config, folder};
use tokio::sync::watch;

/// One worker is as fast as one for each core, since a bake waits for the network only.
#[module_init]
fn start() {
    // The default hook would print a stack to the user's terminal. It is that of this library's own Rust: nobody else's changes.
    std::panic::set_hook(Box::new(panics::remember));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("secret-baker")
        .enable_all()
        .build();
    // Without it napi starts a runtime of its own, which does as well.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}

/// What to bake, and how to reach AWS.
#[napi(object, object_to_js = false)]
pub struct BakeRequest {
    /// `custom.secretBaker` as JSON.
    pub config: String,
    /// The same as the user wrote it, with its variables not resolved: what came out of one may be a secret, and is shown only as it
    /// was written. A text may stand where the config has anything. Absent: nobody could tell, and less is taken and shown.
    pub written: Option<String>,
    /// Absent: that of the credentials' own place.
    pub region: Option<String>,
    /// A URL instead of that of Parameter Store, and of no other service. Absent: the service's own, by the credentials' own place.
    pub endpoint: Option<String>,
    /// The same for STS, which is asked which account a message is about.
    pub sts_endpoint: Option<String>,
    /// Whether plain HTTP may leave this machine.
    pub allow_insecure_endpoint: Option<bool>,
    /// Used as they are, and with them no shared file of AWS is read. Absent: from the default chain.
    pub credentials: Option<AccessKeys>,
    /// A profile by name, where there are no `credentials`: keys, region, endpoints, FIPS and dual-stack are its own.
    pub profile: Option<String>,
    /// A proxy for all calls. Absent: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    pub proxy: Option<String>,
    /// PEM texts, trusted beside the platform's roots.
    pub certificates: Option<Vec<String>>,
}

/// The access keys that the framework would use.
#[napi(object, object_to_js = false)]
pub struct AccessKeys {
    /// The key's id.
    pub access_key_id: String,
    /// The key itself.
    pub secret_access_key: String,
    /// The token of temporary credentials.
    pub session_token: Option<String>,
}

/// How far a bake has come; both count parameters.
#[napi(object, object_from_js = false)]
pub struct Progress {
    /// Answered.
    pub done: u32,
    /// Known to be asked for.
    pub total: u32,
}

/// What a bake gives: a bundle, or a failure.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Outcome {
    /// The bytes of `secret-baker-secrets.json`.
    pub bundle: Option<Buffer>,
    /// What is in it, in its order.
    pub entries: Vec<BakedEntry>,
    /// Sentences for the user.
    pub notices: Vec<String>,
    /// Why there is no bundle.
    pub failure: Option<Failure>,
}

/// One secret of the bundle, without its ciphertext.
#[napi(object, object_from_js = false)]
pub struct BakedEntry {
    /// Its key, or what was written for it where that is not public.
    pub name: String,
    /// The parameter's path as it was asked for, or as it was written where it may hold a secret.
    pub path: String,
    /// The version that was baked.
    pub version: i64,
    /// The parameter's ARN, without its end where that may hold a secret.
    pub arn: String,
}

/// An expected failure.
#[napi(object, object_from_js = false)]
pub struct Failure {
    /// `SECRET_BAKER_...`, stable.
    pub code: String,
    /// The whole text for the user, with all problems and hints.
    pub message: String,
    /// One by one, in the config's order.
    pub problems: Vec<Problem>,
}

/// One of the problems of a failure.
#[napi(object, object_from_js = false)]
pub struct Problem {
    /// `SECRET_BAKER_...`, stable.
    pub code: String,
    /// Such as `custom.secretBaker[2].path`.
    pub place: Option<String>,
    /// The sentence, without place and hint.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl From<failure::Failure> for Failure {
    fn from(failure: failure::Failure) -> Self {
        let problem = |problem: &failure::Problem| Problem {
            code: problem.why.code().as_str().to_owned(),
            place: problem.place.as_ref().map(ToString::to_string),
            message: problem.why.to_string(),
            hint: problem.why.hint(&failure::Caller::default()),
        };
        Self {
            code: failure.code().as_str().to_owned(),
            message: failure.to_string(),
            problems: failure.problems.iter().map(problem).collect(),
        }
    }
}

impl From<std::result::Result<Baked, failure::Failure>> for Outcome {
    fn from(result: std::result::Result<Baked, failure::Failure>) -> Self {
        let baked = match result {
            Ok(baked) => baked,
            Err(failure) => {
                return Self {
                    failure: Some(failure.into()),
                    ..Self::default()
                };
            }
        };
        let entry = |sealed: secret_baker_core::source::Sealed| BakedEntry {
            arn: sealed.found.to_string(),
            name: sealed.name.shown().to_string(),
            path: sealed.from.to_string(),
            version: sealed
                .version
                .and_then(|version| version.parse().ok())
                .unwrap_or_default(),
        };
        Self {
            bundle: Some(baked.bundle.into()),
            entries: baked.sealed.into_iter().map(entry).collect(),
            notices: baked.notices,
            failure: None,
        }
    }
}

/// Weak: it keeps no process alive. Never blocks the bake.
type OnProgress = ThreadsafeFunction<Progress, (), Progress, Status, false, true>;

/// One bake. Nothing is loaded or called before `run`.
#[napi]
pub struct Bake {
    config: String,
    written: Option<String>,
    connection: Connection,
    cancelled: watch::Sender<bool>,
}

#[napi]
impl Bake {
    /// Keeps the request.
    #[napi(constructor)]
    #[must_use]
    pub fn new(request: BakeRequest) -> Self {
        let keys = request.credentials.map(|keys| Keys {
            access_key_id: keys.access_key_id,
            secret_access_key: keys.secret_access_key,
            session_token: keys.session_token,
        });
        Self {
            config: request.config,
            written: request.written,
            connection: Connection {
                region: request.region,
                endpoint: request.endpoint,
                sts_endpoint: request.sts_endpoint,
                allow_insecure_endpoint: request.allow_insecure_endpoint.unwrap_or_default(),
                keys,
                profile: request.profile,
                proxy: request.proxy,
                certificates: request.certificates.unwrap_or_default(),
            },
            cancelled: watch::Sender::new(false),
        }
    }

    /// Fetches every ciphertext. Resolves with a failure rather than rejecting.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn run(
        &self,
        #[napi(ts_arg_type = "((progress: Progress) => void) | undefined | null")] progress: Option<
            OnProgress,
        >,
    ) -> Result<Outcome> {
        let progress = move |done, total| report(progress.as_ref(), done, total);
        let mut cancelled = self.cancelled.subscribe();
        let result = tokio::select! {
            result = self.bake(&progress) => result,
            _ = cancelled.wait_for(|cancelled| *cancelled) => Err(secret_baker_core::Cancelled.into()),
        };
        Ok(result.into())
    }

    /// Stops all calls of `run`, which then resolves with `SECRET_BAKER_CANCELLED`.
    #[napi]
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    async fn bake(
        &self,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> std::result::Result<Baked, failure::Failure> {
        let config = config::parse(&self.config)?;
        let written = self.written.as_deref().map(config::parse).transpose()?;
        let caller = failure::Caller::default();
        secret_baker_core::bake(
            &config,
            written.as_ref(),
            &caller,
            &self.connection,
            progress,
        )
        .await
    }
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

/// A service's folder while this process has its bundle in it.
#[napi]
pub struct Folder(folder::Folder);

#[napi]
impl Folder {
    /// Touches nothing yet. `locks_dir` is a folder that only this user can write to.
    #[napi(constructor)]
    #[must_use]
    pub fn new(service_dir: String, locks_dir: String, bundle: Buffer) -> Self {
        Self(folder::Folder::new(
            PathBuf::from(service_dir),
            PathBuf::from(locks_dir),
            Vec::from(bundle),
        ))
    }

    /// Writes the bundle into `dir`, atomically, with mode 0644 and never through a symbolic link.
    #[napi]
    pub fn write(&mut self, dir: String) -> Option<Failure> {
        // A panic in a synchronous function would abort the process.
        let written = catch_unwind(AssertUnwindSafe(|| self.0.write(&PathBuf::from(dir))));
        let result = written.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()));
        result
            .err()
            .map(|cause| failure::Failure::from(cause).into())
    }

    /// Writes another bundle into `dir`: the part that the function of an image carries.
    #[napi]
    pub fn write_narrowed(&mut self, dir: String, bundle: Buffer) -> Option<Failure> {
        let write = || {
            self.0
                .write_narrowed(&PathBuf::from(dir), Vec::from(bundle))
        };
        let written = catch_unwind(AssertUnwindSafe(write));
        let result = written.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()));
        result
            .err()
            .map(|cause| failure::Failure::from(cause).into())
    }

    /// Counts a copy as ours that another tool has made in `dir`: with the bytes that this process wrote, and through no symbolic
    /// link. Whether there is one; `release` then removes it with the rest.
    #[napi]
    pub fn adopt(&mut self, dir: String) -> bool {
        let adopted = catch_unwind(AssertUnwindSafe(|| self.0.adopt(&PathBuf::from(dir))));
        adopted.unwrap_or_default()
    }

    /// Ends the use of the folder; removes what `write` made, but for the service's own file if told
    /// to keep it, unless it has changed, or while another live run uses it. Returns the removed paths.
    #[napi]
    pub fn release(&mut self, keep: bool) -> Vec<String> {
        let released = catch_unwind(AssertUnwindSafe(|| self.0.release(keep)));
        let removed = released.unwrap_or_default();
        removed
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    }
}

/// The right to package a service: one process at a time.
#[napi]
#[derive(Default)]
pub struct Packaging(folder::lock::Packaging);

#[napi]
impl Packaging {
    /// Has no right yet.
    #[napi(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the right, or sees that it is ours already. `locks_dir` as in `Folder`.
    #[napi]
    pub fn claim(&mut self, service_dir: String, locks_dir: String) -> Option<Failure> {
        let (service, locks) = (PathBuf::from(service_dir), PathBuf::from(locks_dir));
        let claimed = catch_unwind(AssertUnwindSafe(|| self.0.claim(&service, &locks)));
        let result = claimed.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()));
        result
            .err()
            .map(|cause| failure::Failure::from(cause).into())
    }

    /// Gives it back; any number of times.
    #[napi]
    pub fn release(&mut self) {
        // It cannot fail, and a panic here would abort the process.
        let _ = catch_unwind(AssertUnwindSafe(|| self.0.release()));
    }
}

/// A function, what it is deployed from and what it carries.
#[napi(object, object_to_js = false)]
pub struct Function {
    /// Its key below `functions`.
    pub name: String,
    /// The path or the address of its zip.
    pub zip: Option<String>,
    /// The build context of its image. With neither of the two somebody else builds its image.
    pub context: Option<String>,
    /// The only secrets that it carries. Absent: all.
    pub only: Option<Vec<String>>,
    /// The same names as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Whether secrets become its environment variables.
    pub env: Option<Env>,
}

/// Secrets that the launcher makes environment variables of.
#[napi(object, object_to_js = false)]
pub struct Env {
    /// Which, as `NAME`, `NAME=VARIABLE` and `*` for all that are not named. Absent: all that the
    /// function carries.
    pub names: Option<Vec<String>>,
    /// The same as they were written, for messages.
    pub written: Option<Vec<String>>,
    /// Where the config says so.
    pub place: String,
    /// The path of the launcher for the function's processor, a gzip file.
    pub launcher: String,
}

impl From<Function> for artefact::Function {
    fn from(function: Function) -> Self {
        Self {
            name: function.name,
            artefact: match (function.zip, function.context) {
                (Some(zip), _) => artefact::Artefact::Zip(zip),
                (None, Some(context)) => artefact::Artefact::Context(context),
                (None, None) => artefact::Artefact::Elsewhere,
            },
            only: function.only,
            written: function.written,
            env: function.env.map(|env| artefact::Env {
                names: env.names,
                written: env.written,
                place: env.place.as_str().into(),
                launcher: env.launcher.into(),
            }),
        }
    }
}

/// An artefact, and what it carries now.
#[napi(object, object_from_js = false)]
pub struct Carried {
    /// All functions that are deployed from it.
    pub functions: Vec<String>,
    /// The zip to deploy, or the folder to write the bundle into.
    pub path: String,
    /// The bundle of these functions.
    pub bundle: Buffer,
    /// Its SHA-256 in hexadecimal, for `check` of a package that is deployed later.
    pub digest: String,
    /// What was there before.
    #[napi(ts_type = "'right' | 'missing' | 'other'")]
    pub found: String,
    /// Bundles that lay deeper in it and are gone.
    pub strays: Vec<String>,
    /// Whether it had to change.
    pub changed: bool,
}

impl From<artefact::Carried> for Carried {
    fn from(carried: artefact::Carried) -> Self {
        let found = match carried.found {
            artefact::Found::Right => "right",
            artefact::Found::Missing => "missing",
            artefact::Found::Other => "other",
        };
        Self {
            functions: carried.functions,
            path: carried.path.display().to_string(),
            digest: bundle::digest(&carried.bundle),
            bundle: carried.bundle.into(),
            found: found.to_owned(),
            strays: carried.strays,
            changed: carried.changed,
        }
    }
}

/// What `carry` gives.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Packed {
    /// Each artefact, in the order of the functions.
    pub carried: Vec<Carried>,
    /// Why not.
    pub failure: Option<Failure>,
}

/// Makes sure that each zip carries the secrets of its functions. Relative paths start from
/// `service_dir`; zips outside `folder` are copied there before they are changed.
///
/// # Errors
/// Never for an expected failure.
#[napi]
pub async fn carry(
    functions: Vec<Function>,
    bundle: Buffer,
    service_dir: String,
    folder: String,
) -> Result<Packed> {
    let (service, folder) = (PathBuf::from(service_dir), PathBuf::from(folder));
    let functions: Vec<_> = functions.into_iter().map(Into::into).collect();
    let carried = off_the_loop(move || artefact::carry(&functions, &bundle, &service, &folder));
    Ok(match carried.await {
        Ok(carried) => Packed {
            carried: carried.into_iter().map(Into::into).collect(),
            failure: None,
        },
        Err(failure) => Packed {
            failure: Some(failure.into()),
            ..Packed::default()
        },
    })
}

/// Looks whether each zip carries its secrets: those of the bundle that was baked just now or, without
/// one, the very bytes that were packaged earlier. `digests` has their SHA-256 in hexadecimal, by the
/// function's name, and `config` is that of the package, for messages only. Changes nothing.
///
/// # Errors
/// Never for an expected failure.
#[napi]
pub async fn check(
    functions: Vec<Function>,
    config: String,
    bundle: Option<Buffer>,
    service_dir: String,
    digests: Option<BTreeMap<String, String>>,
) -> Result<Option<Failure>> {
    let functions: Vec<_> = functions.into_iter().map(Into::into).collect();
    let checked = off_the_loop(move || {
        // What was packaged by another version may be written in another grammar.
        let config = config::parse(&config).ok();
        let digests = digests.unwrap_or_default();
        let expected = match &bundle {
            Some(bundle) => artefact::Expected::Bundle(bundle),
            None => artefact::Expected::Packaged {
                digests: &digests,
                config: config.as_ref(),
            },
        };
        artefact::check(&functions, expected, &PathBuf::from(service_dir))
    });
    Ok(checked.await.err().map(Into::into))
}

/// Runs what reads and writes files beside Node's own thread. A panic becomes a failure.
async fn off_the_loop<T: Send + 'static>(
    act: impl FnOnce() -> std::result::Result<T, failure::Failure> + Send + 'static,
) -> std::result::Result<T, failure::Failure> {
    let guarded = || {
        let done = catch_unwind(AssertUnwindSafe(act));
        done.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()))
    };
    let joined = tokio::task::spawn_blocking(guarded).await;
    joined.unwrap_or_else(|error| {
        let said = error.to_string().into();
        Err(failure::internal::Internal { said }.into())
    })
}
