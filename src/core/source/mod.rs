//! The one joint of the house: a place where secrets are kept encrypted.

pub mod ciphertext;
pub mod ssm;

use std::future::Future;

use crate::config::{Reference, Text};
use crate::failure::Failure;
use crate::failure::shown::Shown;

/// A secret as it goes into the bundle: ciphertext and what opens it, never a plaintext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key in the bundle.
    pub name: Text,
    /// The path that was asked for, for reports.
    pub path: Shown,
    /// Whether the path, and so the ARN, may be shown.
    pub is_public: bool,
    /// Base64 of a `kms:Encrypt` blob or of an AWS Encryption SDK message.
    pub ciphertext: String,
    /// The parameter's ARN as the service returned it: the encryption context's `PARAMETER_ARN`.
    pub arn: String,
    /// The version that was baked, counted from 1.
    pub version: i64,
}

impl Sealed {
    /// The ARN for reports: without the path, where that is not public.
    #[must_use]
    pub fn shown_arn(&self) -> Shown {
        let end = self
            .arn
            .find(":parameter/")
            .map_or(0, |at| at + ":parameter/".len());
        if self.is_public {
            Shown::of(&self.arn)
        } else {
            format!("{}...", &self.arn[..end]).into()
        }
    }
}

/// What a source hands over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order of the references; a prefix gives several, sorted by name.
    pub sealed: Vec<Sealed>,
    /// Sentences for the user about what went well, but could go better.
    pub notices: Vec<String>,
}

/// Called with `(done, total)`, both counting secrets.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Send + Sync);

/// A place where secrets are kept.
pub trait Source: Sync {
    /// Fetches the ciphertext of every reference; no source asks its service to decrypt.
    ///
    /// Dropping the future stops all calls.
    ///
    /// # Errors
    /// Every reference that cannot be sealed, all at once.
    fn seal(
        &self,
        references: &[Reference],
        progress: Progress<'_>,
    ) -> impl Future<Output = Result<Batch, Failure>> + Send;
}
