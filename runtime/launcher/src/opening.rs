//! Opens what becomes variables: secrets of the bundle, and what is sealed in the environment.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use futures_util::future::join;
use secret_baker::{Builder, Error, LAUNCHER_BUDGET, Secret, Secrets};
use secret_baker_launcher::failures::Failures;
use secret_baker_launcher::shown::shown;
use secret_baker_launcher::variables::{self, Variable, Variables};
use tokio::runtime;

use crate::called::WORDS;
use crate::sealed;

/// Of the bundle, what is to be opened.
struct Chosen {
    /// None where there is no bundle, and need be none.
    secrets: Option<Secrets>,
    plan: Vec<Variable>,
}

/// All variables with their plaintexts. A secret of the bundle replaces a variable that is set already, sealed or not.
///
/// # Errors
/// All that failed. Nothing is called while a name is wrong.
pub fn opened() -> Result<Variables, Failures> {
    let found = sealed::found(env::vars_os());
    let chosen = chosen(!found.is_empty());
    let names = chosen.iter().flat_map(|chosen| &chosen.plan);
    let replaced: BTreeSet<&str> = names.map(|variable| variable.name.as_str()).collect();
    let sealed = sealed::plan(found, &replaced);
    let (chosen, sealed) = both(chosen, sealed)?;
    let (plaintexts, unsealed) = decrypted(&chosen, &sealed)?;
    let of_bundle = chosen.plan.into_iter().filter_map(|variable| {
        let plaintext = plaintexts.get(&variable.secret)?;
        let what = format!("secret `{}`", shown(&variable.secret));
        Some((what, (variable.name, plaintext.clone())))
    });
    let of_environment = unsealed
        .into_iter()
        .map(|(name, plaintext)| (sealed::place(&name), (name, plaintext)));
    variables::set(of_bundle.chain(of_environment).collect())
}

/// # Errors
/// Why there is no bundle to be opened, or each variable that cannot be set.
fn chosen(is_sealed: bool) -> Result<Chosen, Failures> {
    let bundle = settings().open();
    let chosen = env::var_os("SECRET_BAKER_ENV").unwrap_or_else(|| "*".into());
    let chosen = chosen.into_string();
    let secrets = match bundle {
        Ok(secrets) => Some(secrets),
        // Where no bundle is asked for, what is sealed may be all that there is.
        Err(Error::BundleMissing { .. })
            if is_sealed
                && !is_file_named()
                && chosen.as_deref().is_ok_and(variables::names_none) =>
        {
            None
        }
        Err(error) => return Err(error.into()),
    };
    let chosen = chosen.map_err(|_| {
        let sentence = "SECRET_BAKER_ENV is not UTF-8; list names of secrets in it, or unset it";
        Failures::not_variables([sentence.into()])
    })?;
    let names = secrets.iter().flat_map(Secrets::names);
    let plan = variables::plan(&chosen, names, &WORDS)?;
    Ok(Chosen { secrets, plan })
}

fn settings() -> Builder {
    Secrets::builder().call_timeout(LAUNCHER_BUDGET)
}

fn is_file_named() -> bool {
    env::var_os("SECRET_BAKER_FILE").is_some_and(|file| !file.is_empty())
}

type Plaintexts = BTreeMap<String, Secret>;

/// The plaintexts of both, side by side: by the secrets' names, and by the variables'.
///
/// # Errors
/// All that did not open.
fn decrypted(chosen: &Chosen, sealed: &[String]) -> Result<(Plaintexts, Plaintexts), Failures> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            let sentence =
                format!("the launcher cannot start: {error}; give the process higher limits");
            Failures::of_command(&sentence, "")
        })?;
    let of_bundle = async {
        let names = chosen.plan.iter().map(|variable| &variable.secret);
        match &chosen.secrets {
            Some(secrets) => secrets.secrets_of(names).await,
            None => Ok(Plaintexts::new()),
        }
    };
    let of_environment = async {
        let secrets = chosen.secrets.as_ref();
        let variables =
            secrets.map_or_else(|| settings().sealed_variables(), Secrets::sealed_variables);
        variables.secrets_of(sealed).await
    };
    let (plaintexts, unsealed) = runtime.block_on(join(of_bundle, of_environment));
    // A name that is still being resolved need not be waited for.
    runtime.shutdown_background();
    both(
        plaintexts.map_err(Failures::from),
        unsealed.map_err(Failures::from),
    )
}

/// # Errors
/// The failures of both.
fn both<A, B>(one: Result<A, Failures>, other: Result<B, Failures>) -> Result<(A, B), Failures> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(one), Err(other)) => Err(one.and(other)),
        (Err(failures), Ok(_)) | (Ok(_), Err(failures)) => Err(failures),
    }
}
