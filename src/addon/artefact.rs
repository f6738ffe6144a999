//! Artefacts: what is told before they are packaged, the change, and the last look.

use std::collections::BTreeMap;
use std::path::PathBuf;

use napi::Result;
use napi_derive::napi;
use secret_baker_core::{artefact, config};

use crate::bundle::Bundle;
use crate::failure::{Done, Failure, off_the_loop, told};
use crate::session::Session;

/// A function, what it is deployed from and what it carries.
#[napi(object, object_to_js = false)]
pub struct FunctionToCarry {
    /// Its key below `functions`.
    pub name: String,
    /// The path or the address of its zip; relative paths start from the service's folder.
    pub zip: Option<String>,
    /// The build context of its image. With neither of the two somebody else builds its image.
    pub context: Option<String>,
    /// The only secrets that it carries. Absent: all.
    pub only: Option<Vec<String>>,
    /// The same names as they were written, one by one, for messages. Absent: the names themselves are shown.
    pub written: Option<Vec<String>>,
    /// Whether secrets become its environment variables.
    pub env: Option<LauncherEnv>,
    /// The environment variables that it is deployed with. Absent: none.
    pub environment: Option<Vec<EnvironmentVariable>>,
}

/// An environment variable, as it is deployed.
#[napi(object, object_to_js = false)]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: String,
    /// Its value. Absent: only the deployment tells.
    pub value: Option<String>,
}

/// Secrets that the launcher makes environment variables of.
#[napi(object, object_to_js = false)]
pub struct LauncherEnv {
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

impl From<FunctionToCarry> for artefact::Function {
    fn from(function: FunctionToCarry) -> Self {
        Self {
            name: function.name,
            place: None,
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
            environment: function
                .environment
                .unwrap_or_default()
                .into_iter()
                .map(|variable| artefact::Variable {
                    name: variable.name,
                    value: variable.value,
                })
                .collect(),
        }
    }
}

/// An artefact, and what it carries now.
#[napi(object, object_from_js = false)]
pub struct Carried {
    /// All functions that are deployed from it.
    pub functions: Vec<String>,
    /// The zip to deploy, or the folder to write the bundle into; absolute.
    pub path: String,
    /// The bundle of these functions.
    pub bundle: Bundle,
    /// Its SHA-256 in hexadecimal, for `checkPackaged`.
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
            digest: carried.bundle.digest(),
            bundle: Bundle(carried.bundle),
            found: found.to_owned(),
            strays: carried.strays,
            changed: carried.changed,
        }
    }
}

/// What `put` gives.
#[napi(object, object_from_js = false)]
pub struct PutOutcome {
    /// Each artefact, in the order of the functions.
    pub value: Option<Vec<Carried>>,
    /// Every artefact that cannot be made right.
    pub failure: Option<Failure>,
}

#[napi]
impl Session {
    /// Sees what `put` would refuse, as far as no zip needs to be there for it. Changes nothing. Relative paths start from `serviceDir`.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn foresee(
        &self,
        functions: Vec<FunctionToCarry>,
        bundle: &Bundle,
        service_dir: String,
    ) -> Result<Done> {
        let (caller, bundle) = (self.caller(), bundle.0.clone());
        let foreseen = off_the_loop(move || {
            let functions = of_core(functions);
            artefact::foresee(&functions, &bundle, &PathBuf::from(service_dir), &caller)
        });
        Ok(Done::told(foreseen.await, &self.caller()))
    }

    /// Makes sure that each zip carries the secrets of its functions, and no others. Relative paths start from
    /// `serviceDir`; zips outside `folder` are copied there before they are changed.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn put(
        &self,
        functions: Vec<FunctionToCarry>,
        bundle: &Bundle,
        service_dir: String,
        folder: String,
    ) -> Result<PutOutcome> {
        let (caller, bundle) = (self.caller(), bundle.0.clone());
        let carried = off_the_loop(move || {
            let (service, folder) = (PathBuf::from(service_dir), PathBuf::from(folder));
            let place = artefact::Destination::Own(&folder);
            artefact::put(&of_core(functions), &bundle, &service, place, &caller)
        });
        let (carried, failure) = told(carried.await, &self.caller());
        let value = carried.map(|all| all.into_iter().map(Into::into).collect());
        Ok(PutOutcome { value, failure })
    }

    /// The last look: whether each zip carries its secrets of the bundle that was baked just now. Changes nothing.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn check(
        &self,
        functions: Vec<FunctionToCarry>,
        bundle: &Bundle,
        service_dir: String,
    ) -> Result<Done> {
        let (caller, bundle) = (self.caller(), bundle.0.clone());
        let checked = off_the_loop(move || {
            let expected = artefact::Expected::Bundle(&bundle);
            let service = PathBuf::from(service_dir);
            artefact::check(&of_core(functions), expected, &service, &caller)
        });
        Ok(Done::told(checked.await, &self.caller()))
    }

    /// The same of a package that was made earlier: whether each zip carries the very bytes that were packaged. `digests` has their
    /// SHA-256 in hexadecimal, by the function's name, and `config` is that of the package as JSON, for messages only.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn check_packaged(
        &self,
        functions: Vec<FunctionToCarry>,
        digests: BTreeMap<String, String>,
        config: String,
        service_dir: String,
    ) -> Result<Done> {
        let caller = self.caller();
        let checked = off_the_loop(move || {
            // What was packaged by another version may be written in another grammar.
            let config = config::parse(&config).ok();
            let expected = artefact::Expected::Packaged {
                digests: &digests,
                config: config.as_ref(),
            };
            let service = PathBuf::from(service_dir);
            artefact::check(&of_core(functions), expected, &service, &caller)
        });
        Ok(Done::told(checked.await, &self.caller()))
    }
}

fn of_core(functions: Vec<FunctionToCarry>) -> Vec<artefact::Function> {
    functions.into_iter().map(Into::into).collect()
}
