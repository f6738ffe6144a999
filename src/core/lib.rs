//! From a config to the bundle that goes into every artefact.
//!
//! ```text
//! config ──► Entry ──► source ──► Sealed ──► bundle ──► folder, artefact
//!             └──► lock ───┤
//!                 └──► local ──────┘
//! ```
//!
//! Knows neither Node nor the Serverless Framework. No plaintext is seen but in `local`, which nothing that is deployed comes from.

pub mod artefact;
pub mod aws;
pub mod bundle;
pub mod config;
pub mod contract;
pub mod edit;
pub mod failure;
pub mod folder;
pub mod gather;
pub mod local;
pub mod lock;
pub mod source;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde_json::Value;

use self::aws::home::Home;
use self::aws::{Aws, Connection};
use self::bundle::Bundle;
use self::config::place::Place;
use self::failure::{Caller, Code, Explain, Failure, panics};
use self::local::kms::Kms;
use self::lock::{Held, Lock, Locking, Plan, Relocked};
use self::source::{Deployment, Progress, Sealed, Source, together};

type Sources = Vec<Box<dyn Source>>;

/// What is baked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The secrets.
    pub config: &'a Value,
    /// The same before its variables were resolved. `None`: less is taken, and less is shown.
    pub written: Option<&'a Value>,
    /// What it is baked for.
    pub deployment: &'a Deployment,
    /// The lock, from which is taken what the config has not changed. `None`: nothing is locked, and nothing will be.
    pub lock: Option<&'a Locking>,
}

/// What a bake gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baked {
    /// What goes into the artefacts.
    pub bundle: Bundle,
    /// What is in it, in its order.
    pub sealed: Vec<Sealed>,
    /// Sentences for the user about what went well, but could go better.
    pub notices: Vec<String>,
    /// What becomes of the lock, where there is one: to be written by whoever bakes, once all has gone well.
    pub relocked: Option<Relocked>,
}

impl Baked {
    fn of(sealed: Vec<Sealed>, notices: Vec<String>) -> Result<Self, Failure> {
        let entry = |sealed: &Sealed| (sealed.name.value().to_owned(), sealed.entry.clone());
        let bundle = Bundle::of(sealed.iter().map(entry))?;
        Ok(Self {
            bundle,
            sealed,
            notices,
            relocked: None,
        })
    }
}

/// A config that has been read: each entry with its source.
pub struct Taken {
    /// All that there are, those that took nothing too.
    pub sources: Vec<Box<dyn Source>>,
    /// Where each entry stands.
    pub places: Vec<Place>,
}

/// Reads the config. Calls nothing.
///
/// # Errors
/// Every mistake in it.
pub fn take(request: Request<'_>, caller: &Caller) -> Result<Taken, Failure> {
    let mut sources = source::all(request.deployment);
    let root = Place::from(caller.secrets.as_str());
    let places = together::take(&mut sources, request.config, request.written, &root)?;
    Ok(Taken { sources, places })
}

/// The user has stopped a bake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped before all secrets were fetched")]
pub struct Cancelled;

impl Explain for Cancelled {
    fn code(&self) -> Code {
        Code::Cancelled
    }
}

/// Bakes: reads the config, fetches every ciphertext, writes the bundle.
///
/// Dropping the future stops all calls. An empty config makes none. A panic, which is a mistake
/// of ours, becomes a failure as well.
///
/// # Errors
/// Every mistake of the config, or every secret that cannot be baked, at once.
pub async fn bake(
    request: Request<'_>,
    caller: &Caller,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let baked = AssertUnwindSafe(try_bake(request, caller, connection, progress))
        .catch_unwind()
        .await;
    baked.unwrap_or_else(|panic| Err(panics::of_panic(panic.as_ref()).into()))
}

async fn try_bake(
    request: Request<'_>,
    caller: &Caller,
    connection: &Connection,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let aws = Aws::new(connection.clone());
    let (mut baked, asked) = sealed(request, caller, &aws, None, progress).await?;
    together::keep(&asked, &aws).await?;
    if let Some(relocked) = &baked.relocked {
        baked.notices.insert(0, relocked.notice());
    }
    Ok(baked)
}

/// Seals `only` these secrets or all, and returns with them the sources that were asked for any.
async fn sealed(
    request: Request<'_>,
    caller: &Caller,
    aws: &Aws,
    only: Option<&[String]>,
    progress: Progress<'_>,
) -> Result<(Baked, Sources), Failure> {
    if let Some(locking) = request.lock
        && let Some(lock) = locking.read()?
    {
        let lock = (locking, lock);
        return Box::pin(sealed_by_lock(request, caller, aws, lock, only, progress)).await;
    }
    let (sources, taken) = take_among(request, caller, only)?;
    let places: Vec<_> = taken.into_iter().map(|one| one.place).collect();
    let (sealed, notices) = together::seal(&sources, &places, aws, progress).await?;
    Ok((Baked::of(sealed, notices)?, sources))
}

