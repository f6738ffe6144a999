//! A signed call of a service that speaks JSON, for services whose SDK would weigh more than all that is asked of them: the same HTTP
//! client, signer, time-outs and clock as an SDK's, and so the same errors.

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::Value;

use super::Aws;
use super::address::address;
use super::calls::Calls;
use super::endpoint::Service;
use super::strict_json;
use super::trouble::Trouble;
use crate::contract;
use crate::failure::Failure;
use crate::failure::internal::Internal;

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
    target: &'static str,
    operation: Operation<Request, Value, ErrorMetadata>,
}

#[derive(Debug)]
struct Request {
    target: String,
    body: String,
}

impl JsonService {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws, api: Api, region: &str) -> Result<Self, Failure> {
        let calls = aws.calls(api.service, region, address).await?;
        let operation = operation(api, &calls, region).ok_or_else(|| Internal {
            said: "the way to AWS has no HTTP client or no credentials".into(),
        })?;
        Ok(Self {
            calls,
            target: api.target,
            operation,
        })
    }

    /// Makes one call, at the pace of all, and reads its answer.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn call(&self, action: &str, body: &Value) -> Result<Value, Trouble> {
        let target = format!("{}.{action}", self.target);
        let body = body.to_string();
        let send = || async {
            let (target, body) = (target.clone(), body.clone());
            let answer = self.operation.invoke(Request { target, body }).await;
            answer.map_err(|error| Trouble::of(&error))
        };
        self.calls.make(send).await
    }
}

fn operation(
    api: Api,
    calls: &Calls,
    region: &str,
) -> Option<Operation<Request, Value, ErrorMetadata>> {
    let config = calls.config();
    let operation = Operation::builder()
        .service_name(api.service.host)
        .operation_name("call")
        .behavior_version(BehaviorVersion::latest())
        .http_client(config.http_client()?)
        .endpoint_url(calls.address())
        // Attempts are paced and repeated by `pace`.
        .no_retry()
        .timeout_config(config.timeout_config()?.clone())
        .interceptor(ServiceClockSkewInterceptor::new())
        .runtime_plugin(signing(config, api.service, region)?)
        .serializer(move |request| written(api.version, request))
        .deserializer(read);
    Some(operation.build())
}

fn signing(config: &SdkConfig, service: Service, region: &str) -> Option<StaticRuntimePlugin> {
    let mut layer = Layer::new("signing");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from_static(service.host)),
        ..SigV4OperationSigningConfig::default()
    });
    let scheme = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    let mut components = RuntimeComponentsBuilder::new("signing");
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(scheme)));
    components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
    // They are fixed for the whole bake.
    components.set_identity_cache(Some(IdentityCache::no_cache()));
    let keys = SharedIdentityResolver::new(config.credentials_provider()?);
    components.set_identity_resolver(SCHEME_ID, keys);
    let plugin = StaticRuntimePlugin::new().with_config(layer.freeze());
    Some(plugin.with_runtime_components(components))
}

fn written(version: &str, request: Request) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(request.body));
    http.set_method("POST")?;
    http.set_uri("/")?;
    let headers = http.headers_mut();
    headers.insert("content-type", format!("application/x-amz-json-{version}"));
    headers.insert("x-amz-target", request.target);
    headers.insert(
        "user-agent",
        concat!("secret-baker/", env!("CARGO_PKG_VERSION")),
    );
    Ok(http)
}

fn read(response: &HttpResponse) -> Result<Value, OrchestratorError<ErrorMetadata>> {
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
