//! A config and its lock: what is taken as it is locked, and what is asked for.

use std::collections::HashMap;

use super::file::{Locking, Wish};
use super::format::{Line, Lock};
use super::refusal::{BadLock, Why};
use crate::aws::home::Home;
use crate::bundle::digest;
use crate::failure::shown::Shown;
use crate::failure::{Failure, Problem, did_you_mean, nearest};
use crate::gather::Gather as _;
use crate::source::locked::{Locked, Unfit};
use crate::source::together::Taken;
use crate::source::{Fit, Sealed, Source};

/// A secret that a bake takes from a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The index of its entry in the config.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The version that is locked.
    pub version: Option<String>,
}

/// What a bake does with a lock.
pub struct Plan<'a> {
    pub(super) locking: &'a Locking,
    pub(super) lock: &'a Lock,
    pub(super) taken: &'a [Taken],
    pub(super) sources: &'a [Box<dyn Source>],
    pub(super) home: &'a Home,
    /// By entry: the digest of what it says.
    pub(super) digests: Vec<String>,
    /// By entry: what the lock has of it.
    fits: Vec<Vec<Fit>>,
    /// Whether an entry is asked for again although the lock has it.
    renewed: Vec<bool>,
}

/// The account that is known already, if this is another. The first one is known from then on.
pub(super) fn another(known: &mut Option<String>, own: &str) -> Option<String> {
    let known = known.get_or_insert_with(|| own.to_owned());
    (known != own).then(|| known.clone())
}

/// The digest of what an entry says.
fn digest_of(taken: &Taken) -> String {
    let says: serde_json::Map<_, _> = taken.says.clone().into_iter().collect();
    digest(serde_json::Value::from(says).to_string().as_bytes())
}

impl Lock {
    /// Leaves in it what has to do with these entries.
    pub fn narrow(&mut self, taken: &[Taken]) {
        let digests = taken.iter().map(digest_of).into_set();
        let names = taken.iter().filter_map(|one| one.name.as_ref());
        let names = names.map(crate::config::Text::value).into_set();
        let is_theirs = |name: &String, line: &mut Line| {
            names.contains(name.as_str()) || digests.contains(&line.config)
        };
        self.lines.retain(is_theirs);
    }
}

impl<'a> Plan<'a> {
    /// Compares them. `sources` have taken these entries.
    ///
    /// # Errors
    /// The lock is of another place, or one of its lines cannot be what the config asks for.
    pub fn of(
        locking: &'a Locking,
        lock: &'a Lock,
        (taken, sources): (&'a [Taken], &'a [Box<dyn Source>]),
        home: &'a Home,
    ) -> Result<Self, Failure> {
        let mut plan = Self {
            locking,
            lock,
            taken,
            sources,
            home,
            digests: taken.iter().map(digest_of).collect(),
            fits: Vec::new(),
            renewed: Vec::new(),
        };
        plan.check_place()?;
        plan.fits = plan.looked_up()?;
        plan.renewed = plan.renewals()?;
        Ok(plan)
    }

    /// The entries that are sealed now, by their index.
    #[must_use]
    pub fn asked(&self) -> Vec<usize> {
        let is_asked = |index: &usize| {
            if !self.asks(*index) {
                // It stands beside the lock, and costs no call.
                return true;
            }
            if self.is_locked(*index) {
                return self.source(*index).keeps(*index);
            }
            !matches!(self.locking.wish(), Wish::Frozen(_))
        };
        (0..self.taken.len()).filter(is_asked).collect()
    }

    /// What is taken from the lock as it is, if nothing is asked for again.
    #[must_use]
    pub fn held(&self) -> Vec<Held> {
        let fits = self.fits.iter().enumerate();
        let held = fits.flat_map(|(index, fits)| {
            fits.iter().map(move |fit| Held {
                index,
                name: fit.sealed.name.value().to_owned(),
                version: fit.sealed.version.clone(),
            })
        });
        held.collect()
    }

    /// Whether a service is asked, and the lock is of an account that may be another than the caller's.
    #[must_use]
    pub fn may_be_of_another_account(&self, asked: &[usize]) -> bool {
        self.account().is_some() && asked.iter().any(|index| self.asks(*index))
    }

