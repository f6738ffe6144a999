//! A file that was encrypted under a data key in 2016. Nothing proves its integrity.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use super::ciphertext::blob;
use super::data_key::{DataKey, data_key};
use super::fields::{Fields, contents};
use super::key::{Key, KeyedBlob};
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::aws::Aws;
use crate::counter_mode;
use crate::error::Problem;
use crate::kms::{self, Context};

/// Files of 2016.
pub(super) struct KmsFile;

struct File {
    data_key: KeyedBlob,
    contents: Vec<u8>,
}

impl Source for KmsFile {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let ciphertext = blob(fields, "key")?;
        let contents = contents(fields, "contents")?;
        let data_key = KeyedBlob {
            key: Key::read(fields, "arn")?,
            ciphertext,
            context: Context::new(),
        };
        Ok(Box::new(File { data_key, contents }))
    }
}

impl Sealed for File {
    fn describe(&self) -> Description {
        Description {
            place: self.data_key.key.place().into(),
            context: kms::shown(&self.data_key.context),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        _fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        async {
            let data_key: DataKey<32> = data_key(self.data_key.decrypt(aws, &progress.last).await)?;
            let mut plaintext = Zeroizing::new(self.contents.clone());
            counter_mode::apply(&data_key, &mut plaintext);
            Ok(plaintext)
        }
        .boxed()
    }
}
