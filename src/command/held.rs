//! A config beside its lock: sources that mean the very versions which are locked, since those are what is deployed.

use secret_baker_core::Taken;
use secret_baker_core::aws::home::Home;
use secret_baker_core::config::place::Place;
use secret_baker_core::failure::Failure;
use secret_baker_core::lock::{Lock, Locking, Plan};
use secret_baker_core::source::together;
use secret_baker_core::source::{self, Sealed, Source};

use crate::service::Service;

/// A config that has been read, and what its lock has of it.
pub struct Held {
    /// Its sources, each pinned to what is locked.
    pub taken: Taken,
    /// By entry: its secrets as a bake takes them from the lock. Empty where it would ask for them.
    pub locked: Vec<Vec<Sealed>>,
    beside: Option<Beside>,
}

/// A lock, and the config as it stands beside it.
struct Beside {
    locking: Locking,
    lock: Lock,
    taken: Vec<together::Taken>,
    sources: Vec<Box<dyn Source>>,
    home: Home,
}

impl Held {
    /// Reads both. Calls nothing.
    ///
    /// # Errors
    /// Every mistake in the config; a lock that is damaged, or is none of this config.
    pub async fn of(service: &Service) -> Result<Self, Failure> {
        let mut sources = source::all(&service.deployment);
        let taken = take(service, &mut sources)?;
        let places: Vec<_> = taken.iter().map(|one| one.place.clone()).collect();
        let mut held = Self {
            locked: vec![Vec::new(); places.len()],
            taken: Taken { sources, places },
            beside: Beside::of(service).await?,
        };
        let Some(beside) = &held.beside else {
            return Ok(held);
        };
        let plan = beside.plan()?;
        for (index, one) in taken.iter().enumerate() {
            let all = plan.locked(index);
            held.taken.sources[one.source].pin(index, &all);
            held.locked[index] = all.into_iter().cloned().collect();
        }
        Ok(held)
    }

    /// Why a bake that gives these secrets, entry by entry, could not leave its lock as it is to be left.
    ///
    /// # Errors
    /// As of a bake: it is frozen, and would be another.
    pub fn relock(&self, sealed: &[Vec<Sealed>]) -> Result<(), Failure> {
        let Some(beside) = &self.beside else {
            return Ok(());
        };
        let plan = beside.plan()?;
        plan.relocked(&plan.asked(), sealed).map(|_| ())
    }
}

impl Beside {
    /// `None`: nothing is locked.
    async fn of(service: &Service) -> Result<Option<Self>, Failure> {
        let locking = service.lock_for_bake(false);
        let Some(lock) = locking.read()? else {
            return Ok(None);
        };
        let mut sources = source::all(&service.deployment);
        let taken = take(service, &mut sources)?;
        let asks = taken.iter().filter_map(|one| sources[one.source].service());
        let home = service.connection.home(&asks.collect::<Vec<_>>()).await;
        Ok(Some(Self {
            locking,
            lock,
            taken,
            sources,
            home,
        }))
    }

    fn plan(&self) -> Result<Plan<'_>, Failure> {
        let taken = (&self.taken[..], &self.sources[..]);
        Plan::of(&self.locking, &self.lock, taken, &self.home)
    }
}

fn take(
    service: &Service,
    sources: &mut [Box<dyn Source>],
) -> Result<Vec<together::Taken>, Failure> {
    let root = Place::from(service.caller.secrets.as_str());
    let written = service.written.as_ref();
    together::take_some(sources, &service.config, written, &root, |_| true)
}