    /// That the lock is of the account which would be asked.
    ///
    /// # Errors
    /// It is of another.
    pub fn check_account(&self, own: &str) -> Result<(), Failure> {
        let Some(locked) = self.account().filter(|locked| *locked != own) else {
            return Ok(());
        };
        let own = format!("{own}, whose credentials these are");
        Err(self.bad(self.of_other_account(locked, &own)).into())
    }

    pub(super) fn of_other_account(&self, locked: &str, own: &str) -> Why {
        Why::Elsewhere {
            file: self.file(),
            locked: format!("account {locked}").into(),
            wanted: format!("account {own}").into(),
        }
    }

    /// The account of what the config names without one, as far as it is locked.
    fn account(&self) -> Option<&str> {
        let mut fits = self.fits.iter().flatten();
        fits.find_map(|fit| fit.account.as_deref())
    }

    /// What the lock has of an entry, in which it is to be baked even where it is asked for nevertheless.
    #[must_use]
    pub fn locked(&self, index: usize) -> Vec<&Sealed> {
        let fits = self.fits[index].iter().filter(|_| self.is_locked(index));
        fits.map(|fit| &fit.sealed).collect()
    }

    /// The secrets of each entry: what was sealed now of those that were asked for, and what the lock has of all others.
    #[must_use]
    pub fn merged(&self, asked: &[usize], sealed: Vec<Vec<Sealed>>) -> Vec<Vec<Sealed>> {
        let mut fresh = asked.iter().copied().zip(sealed).into_map();
        let each = (0..self.taken.len()).map(|index| {
            let mut secrets = match fresh.remove(&index) {
                Some(sealed) => self.with_siblings(index, sealed),
                None => self.fits[index]
                    .iter()
                    .map(|fit| fit.sealed.clone())
                    .collect(),
            };
            // A lock is in the order of names: so are the secrets that one entry gives, the first time too.
            secrets.sort_unstable_by(|a, b| a.name.value().cmp(b.name.value()));
            secrets
        });
        each.collect()
    }

    /// Whether an entry's source asks a service.
    pub(super) fn asks(&self, index: usize) -> bool {
        self.source(index).service().is_some()
    }

    fn source(&self, index: usize) -> &dyn Source {
        self.sources[self.taken[index].source].as_ref()
    }

    /// Whether an entry's secrets are those of the lock.
    pub(super) fn is_locked(&self, index: usize) -> bool {
        !self.fits[index].is_empty() && !self.renewed[index]
    }

    /// The region, and whether it is AWS at all.
    fn check_place(&self) -> Result<(), Failure> {
        let asks = (0..self.taken.len()).any(|index| self.asks(index));
        if !asks || self.lock.lines.is_empty() {
            return Ok(());
        }
        let is_aws = |is_emulator| {
            if is_emulator {
                "an emulator of AWS"
            } else {
                "AWS"
            }
        };
        let region = |region: &String| format!("region {region}");
        let places = match (&self.lock.region, &self.home.region) {
            (Some(locked), Some(wanted)) if locked != wanted => {
                Some((region(locked), region(wanted)))
            }
            _ if self.lock.is_emulator != self.home.is_emulator => Some((
                is_aws(self.lock.is_emulator).to_owned(),
                is_aws(self.home.is_emulator).to_owned(),
            )),
            _ => None,
        };
        let Some((locked, wanted)) = places else {
            return Ok(());
        };
        Err(self
            .bad(Why::Elsewhere {
                file: self.file(),
                locked: locked.into(),
                wanted: wanted.into(),
            })
            .into())
    }

    /// By entry: what the lock has of it, as its source would have sealed it.
    fn looked_up(&self) -> Result<Vec<Vec<Fit>>, Failure> {
        let mut by_digest: HashMap<&str, Vec<(&String, &Line)>> = HashMap::new();
        for (name, line) in &self.lock.lines {
            by_digest
                .entry(&line.config)
                .or_default()
                .push((name, line));
        }
        let (mut fits, mut problems) = (Vec::new(), Vec::new());
        let mut account = self.lock.account.clone();
        for index in 0..self.taken.len() {
            let lines = by_digest.get(self.digests[index].as_str());
            let mut found = Vec::new();
            for (name, line) in lines.into_iter().flatten() {
                match self.held_at(index, (name, line), &mut account) {
                    Ok(fit) => found.extend(fit),
                    Err(why) => problems.push(self.problem(index, why)),
                }
            }
            fits.push(found);
        }
        if problems.is_empty() {
            Ok(fits)
        } else {
            Err(problems.into())
        }
    }

