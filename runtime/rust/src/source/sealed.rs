//! What a source is, and what it makes of an entry.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use super::fields::Fields;
use crate::aws::Aws;
use crate::aws::call::Operation;
use crate::aws::last::Last;
use crate::error::Problem;
use crate::shown::Shown;

/// A place where secrets are kept. What its entries have in common, such as a data key that is asked for once, it keeps
/// as long as the bundle is open.
pub(super) trait Source: Send + Sync {
    /// Reads an entry of its own, strictly.
    ///
    /// # Errors
    /// `BundleInvalid` for what is malformed, `UnknownCiphertext` for what it cannot open.
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem>;
}

/// An entry that was read: not opened yet.
pub(crate) trait Sealed: Send + Sync {
    /// What errors say of it.
    fn describe(&self) -> Description;

    /// Its plaintext, in memory that is zeroed. `fresh` says that nothing is wanted that an earlier call has brought. What
    /// becomes known on the way goes into `progress`, for the one who tells that it took too long. A call that several
    /// entries wait for keeps an `aws` of its own.
    ///
    /// # Errors
    /// The first thing that does not fit, or the service's refusal.
    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened>;
}

/// A plaintext, or why there is none.
pub(crate) type Opened = Result<Zeroizing<Vec<u8>>, Problem>;

/// What is known while an entry is being opened.
#[derive(Default)]
pub(crate) struct Progress {
    /// The ARN of the KMS key.
    pub(crate) key: Option<String>,
    /// How the last attempt failed.
    pub(crate) last: Last,
}

/// What errors say of an entry.
pub(crate) struct Description {
    /// What is known of the place, such as its region: what it is, and its value.
    pub(crate) place: Vec<(&'static str, String)>,
    /// What its ciphertext is bound to: `NAME=VALUE` of the encryption context, or `{}`.
    pub(crate) context: String,
    /// What is called to open it.
    pub(crate) operation: Operation,
}

impl Description {
    /// The place as it is shown, such as `parameter arn:..., region eu-central-1`.
    pub(crate) fn place(&self) -> String {
        let known = self.place.iter();
        known
            .map(|(what, value)| format!("{what} {}", Shown(value)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// A problem in words of this entry.
    pub(crate) fn fill(&self, problem: Problem) -> Problem {
        let context = format!("`{}`", self.context);
        self.operation.fill(problem).with("{context}", &context)
    }
}
