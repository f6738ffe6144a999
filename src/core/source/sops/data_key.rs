//! The data key of a file, opened by KMS. Only where a value is set: a bake opens none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::gcm;
use super::metadata::{KmsKey, Metadata};
use super::not_set::{NotByKms, NotSet};
use super::refusal::Has;
use crate::aws::Aws;
use crate::aws::json_call::JsonService;
use crate::aws::kms::API;
use crate::aws::trouble::Trouble;
use crate::contract::FILE_KEYS;
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::source::joint::BoxFuture;
use crate::source::key_arn::KeyArn;

/// The key under which all values of a file are.
pub type DataKey = Zeroizing<gcm::Key>;

/// Who opens the data key of a file.
pub trait DataKeyOpener: Send + Sync {
    /// `file` is what messages call it.
    ///
    /// # Errors
    /// Every reason why it stays closed.
    fn open<'a>(
        &'a self,
        file: &'a Shown,
        metadata: &'a Metadata,
    ) -> BoxFuture<'a, Result<DataKey, Failure>>;
}

/// Any of its keys of KMS: the first that the caller may use, those of the caller's own region first.
pub struct ByKms<'a>(pub &'a Aws);

impl DataKeyOpener for ByKms<'_> {
    fn open<'a>(
        &'a self,
        file: &'a Shown,
        metadata: &'a Metadata,
    ) -> BoxFuture<'a, Result<DataKey, Failure>> {
        Box::pin(by_kms(self.0, file, metadata))
    }
}

async fn by_kms(aws: &Aws, file: &Shown, metadata: &Metadata) -> Result<DataKey, Failure> {
    if metadata.kms.is_empty() {
        let (file, has) = (file.clone(), Has::of(metadata));
        return Err(NotSet::NoKey { file, has }.into());
    }
    let home = aws.region().await?;
    let is_away = |key: &&KmsKey| KeyArn::of(&key.arn).is_none_or(|arn| arn.region() != home);
    let keys = metadata.kms.iter().take(FILE_KEYS);
    let (away, near): (Vec<_>, Vec<_>) = keys.partition(is_away);
    let mut problems = Vec::new();
    for key in near.into_iter().chain(away) {
        match Box::pin(one(aws, file, key)).await {
            Ok(key) => return Ok(key),
            Err(failure) => problems.extend(failure.problems),
        }
    }
    Err(problems.into())
}

async fn one(aws: &Aws, file: &Shown, key: &KmsKey) -> Result<DataKey, Failure> {
    let (file, shown) = (file.clone(), Shown::of(&key.arn));
    let Some(arn) = KeyArn::of(&key.arn) else {
        return Err(NotByKms::Arn { file, arn: shown }.into());
    };
    let service = JsonService::of(aws, API, arn.region()).await?;
    match service.call("Decrypt", &request(key)).await {
        Ok(answer) => data_key(answer).ok_or_else(|| NotByKms::Key { file, arn: shown }.into()),
        Err(Trouble::Refused(refused)) => Err(NotByKms::Refused {
            file,
            arn: shown,
            is_denied: refused.is_denied(),
            code: Shown::of(&refused.code),
            said: Shown::of(&refused.said),
        }
        .into()),
        Err(Trouble::Outage(outage)) => Err(service.calls.unavailable(outage).await.into()),
    }
}

fn request(key: &KmsKey) -> Value {
    let mut request = Map::new();
    request.insert("KeyId".into(), json!(key.arn));
    request.insert("CiphertextBlob".into(), json!(key.enc));
    if !key.context.is_empty() {
        request.insert("EncryptionContext".into(), json!(key.context));
    }
    Value::Object(request)
}

/// `None`: what KMS has opened is no data key of SOPS.
fn data_key(mut answer: Value) -> Option<DataKey> {
    let Some(Value::String(plaintext)) = answer.get_mut("Plaintext").map(Value::take) else {
        return None;
    };
    let plaintext = Zeroizing::new(plaintext);
    let bytes = Zeroizing::new(STANDARD.decode(plaintext.as_bytes()).ok()?);
    let key = <&gcm::Key>::try_from(bytes.as_slice()).ok()?;
    Some(Zeroizing::new(*key))
}
