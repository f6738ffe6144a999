//! Calls that entries of a source have in common: made once for all who ask, and their answers kept.

use super::sealed::Progress;
use crate::aws::last::Last;
use crate::error::Problem;
use crate::flight::{Flight, Flights};

/// The calls of a source, each known by what it asks for.
pub(super) type CommonCalls<Asked, Answer> = Flights<Asked, CommonCall<Answer>>;

/// One of them. Clones are of the same call.
pub(super) struct CommonCall<Answer> {
    flight: Flight<Answer, Problem>,
    last: Last,
}

impl<Answer: Clone + Send + Sync + 'static> CommonCall<Answer> {
    /// The answer that is kept, unless a `fresh` one is wanted, or that of the call that is under way, or of one that is
    /// made now. `progress` is that of the call, whoever began it.
    ///
    /// # Errors
    /// Those of the call.
    pub(super) async fn answer<Call>(
        &self,
        fresh: bool,
        progress: &mut Progress,
        call: impl FnOnce(Last) -> Call,
    ) -> Result<Answer, Problem>
    where
        Call: Future<Output = Result<Answer, Problem>> + Send + 'static,
    {
        progress.last = self.last.clone();
        let begin = || {
            self.last.replace(None);
            call(self.last.clone())
        };
        self.flight.outcome(fresh, begin).await
    }
}

impl<Answer> Default for CommonCall<Answer> {
    fn default() -> Self {
        Self {
            flight: Flight::default(),
            last: Last::default(),
        }
    }
}

impl<Answer> Clone for CommonCall<Answer> {
    fn clone(&self) -> Self {
        Self {
            flight: self.flight.clone(),
            last: self.last.clone(),
        }
    }
}
