//! One value of a SOPS file set by whoever can open it here: an age identity of this machine, or else KMS.

use std::path::Path;

use super::data_key;
use super::file;
use super::identity::Variables;
use crate::aws::Aws;
use crate::config::Text;
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::source::BoxFuture;
use crate::source::sops::data_key::{ByKms, DataKey, DataKeyOpener};
use crate::source::sops::metadata::Metadata;
use crate::source::sops::store::{At, Written, set_by};

/// Sets one value, by an age identity where the file has recipients of age, else or if none of them is here by KMS. `field` is its path
/// joined by `.`; a binary file has none. The file is read, and not written. May block for as long as a command of `SOPS_AGE_KEY_CMD` runs.
///
/// # Errors
/// As `source::sops::store::set`; where neither opens the data key, what both say.
pub async fn set(
    aws: &Aws,
    variables: Variables<'_>,
    (folder, file): (&Path, &Text),
    field: Option<&str>,
    value: &[u8],
) -> Result<Written, Failure> {
    let opener = ByEither { aws, variables };
    let format = file::format_of(file.value());
    let at = At {
        folder,
        file,
        format,
    };
    set_by(&opener, at, field, value).await
}

/// Whether a local file is one of SOPS, so that `set` sets its values. Any other is a text that is read by everybody who has it.
///
/// # Errors
/// It cannot be read, or is no file that local values are taken from.
pub fn is_of_sops(folder: &Path, file: &Text) -> Result<bool, Failure> {
    file::is_of_sops(folder, file)
}

struct ByEither<'a> {
    aws: &'a Aws,
    variables: Variables<'a>,
}

impl DataKeyOpener for ByEither<'_> {
    fn open<'a>(
        &'a self,
        file: &'a Shown,
        metadata: &'a Metadata,
    ) -> BoxFuture<'a, Result<DataKey, Failure>> {
        Box::pin(async move {
            if metadata.age.is_empty() {
                return ByKms(self.aws).open(file, metadata).await;
            }
            let by_age = data_key::open(file, &metadata.age, self.variables);
            let mut failure: Failure = match by_age {
                Ok(key) => return Ok(key),
                Err(why) => why.into(),
            };
            if metadata.kms.is_empty() {
                return Err(failure);
            }
            match ByKms(self.aws).open(file, metadata).await {
                Ok(key) => Ok(key),
                Err(by_kms) => {
                    failure.problems.extend(by_kms.problems);
                    Err(failure)
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
