//! How the last attempt of a call failed.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Problem;

/// How the last attempt failed, for the one who gives up waiting: known while the call is still being made. Clones are of
/// the same call.
#[derive(Clone, Default)]
pub(crate) struct Last(Arc<Mutex<Option<Problem>>>);

impl Last {
    pub(crate) fn get(&self) -> Option<Problem> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns what it was before.
    pub(crate) fn replace(&self, problem: Option<Problem>) -> Option<Problem> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, problem)
    }
}
