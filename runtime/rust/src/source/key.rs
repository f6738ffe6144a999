//! A blob, and the key of KMS under which an entry says that it lies.

use super::ciphertext::blob;
use super::fields::{Fields, context, invalid, text};
use super::sealed::Opened;
use crate::arn::{Arn, is_key_or_alias};
use crate::aws::Aws;
use crate::aws::last::Last;
use crate::error::Problem;
use crate::kms::{self, Context, Question};

/// The ARN of a key or of an alias, and where KMS is asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) arn: String,
    partition: String,
    pub(super) region: String,
}

/// A blob that this key opens, under this context.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct KeyedBlob {
    pub(super) key: Key,
    pub(super) ciphertext: Vec<u8>,
    pub(super) context: Context,
}

impl Key {
    /// # Errors
    /// `BundleInvalid`.
    pub(super) fn read(fields: &Fields, name: &str) -> Result<Self, Problem> {
        let arn = text(fields, name)?;
        let read = Arn::read(arn, "kms").filter(|_| is_key_or_alias(arn));
        let read =
            read.ok_or_else(|| invalid(&format!("has a `{name}` that is not of a key of KMS")))?;
        Ok(Self {
            arn: arn.into(),
            partition: read.partition.into(),
            region: read.region.into(),
        })
    }

    /// What errors say of it.
    pub(super) fn place(&self) -> [(&'static str, String); 2] {
        [("key", self.arn.clone()), ("region", self.region.clone())]
    }
}

impl KeyedBlob {
    /// What an entry of the source `sops` has in `keys`.
    ///
    /// # Errors
    /// `BundleInvalid`, `UnknownCiphertext`.
    pub(super) fn read(fields: &Fields) -> Result<Self, Problem> {
        Ok(Self {
            key: Key::read(fields, "arn")?,
            ciphertext: blob(fields, "ciphertext")?,
            context: context(fields)?,
        })
    }

    /// # Errors
    /// KMS's refusal; `WrongContext` if another key has answered.
    pub(super) async fn decrypt(&self, aws: &Aws, last: &Last) -> Opened {
        let question = Question {
            partition: &self.key.partition,
            region: &self.key.region,
            ciphertext: &self.ciphertext,
            context: &self.context,
            key: Some(&self.key.arn),
        };
        kms::decrypt(aws, &question, last).await
    }
}
