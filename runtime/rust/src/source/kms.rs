//! A ciphertext of KMS that stands in the config: `aws kms encrypt`.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::ciphertext::blob;
use super::fields::{Fields, context};
use super::key::{Key, KeyedBlob};
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::aws::Aws;
use crate::error::Problem;
use crate::kms;

/// Ciphertexts of KMS.
pub(super) struct Kms;

/// One of them.
struct Ciphertext(KeyedBlob);

impl Source for Kms {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let ciphertext = blob(fields, "ciphertext")?;
        Ok(Box::new(Ciphertext(KeyedBlob {
            ciphertext,
            key: Key::read(fields, "key")?,
            context: context(fields)?,
        })))
    }
}

impl Sealed for Ciphertext {
    fn describe(&self) -> Description {
        Description {
            place: self.0.key.place().into(),
            context: kms::shown(&self.0.context),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        _fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        async { self.0.decrypt(aws, &progress.last).await }.boxed()
    }
}
