//! A call of a service that speaks JSON, as AWS's protocols JSON 1.0 and 1.1 have it.

use std::sync::Arc;

use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_types::error::ErrorMetadata;
use serde_json::Value;

use super::Aws;
use super::calls::Calls;
use super::endpoint::Service;
use super::signed_call::{Ask, SignedService};
use super::strict_json;
use super::trouble::Trouble;
use crate::contract;
use crate::failure::Failure;

/// How a service is spoken to.
#[derive(Debug, Clone, Copy)]
pub struct Api {
    /// Whose it is.
    pub service: Service,
    /// What stands before an action in `X-Amz-Target`.
    pub target: &'static str,
    /// That of `application/x-amz-json`.
    pub version: &'static str,
}

/// A service in one region.
pub struct JsonService {
    /// Its calls, for their pace.
    pub calls: Arc<Calls>,
    api: Api,
    service: SignedService<Value>,
}

impl JsonService {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws, api: Api, region: &str) -> Result<Self, Failure> {
        let service = SignedService::of(aws, api.service, region, read).await?;
        Ok(Self {
            calls: Arc::clone(&service.calls),
            api,
            service,
        })
    }

    /// Makes one call, at the pace of all, and reads its answer.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn call(&self, action: &str, body: &Value) -> Result<Value, Trouble> {
        let Api {
            target, version, ..
        } = self.api;
        let ask = Ask {
            method: "POST",
            path: "/".into(),
            headers: vec![
                ("content-type", format!("application/x-amz-json-{version}")),
                ("x-amz-target", format!("{target}.{action}")),
            ],
            body: body.to_string(),
        };
        self.service.call(ask).await
    }
}

/// What an answer says, or the error that it is; REST services of JSON say it alike.
pub(super) fn read(response: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
    let body = strict_json::parse(response.body().bytes().unwrap_or_default());
    if response.status().is_success() {
        return match body {
            Ok(body @ Value::Object(_)) => Ok(body),
            Ok(_) => Err(OrchestratorError::response("no JSON object".into())),
            Err(error) => Err(OrchestratorError::response(error.into())),
        };
    }
    let body = body.unwrap_or_default();
    let mut refusal = ErrorMetadata::builder();
    if let Some(name) = error_name(&body, response) {
        refusal = refusal.code(name);
    }
    let said = body.get("message").or_else(|| body.get("Message"));
    if let Some(said) = said.and_then(Value::as_str) {
        refusal = refusal.message(said);
    }
    Err(OrchestratorError::operation(refusal.build()))
}

/// `docs/bundle.md` says where an error has its name: `com.amazonaws.dynamodb#Name:http://...`.
fn error_name(body: &Value, response: &HttpResponse) -> Option<String> {
    let header = || response.headers().get("x-amzn-errortype");
    let name = body.get("__type").and_then(Value::as_str).or_else(header)?;
    let name = name.rsplit('#').next().unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    contract::is_error_name(name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
