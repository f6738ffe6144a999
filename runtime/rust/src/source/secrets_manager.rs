//! Secrets Manager: a version of a secret, which the service decrypts. All entries of a version have one call in common.

mod value;

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::common_call::{CommonCall, CommonCalls};
use super::fields::{Fields, invalid, text};
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::arn::{Arn, is_version};
use crate::aws::Aws;
use crate::aws::call::{Call, Operation};
use crate::aws::last::Last;
use crate::contract::service;
use crate::error::Problem;
use value::Value;

const GET_SECRET_VALUE: Operation = Operation {
    service: &service::SECRETSMANAGER,
    target: "secretsmanager.GetSecretValue",
};

/// Secrets Manager.
#[derive(Default)]
pub(super) struct SecretsManager(CommonCalls<Arc<Version>, Arc<Value>>);

/// A version of a secret, and where the service is asked.
#[derive(PartialEq, Eq, Hash)]
struct Version {
    arn: String,
    partition: String,
    region: String,
    id: String,
}

/// Its value, or a field of that.
struct Wanted {
    version: Arc<Version>,
    field: Option<String>,
    value: CommonCall<Arc<Value>>,
}

impl Source for SecretsManager {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let version = Arc::new(Version::read(fields)?);
        let field = match fields.get("field") {
            Some(_) => Some(text(fields, "field")?.to_owned()),
            None => None,
        };
        Ok(Box::new(Wanted {
            value: self.0.of(Arc::clone(&version)),
            version,
            field,
        }))
    }
}

impl Sealed for Wanted {
    fn describe(&self) -> Description {
        let Version {
            arn, region, id, ..
        } = &*self.version;
        Description {
            place: vec![
                ("secret", arn.clone()),
                ("version", id.clone()),
                ("region", region.clone()),
            ],
            context: String::new(),
            operation: GET_SECRET_VALUE,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        let call = |last| got(Arc::clone(aws), Arc::clone(&self.version), last);
        async move {
            let value = self.value.answer(fresh, progress, call).await?;
            match &self.field {
                Some(field) => value.field(field),
                None => Ok(value.bytes()),
            }
        }
        .boxed()
    }
}

impl Version {
    /// # Errors
    /// `BundleInvalid`.
    fn read(fields: &Fields) -> Result<Self, Problem> {
        let arn = text(fields, "arn")?;
        let read = Arn::read(arn, "secretsmanager");
        let read = read.filter(|arn| arn.after("secret:", b"/+=.@!").is_some());
        let read =
            read.ok_or_else(|| invalid("has an `arn` that is not of a secret of Secrets Manager"))?;
        let id = text(fields, "versionId")?;
        if !is_version(id) {
            return Err(invalid("has a `versionId` that is none"));
        }
        Ok(Self {
            arn: arn.into(),
            partition: read.partition.into(),
            region: read.region.into(),
            id: id.into(),
        })
    }
}

/// The value of a version.
async fn got(aws: Arc<Aws>, version: Arc<Version>, last: Last) -> Result<Arc<Value>, Problem> {
    let body = json!({"SecretId": version.arn, "VersionId": version.id});
    let call = Call {
        operation: GET_SECRET_VALUE,
        partition: &version.partition,
        region: &version.region,
        body: body.to_string().into(),
    };
    let read = |json: &[u8]| Value::read(json, &version.arn, &version.id);
    aws.call(&call, read, &last).await.map(Arc::new)
}
