//! What would change in a lock that is to stay as it is.

use std::collections::BTreeSet;

use super::file::Wish;
use super::format::Lock;
use super::plan::Plan;
use super::refusal::{BadLock, Why};
use crate::failure::Problem;

impl Plan<'_> {
    /// Each secret that is new, changed or gone, `lock` being what would come of this bake. Nothing where it may change.
    pub(super) fn thaws(&self, lock: &Lock) -> Vec<Problem> {
        let by = match self.locking.wish() {
            Wish::Frozen(true) => "",
            Wish::Frozen(false) => ", since CI is set",
            Wish::Keep | Wish::Write | Wish::Renew(_) => return Vec::new(),
        };
        let frozen = |what: String| {
            self.bad(Why::Frozen {
                file: self.file(),
                what: what.into(),
                by,
            })
        };
        let mut told = BTreeSet::new();
        let mut problems = self.unlocked(&mut told, &frozen);
        for (name, line) in &lock.lines {
            let what = match self.lock.lines.get(name) {
                Some(old) if old == line => continue,
                Some(_) => format!("`{name}` is another than it is locked"),
                None => format!("`{name}` is not locked"),
            };
            problems.push(Problem::general(frozen(what)));
        }
        for name in self.lock.lines.keys() {
            if !lock.lines.contains_key(name) && !told.contains(name) {
                let what = format!("`{name}` is locked, and configured no longer");
                problems.push(Problem::general(frozen(what)));
            }
        }
        problems
    }

    /// The entries that would be asked for. `told`: the names of the lock that this speaks of.
    fn unlocked(
        &self,
        told: &mut BTreeSet<String>,
        frozen: &dyn Fn(String) -> BadLock,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, taken) in self.taken.iter().enumerate() {
            if !self.asks(index) || self.is_locked(index) {
                continue;
            }
            let what = match &taken.name {
                Some(name) if self.lock.lines.contains_key(name.value()) => {
                    told.insert(name.value().to_owned());
                    format!(
                        "`{}` is configured otherwise than it is locked",
                        name.shown()
                    )
                }
                Some(name) => format!("`{}` is not locked", name.shown()),
                None => "what this entry gives is not locked".to_owned(),
            };
            problems.push(Problem::at(&taken.place, frozen(what)));
        }
        problems
    }
}
