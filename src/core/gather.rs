//! Sets and maps in order, filled one by one. `collect` sorts first, by code that the compiler writes anew for each type: 5 KB each,
//! which the addon has no room for.

use std::collections::{BTreeMap, BTreeSet};

/// What fills them.
pub trait Gather: Iterator + Sized {
    /// Each item once.
    fn into_set(self) -> BTreeSet<Self::Item>
    where
        Self::Item: Ord,
    {
        let mut set = BTreeSet::new();
        set.extend(self);
        set
    }

    /// The last value of each key.
    fn into_map<K: Ord, V>(self) -> BTreeMap<K, V>
    where
        Self: Iterator<Item = (K, V)>,
    {
        let mut map = BTreeMap::new();
        map.extend(self);
        map
    }
}

impl<I: Iterator> Gather for I {}
