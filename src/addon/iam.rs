//! The statements of functions' roles, as data: the plugin puts them where the framework has them.

use napi::Result;
use napi_derive::napi;
use secret_baker_command::iam::{self, OfFunction, Policies, Whose};
use secret_baker_core::failure as core_failure;

use crate::command::{CommandService, of_service};
use crate::failure::{Failure, told};
use crate::session::Session;

/// What functions need to be allowed.
#[napi(object, object_from_js = false)]
pub struct FunctionStatements {
    /// Of each function that carries a secret, in their order.
    pub functions: Vec<StatementsOfFunction>,
    /// Sentences for the user.
    pub notices: Vec<String>,
}

/// What one function needs to be allowed.
#[napi(object, object_from_js = false)]
pub struct StatementsOfFunction {
    /// Its key.
    pub key: String,
    /// A list of statements as JSON, as IAM takes them.
    pub statements: String,
}

/// The statements, or why there are none.
#[napi(object, object_from_js = false)]
pub struct StatementsOutcome {
    /// The statements.
    pub value: Option<FunctionStatements>,
    /// Every statement that cannot be told.
    pub failure: Option<Failure>,
}

impl From<OfFunction> for StatementsOfFunction {
    fn from(function: OfFunction) -> Self {
        let statements = serde_json::Value::from(function.policy.statements());
        Self {
            key: function.key.unwrap_or_default(),
            statements: statements.to_string(),
        }
    }
}

impl From<Policies> for FunctionStatements {
    fn from(policies: Policies) -> Self {
        Self {
            functions: policies.functions.into_iter().map(Into::into).collect(),
            notices: policies.notices.into_iter().map(str::to_owned).collect(),
        }
    }
}

#[napi]
impl Session {
    /// What the role of each function needs, and nothing else. Asks for keys, and for no value. Resolves with a failure rather than
    /// rejecting.
    ///
    /// # Errors
    /// Never for an expected failure.
    #[napi]
    pub async fn function_statements(&self, service: CommandService) -> Result<StatementsOutcome> {
        let caller = self.caller();
        let result = statements(service, &caller).await;
        let (value, failure) = told(result, &caller);
        Ok(StatementsOutcome { value, failure })
    }
}

async fn statements(
    service: CommandService,
    caller: &core_failure::Caller,
) -> std::result::Result<FunctionStatements, core_failure::Failure> {
    let service = of_service(service, caller)?;
    let policies = iam::policies(&service, Whose::Functions, &|_, _| {}).await?;
    policies.check_lengths()?;
    Ok(policies.into())
}
