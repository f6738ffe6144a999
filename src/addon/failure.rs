//! How a failure crosses: as data, since a rejected promise would lose its code. Every call that may fail gives `{value?, failure?}`, and so
//! does a panic, which is a mistake of ours: it never ends the user's process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi_derive::napi;
use secret_baker_core::failure::{self, panics};

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

impl Failure {
    /// In the caller's words.
    pub fn told(failure: &failure::Failure, caller: &failure::Caller) -> Self {
        let problem = |problem: &failure::Problem| Problem {
            code: problem.why.code().as_str().to_owned(),
            place: problem.place.as_ref().map(ToString::to_string),
            message: problem.why.to_string(),
            hint: problem.why.hint(caller),
        };
        Self {
            code: failure.code().as_str().to_owned(),
            message: failure.told(caller),
            problems: failure.problems.iter().map(problem).collect(),
        }
    }
}

/// What a call gives that has no value to give.
#[napi(object, object_from_js = false)]
pub struct Done {
    /// Why it is not done.
    pub failure: Option<Failure>,
}

impl Done {
    /// A result of the core, in the caller's words.
    pub fn told(result: Result<(), failure::Failure>, caller: &failure::Caller) -> Self {
        let (_, failure) = told(result, caller);
        Self { failure }
    }
}

/// The two parts of every outcome, of which just one is there.
pub fn told<T>(
    result: Result<T, failure::Failure>,
    caller: &failure::Caller,
) -> (Option<T>, Option<Failure>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(failure) => (None, Some(Failure::told(&failure, caller))),
    }
}

/// A panic in a synchronous function would abort the process.
pub fn guarded<T, E: Into<failure::Failure>>(
    act: impl FnOnce() -> Result<T, E>,
) -> Result<T, failure::Failure> {
    let done = catch_unwind(AssertUnwindSafe(act));
    let done = done.map_err(|panic| panics::of_panic(panic.as_ref()))?;
    done.map_err(Into::into)
}

/// Runs what reads and writes files beside Node's own thread.
pub async fn off_the_loop<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, failure::Failure> + Send + 'static,
) -> Result<T, failure::Failure> {
    let joined = tokio::task::spawn_blocking(|| guarded(act)).await;
    joined.unwrap_or_else(|error| Err(panics::of_panic(&error.to_string()).into()))
}
