//! Parameter Store. Its secure strings are ciphertexts of KMS, bound to their parameter by its ARN.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::ciphertext::{Ciphertext, Lock};
use super::fields::{Fields, bytes, invalid, text};
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::arn::Arn;
use crate::aws::Aws;
use crate::contract::Code;
use crate::error::Problem;
use crate::kms::{self, Context};

/// What each ciphertext is bound to, in the encryption context.
const BOUND_TO: &str = "PARAMETER_ARN";

/// Parameter Store.
pub(super) struct Ssm;

/// The ARN of a parameter, and where KMS is asked.
#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    arn: String,
    partition: String,
    region: String,
}

/// A version of a parameter.
struct SecureString {
    parameter: Parameter,
    ciphertext: Ciphertext,
}

impl Source for Ssm {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let (arn, ciphertext) = (text(fields, "arn")?, text(fields, "ciphertext")?);
        let parameter = Parameter::read(arn)
            .ok_or_else(|| invalid("has an `arn` that is not of a parameter"))?;
        let ciphertext = Ciphertext::read(bytes("ciphertext", ciphertext)?)?;
        Ok(Box::new(SecureString {
            parameter,
            ciphertext,
        }))
    }
}

impl Sealed for SecureString {
    fn describe(&self) -> Description {
        let Parameter { arn, region, .. } = &self.parameter;
        Description {
            place: vec![("parameter", arn.clone()), ("region", region.clone())],
            context: format!("{BOUND_TO}={arn}"),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        _fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        let Parameter {
            arn,
            partition,
            region,
        } = &self.parameter;
        async move {
            let lock = Lock {
                partition,
                region,
                context: Context::from([(BOUND_TO.to_owned(), arn.clone())]),
                is_bound: &|context| is_bound(context, arn),
            };
            self.ciphertext.open(&lock, aws, progress).await
        }
        .boxed()
    }
}

impl Parameter {
    /// Reads `arn:<partition>:ssm:<region>:<account>:parameter/<path>`.
    fn read(text: &str) -> Option<Self> {
        let arn = Arn::read(text, "ssm")?;
        arn.after("parameter/", b"./").map(|_| Self {
            arn: text.into(),
            partition: arn.partition.into(),
            region: arn.region.into(),
        })
    }
}

/// # Errors
/// `WrongContext` for the ciphertext of another parameter.
fn is_bound(context: &Context, parameter: &str) -> Result<(), Problem> {
    let what = match context.get(BOUND_TO) {
        Some(arn) if arn == parameter => return Ok(()),
        Some(arn) => format!("it is that of the parameter {arn}"),
        None => "it is not bound to a parameter".into(),
    };
    Err(Problem::new(Code::WrongContext, what))
}
