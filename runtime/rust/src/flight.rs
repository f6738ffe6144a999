//! One call for all who ask at the same time; what it brought is kept.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, WeakShared};

/// What is known of something that is asked for. Clones know the same.
pub(crate) struct Flight<T, E>(Arc<Mutex<Slot<T, E>>>);

struct Slot<T, E> {
    brought: Option<T>,
    /// Weak, so that a call for which nobody waits any longer is given up.
    under_way: Option<WeakShared<BoxFuture<'static, Result<T, E>>>>,
}

/// A flight, or what has one in it, for each thing that is asked for.
pub(crate) struct Flights<Asked, One>(Mutex<HashMap<Asked, One>>);

impl<Asked: Eq + Hash, One: Clone + Default> Flights<Asked, One> {
    pub(crate) fn of(&self, asked: Asked) -> One {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(asked).or_default().clone()
    }
}

impl<Asked, One> Default for Flights<Asked, One> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T, E> Flight<T, E>
where
    T: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    /// What was brought, or from the call that is under way, or from one that is made now. `fresh` wants nothing that an
    /// earlier call has brought.
    ///
    /// # Errors
    /// Those of the call, for all who waited for it. They are not kept: what was brought before stays, and the next one
    /// who asks calls again.
    pub(crate) async fn outcome<Call>(
        &self,
        fresh: bool,
        call: impl FnOnce() -> Call,
    ) -> Result<T, E>
    where
        Call: Future<Output = Result<T, E>> + Send + 'static,
    {
        let under_way = {
            let mut slot = self.slot();
            if let (false, Some(brought)) = (fresh, &slot.brought) {
                return Ok(brought.clone());
            }
            let known = slot.under_way.as_ref().and_then(WeakShared::upgrade);
            known.unwrap_or_else(|| {
                let begun = self.clone().bringing(call()).boxed().shared();
                slot.under_way = begun.downgrade();
                begun
            })
        };
        under_way.await
    }

    async fn bringing(self, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let outcome = call.await;
        let mut slot = self.slot();
        slot.under_way = None;
        if let Ok(brought) = &outcome {
            slot.brought = Some(brought.clone());
        }
        drop(slot);
        outcome
    }
}

impl<T, E> Flight<T, E> {
    fn slot(&self) -> MutexGuard<'_, Slot<T, E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, E> Default for Flight<T, E> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Slot {
            brought: None,
            under_way: None,
        })))
    }
}

impl<T, E> Clone for Flight<T, E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
