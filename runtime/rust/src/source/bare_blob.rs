//! A ciphertext of KMS that stands by itself in an environment variable: as `aws kms encrypt` and the encryption helpers of
//! Lambda's console make it.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::sealed::{Description, Opened, Progress, Sealed};
use super::variable::invalid;
use crate::arn::is_region;
use crate::aws::Aws;
use crate::contract::{Code, partition_of};
use crate::environment::Environment;
use crate::error::Problem;
use crate::kms::{self, Context, Question};

/// What the console binds its ciphertexts to, and the variable that says it.
const BOUND_TO: &str = "LambdaFunctionName";
const FUNCTION: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// Such a ciphertext.
pub(super) struct BareBlob {
    ciphertext: Vec<u8>,
    /// The function's own.
    region: String,
    /// What it may be bound to, one after the other.
    contexts: Vec<Context>,
}

impl BareBlob {
    /// # Errors
    /// `VariableInvalid` if there is no region in which KMS can be asked.
    pub(super) fn new(ciphertext: Vec<u8>, environment: &Environment) -> Result<Self, Problem> {
        let region = environment
            .region()
            .filter(|region| is_region(region))
            .ok_or_else(|| {
                invalid("neither AWS_REGION nor AWS_DEFAULT_REGION tells in which region it is decrypted")
            })?;
        let of_console = environment.text(FUNCTION);
        let of_console = of_console.map(|name| Context::from([(BOUND_TO.to_owned(), name)]));
        Ok(Self {
            ciphertext,
            region,
            contexts: of_console.into_iter().chain([Context::new()]).collect(),
        })
    }
}

impl Sealed for BareBlob {
    fn describe(&self) -> Description {
        let contexts: Vec<_> = self.contexts.iter().map(kms::shown).collect();
        Description {
            place: vec![("region", self.region.clone())],
            context: contexts.join("` or `"),
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
            let mut outcome = Err(Problem::new(Code::WrongContext, ""));
            for context in &self.contexts {
                let question = Question {
                    partition: partition_of(&self.region),
                    region: &self.region,
                    ciphertext: &self.ciphertext,
                    context,
                    key: None,
                };
                outcome = kms::decrypt(aws, &question, &progress.last).await;
                let is_bound_otherwise = |problem: &Problem| problem.code == Code::WrongContext;
                if !outcome.as_ref().is_err_and(is_bound_otherwise) {
                    break;
                }
            }
            outcome
        }
        .boxed()
    }
}