fn take_among(
    request: Request<'_>,
    caller: &Caller,
    only: Option<&[String]>,
) -> Result<(Sources, Vec<together::Taken>), Failure> {
    let Request {
        config, written, ..
    } = request;
    let mut sources = source::all(request.deployment);
    let root = Place::from(caller.secrets.as_str());
    let is_wanted = together::is_among(config, only);
    let taken = together::take_some(&mut sources, config, written, &root, is_wanted)?;
    Ok((sources, taken))
}

/// Takes what is locked from the lock, and asks for the rest alone: where there is none, nothing is called.
async fn sealed_by_lock(
    request: Request<'_>,
    caller: &Caller,
    aws: &Aws,
    (locking, mut lock): (&Locking, Lock),
    only: Option<&[String]>,
    progress: Progress<'_>,
) -> Result<(Baked, Sources), Failure> {
    let (config, written) = (request.config, request.written);
    let (sources, taken) = take_among(request, caller, only)?;
    if only.is_some() {
        lock.narrow(&taken);
    }
    let home = home(aws, &sources, &taken).await;
    let plan = Plan::of(locking, &lock, (&taken, &sources), &home)?;
    let asked = plan.asked();
    if plan.may_be_of_another_account(&asked)
        && let Some(account) = aws.account().await
    {
        plan.check_account(&account)?;
    }
    // These take what is asked for alone.
    let mut asking = source::all(request.deployment);
    let root = Place::from(caller.secrets.as_str());
    let is_asked = |index| asked.iter().any(|of_all| taken[*of_all].index == index);
    let rest = together::take_some(&mut asking, config, written, &root, is_asked)?;
    for (index, (one, of_all)) in rest.iter().zip(&asked).enumerate() {
        asking[one.source].pin(index, &plan.locked(*of_all));
    }
    let places: Vec<_> = rest.into_iter().map(|one| one.place).collect();
    let (sealed, notices) = together::seal_each(&asking, &places, aws, progress).await?;
    let each = plan.merged(&asked, sealed);
    let places: Vec<_> = taken.iter().map(|one| one.place.clone()).collect();
    let doubled = together::doubled_names(&each, &places);
    if !doubled.is_empty() {
        return Err(doubled.into());
    }
    let relocked = plan.relocked(&asked, &each)?;
    let mut baked = Baked::of(each.into_iter().flatten().collect(), notices)?;
    baked.relocked = Some(relocked);
    Ok((baked, asking))
}

/// Where the entries' services are asked.
async fn home(aws: &Aws, sources: &[Box<dyn Source>], taken: &[together::Taken]) -> Home {
    let asks = taken.iter().filter_map(|one| sources[one.source].service());
    aws.home(&asks.collect::<Vec<_>>()).await
}

/// What a bake would give now, of `only` these secrets or of all, as far as the config names them. Nothing is kept at a source as
/// deployed, and of the lock nothing is to be written.
///
/// # Errors
/// Every mistake of the config, or every secret that cannot be baked, at once.
pub async fn preview(
    request: Request<'_>,
    caller: &Caller,
    aws: &Aws,
    only: Option<&[String]>,
    progress: Progress<'_>,
) -> Result<Baked, Failure> {
    let deployment = Deployment {
        label: None,
        ..request.deployment.clone()
    };
    let request = Request {
        deployment: &deployment,
        ..request
    };
    let (baked, _) = sealed(request, caller, aws, only, progress).await?;
    Ok(Baked {
        relocked: baked.relocked.map(Relocked::unwritten),
        ..baked
    })
}

/// What a bake takes from the lock without asking for it. `None`: there is no lock. Calls nothing.
///
/// # Errors
/// Every mistake of the config, a lock that cannot be used, or one of another place.
pub async fn held(
    request: Request<'_>,
    caller: &Caller,
    aws: &Aws,
) -> Result<Option<Vec<Held>>, Failure> {
    let Some(locking) = request.lock else {
        return Ok(None);
    };
    let Some(lock) = locking.read()? else {
        return Ok(None);
    };
    let (sources, taken) = take_among(request, caller, None)?;
    let home = home(aws, &sources, &taken).await;
    let plan = Plan::of(locking, &lock, (&taken, &sources), &home)?;
    Ok(Some(plan.held()))
}

/// A bundle of local values, and what opens it.
pub struct Local {
    /// As of a bake.
    pub baked: Baked,
    /// Opens the bundle while it lives.
    pub kms: Kms,
    /// The region in which the bundle's entries seem to be.
    pub region: String,
}

/// Makes a bundle of a file's values in place of a bake, for handlers on this machine. Calls nothing of AWS. Blocks; call it within a
/// runtime of tokio.
///
/// # Errors
/// Every mistake of the config, a file that gives no values, or every secret without one.
pub fn open_locally(
    request: Request<'_>,
    caller: &Caller,
    values: local::Values<'_>,
) -> Result<Local, Failure> {
    let root = Place::from(caller.secrets.as_str());
    let config = local::Config {
        config: request.config,
        written: request.written,
        root: &root,
        deployment: request.deployment,
    };
    let local::Local {
        sealed,
        kms,
        region,
    } = local::open(config, values)?;
    Ok(Local {
        baked: Baked::of(sealed, Vec::new())?,
        kms,
        region,
    })
}

#[cfg(test)]
mod tests;