    /// The same of one line, which must be of the account that all others are of.
    fn held_at(
        &self,
        index: usize,
        (name, line): (&str, &Line),
        account: &mut Option<String>,
    ) -> Result<Option<Fit>, Why> {
        let fit = self.looked_at(index, name, line)?;
        let own = fit.as_ref().and_then(|fit| fit.account.as_deref());
        let Some((own, known)) = own.and_then(|own| Some((own, another(account, own)?))) else {
            return Ok(fit);
        };
        let (found, wanted) = (own.into(), known.into());
        Err(self.unfit(name, Unfit::Account { found, wanted }))
    }

    /// `None`: no service is asked for the entry, so that the lock has no say in it.
    pub(super) fn looked_at(
        &self,
        index: usize,
        name: &str,
        line: &Line,
    ) -> Result<Option<Fit>, Why> {
        let regions = [&self.lock.region, &self.home.region];
        let region = regions.into_iter().find_map(Option::as_deref);
        let locked = Locked {
            name,
            entry: &line.entry,
            region: region.unwrap_or_default(),
        };
        let unfit = |why| self.unfit(name, why);
        let Some(fit) = self.source(index).locked(index, &locked) else {
            return Ok(None);
        };
        let fit = fit.map_err(unfit)?;
        if fit.sealed.version != line.version {
            let version = line.version.as_deref().unwrap_or_default();
            let own = fit.sealed.version.unwrap_or_default().into();
            return Err(unfit(Unfit::other("version", version, &own)));
        }
        Ok(Some(fit))
    }

    fn unfit(&self, name: &str, why: Unfit) -> Why {
        Why::Line {
            file: self.file(),
            name: name.into(),
            why,
        }
    }

    /// By entry: whether it is to be asked for again.
    fn renewals(&self) -> Result<Vec<bool>, Failure> {
        let names = match self.locking.wish() {
            Wish::Renew(Some(names)) => names,
            Wish::Renew(None) => return Ok(vec![true; self.taken.len()]),
            Wish::Keep | Wish::Write | Wish::Frozen(_) => return Ok(vec![false; self.taken.len()]),
        };
        let names_of = |index: usize| {
            let own = self.taken[index].name.iter();
            let fits = self.fits[index].iter().map(|fit| &fit.sealed.name);
            own.chain(fits).map(crate::config::Text::value)
        };
        let all = (0..self.taken.len()).flat_map(names_of).into_set();
        let unknown = names.iter().filter(|name| !all.contains(name.as_str()));
        let problems: Vec<_> = unknown
            .map(|name| {
                let meant = did_you_mean(nearest(name, all.iter().copied()));
                let why = self.bad(Why::NoSecret(
                    Shown::of(name),
                    Shown::from(meant).to_string(),
                ));
                Problem::general(why)
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let is_named = |index| names_of(index).any(|own| names.iter().any(|name| name == own));
        Ok((0..self.taken.len()).map(is_named).collect())
    }

    /// Where some of an entry's secrets were named alone, the others stay as they are locked.
    fn with_siblings(&self, index: usize, sealed: Vec<Sealed>) -> Vec<Sealed> {
        let Wish::Renew(Some(names)) = self.locking.wish() else {
            return sealed;
        };
        if !self.renewed[index] || self.taken[index].name.is_some() || self.fits[index].is_empty() {
            return sealed;
        }
        let is_named = |one: &Sealed| names.iter().any(|name| name == one.name.value());
        let fits = self.fits[index].iter().map(|fit| fit.sealed.clone());
        let others = fits.filter(|one| !is_named(one));
        let renewed = sealed.into_iter().filter(is_named);
        renewed.chain(others).collect()
    }

    pub(super) fn file(&self) -> String {
        self.locking.name().file.clone()
    }

    pub(super) fn bad(&self, why: Why) -> BadLock {
        self.locking.bad(why)
    }

    pub(super) fn problem(&self, index: usize, why: Why) -> Problem {
        Problem::at(&self.taken[index].place, self.bad(why))
    }
}
