//! The lock that comes of a bake.

use std::collections::{BTreeMap, BTreeSet};

use super::file::Wish;
use super::format::{Line, Lock};
use super::plan::{Plan, another};
use super::relocked::{Change, Changed, Relocked};
use crate::failure::{Failure, Problem};
use crate::gather::Gather as _;
use crate::source::Sealed;

impl Plan<'_> {
    /// The lock as it is to be, `each` being the secrets of each entry and `asked` those that were sealed now.
    ///
    /// # Errors
    /// It is frozen, and would be another; what was sealed now is of another account than the lock.
    pub fn relocked(&self, asked: &[usize], each: &[Vec<Sealed>]) -> Result<Relocked, Failure> {
        let mut problems = Vec::new();
        let (lock, pinned) = self.relocked_lines(each, &mut problems);
        problems.extend(self.thaws(&lock));
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let is_held = |index: &usize| !asked.contains(index) || !self.locked(*index).is_empty();
        let held = (0..each.len()).filter(is_held);
        let held = held.flat_map(|index| &each[index]);
        Ok(Relocked {
            name: self.locking.name().clone(),
            held: held.map(|one| one.name.value().to_owned()).collect(),
            secrets: self.changes(&lock, &pinned),
            locking: self.locking.clone(),
            before: self.lock.clone(),
            lock: Some(lock).filter(|lock| self.is_to_be_written(lock)),
        })
    }

    /// The new lock, and the names of which the config names the very version.
    fn relocked_lines(
        &self,
        each: &[Vec<Sealed>],
        problems: &mut Vec<Problem>,
    ) -> (Lock, BTreeSet<String>) {
        let mut account = self.lock.account.clone();
        let mut is_of_account = false;
        let (mut lines, mut pinned) = (BTreeMap::new(), BTreeSet::new());
        for (index, sealed) in each.iter().enumerate() {
            for one in sealed {
                let line = Line {
                    config: self.digests[index].clone(),
                    version: one.version.clone(),
                    entry: one.entry.clone(),
                };
                let name = one.name.value().to_owned();
                match self.looked_at(index, &name, &line) {
                    Ok(Some(fit)) => {
                        if let Some(own) = &fit.account {
                            is_of_account = true;
                            if let Some(known) = another(&mut account, own) {
                                let why = self.of_other_account(&known, own);
                                problems.push(self.problem(index, why));
                            }
                        }
                        pinned.extend(fit.is_pinned.then(|| name.clone()));
                    }
                    Ok(None) => {}
                    Err(why) => problems.push(self.problem(index, why)),
                }
                lines.insert(name, line);
            }
        }
        let asks = (0..each.len()).any(|index| self.asks(index));
        let region = self.home.region.clone().or(self.lock.region.clone());
        let lock = Lock {
            // What stands in files alone is of no place, and what names its account itself is of no other.
            region: region.filter(|_| asks),
            account: account.filter(|_| is_of_account),
            is_emulator: self.home.is_emulator,
            lines,
        };
        (lock, pinned)
    }

    fn is_to_be_written(&self, lock: &Lock) -> bool {
        let is_frozen = matches!(self.locking.wish(), Wish::Frozen(_));
        !is_frozen && (lock != self.lock || !self.locking.path().is_file())
    }

    fn changes(&self, lock: &Lock, pinned: &BTreeSet<String>) -> Vec<Change> {
        let names = self.lock.lines.keys().chain(lock.lines.keys()).into_set();
        let change = |name: &String| {
            let (old, new) = (self.lock.lines.get(name), lock.lines.get(name));
            Change {
                name: name.clone(),
                changed: match (old, new) {
                    (Some(old), Some(new)) if old == new => Changed::Unchanged,
                    (Some(_), Some(_)) => Changed::Changed,
                    (None, _) => Changed::Added,
                    (_, None) => Changed::Removed,
                },
                before: old.and_then(|line| line.version.clone()),
                now: new.and_then(|line| line.version.clone()),
                is_pinned: pinned.contains(name),
            }
        };
        names.into_iter().map(change).collect()
    }
}
