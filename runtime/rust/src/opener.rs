//! Opens entries, wherever they stand: in a bundle, or in an environment variable.

use std::sync::Arc;

use crate::aws::Aws;
use crate::budget::within;
use crate::contract::Code;
use crate::error::{Error, Place, Problem};
use crate::plaintext::Plaintext;
use crate::source::{Progress, Sealed, Sources};

/// What entries are opened with. What those of a source have in common is kept as long as this is.
pub(crate) struct Opener {
    pub(crate) aws: Arc<Aws>,
    pub(crate) sources: Sources,
}

/// An entry that was read, or why it was not.
pub(crate) type Read = Result<Box<dyn Sealed>, Problem>;

/// An entry that did not open, whatever its name.
#[derive(Clone)]
pub(crate) struct NotOpened {
    entry: Option<String>,
    key: Option<String>,
    problem: Problem,
}

impl Opener {
    pub(crate) fn new(aws: Aws) -> Self {
        Self {
            sources: Sources::new(&aws.environment),
            aws: Arc::new(aws),
        }
    }

    /// Opens an entry, within the time of a wish.
    ///
    /// # Errors
    /// Why it was not read, the first thing that does not fit, the service's refusal, or that it took too long.
    pub(crate) async fn open(&self, entry: Read, fresh: bool) -> Result<Plaintext, NotOpened> {
        let entry = entry.map_err(|problem| NotOpened::new(None, None, problem))?;
        let mut progress = Progress::default();
        let limit = self.aws.patience.call;
        let outcome = within(limit, entry.open(&self.aws, fresh, &mut progress)).await;
        let outcome = outcome.unwrap_or_else(|| {
            let reason = format!("no answer within {limit:?}");
            let last = progress.last.get();
            Err(last.unwrap_or_else(|| Problem::new(Code::Unreachable, reason)))
        });
        outcome.map(Plaintext::new).map_err(|problem| {
            let key = problem.key.clone().or(progress.key);
            NotOpened::new(Some(&*entry), key, problem)
        })
    }
}

impl NotOpened {
    fn new(entry: Option<&dyn Sealed>, key: Option<String>, problem: Problem) -> Self {
        let Some(described) = entry.map(Sealed::describe) else {
            return Self {
                entry: None,
                key,
                problem,
            };
        };
        let place = described.place();
        Self {
            // Some entries name their key.
            key: key.filter(|key| !place.contains(key)),
            entry: Some(place),
            problem: described.fill(problem),
        }
    }

    /// One whose plaintext is wanted as a text, and is none.
    pub(crate) fn not_text(entry: Read) -> Self {
        let problem = Problem::new(Code::NotText, "");
        Self::new(entry.ok().as_deref(), None, problem)
    }

    /// The error of that secret or, if `is_variable`, of that environment variable.
    pub(crate) fn of(self, name: &str, is_variable: bool) -> Error {
        let place = Place {
            secret: name.into(),
            is_variable,
            entry: self.entry,
            key: self.key,
        };
        Error::NotOpened {
            place: Box::new(place),
            problem: self.problem,
        }
    }
}
