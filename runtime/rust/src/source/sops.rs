//! A value of a SOPS file. All values of a file lie under one data key, and that under one key of KMS or several.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::common_call::{CommonCall, CommonCalls};
use super::data_key::{DataKey, data_key};
use super::fields::{Fields, any_text, bytes_of_length, contents, invalid, text};
use super::key::KeyedBlob;
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::aws::Aws;
use crate::aws::last::Last;
use crate::contract::{Code, limit};
use crate::environment::Environment;
use crate::error::Problem;
use crate::{gcm, kms};

const TAG: usize = 16;

/// The types that SOPS writes, but for a comment.
const TYPES: [&str; 6] = ["str", "int", "float", "bool", "bytes", "time"];

/// SOPS files.
pub(super) struct Sops {
    environment: Environment,
    data_keys: CommonCalls<Vec<KeyedBlob>, Arc<DataKey<32>>>,
}

/// A value of a file.
struct Value {
    sealed: Vec<u8>,
    iv: Vec<u8>,
    tag: [u8; TAG],
    /// Its path in the file.
    aad: String,
    is_bool: bool,
    /// The data key under each key of KMS, in the order in which they are tried: one at least.
    keys: Arc<[KeyedBlob]>,
    data_key: CommonCall<Arc<DataKey<32>>>,
}

impl Sops {
    pub(super) fn new(environment: &Environment) -> Self {
        Self {
            environment: environment.clone(),
            data_keys: CommonCalls::default(),
        }
    }
}

impl Source for Sops {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let sealed = contents(fields, "value")?;
        let iv = bytes_of_length(fields, "iv", 1..=limit::IV_BYTES)?;
        let tag = bytes_of_length(fields, "tag", TAG..=TAG)?;
        let aad = any_text(fields, "aad")?.to_owned();
        let kind = text(fields, "type")?;
        if !TYPES.contains(&kind) {
            return Err(invalid("has a `type` that SOPS does not have"));
        }
        let keys = keys(fields)?;
        let data_key = self.data_keys.of(keys.clone());
        let region = self.environment.region().unwrap_or_default();
        let is_near = |blob: &KeyedBlob| blob.key.region == region;
        let (near, far): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_near);
        Ok(Box::new(Value {
            sealed,
            iv,
            tag: tag.try_into().expect("its length was looked at"),
            aad,
            is_bool: kind == "bool",
            keys: near.into_iter().chain(far).collect(),
            data_key,
        }))
    }
}

impl Sealed for Value {
    fn describe(&self) -> Description {
        let first = &self.keys[0];
        let [key, region] = first.key.place();
        Description {
            place: vec![("SOPS value", self.aad.clone()), key, region],
            context: kms::shown(&first.context),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        let call = |last| opened(Arc::clone(aws), Arc::clone(&self.keys), last);
        async move {
            let data_key = self.data_key.answer(fresh, progress, call).await?;
            let mut value = Zeroizing::new(self.sealed.clone());
            gcm::open(
                &data_key,
                &self.iv,
                self.aad.as_bytes(),
                &mut value,
                &self.tag,
            )
            .ok_or_else(|| Problem::new(Code::Tampered, "its tag is wrong"))?;
            Ok(if self.is_bool {
                in_lower_case(value)
            } else {
                value
            })
        }
        .boxed()
    }
}

/// # Errors
/// `BundleInvalid`, `UnknownCiphertext`.
fn keys(fields: &Fields) -> Result<Vec<KeyedBlob>, Problem> {
    let keys = match fields.get("keys") {
        Some(Json::Array(keys)) if (1..=limit::FILE_KEYS).contains(&keys.len()) => keys,
        Some(Json::Array(_)) => return Err(invalid("has no key in `keys`, or too many")),
        Some(_) => return Err(invalid("has `keys` that are not a list")),
        None => return Err(invalid("has no `keys`")),
    };
    let read = |key: &Json| match key.as_object() {
        Some(key) => KeyedBlob::read(key).map_err(|mut problem| {
            problem.reason += ", in `keys`";
            problem
        }),
        None => Err(invalid("has something in `keys` that is not an object")),
    };
    keys.iter().map(read).collect()
}

/// The data key: the first that KMS opens.
///
/// # Errors
/// That of the first that was tried. It stays the last that is known while the others are tried.
async fn opened(
    aws: Arc<Aws>,
    keys: Arc<[KeyedBlob]>,
    last: Last,
) -> Result<Arc<DataKey<32>>, Problem> {
    let mut first = None;
    for blob in &*keys {
        let attempts = if first.is_none() {
            last.clone()
        } else {
            Last::default()
        };
        match data_key(blob.decrypt(&aws, &attempts).await) {
            Ok(data_key) => return Ok(Arc::new(data_key)),
            Err(problem) => {
                // Credentials are the same for all keys.
                let is_of_all = problem.code == Code::Credentials;
                let told = first.get_or_insert(problem);
                last.replace(Some(told.clone()));
                if is_of_all {
                    break;
                }
            }
        }
    }
    Err(first.expect("there is a key"))
}

/// SOPS writes them as Python does.
fn in_lower_case(value: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    match value.as_slice() {
        b"True" => Zeroizing::new(b"true".to_vec()),
        b"False" => Zeroizing::new(b"false".to_vec()),
        _ => value,
    }
}
