//! A signed call of any service. An SDK of its own would weigh more than all that is asked of it: this has the same HTTP client,
//! signer, time-outs and clock, and so the same errors. How a service speaks is said by who calls.

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

use super::Aws;
use super::address::signing_region;
use super::calls::Calls;
use super::endpoint::Service;
use super::trouble::Trouble;
use crate::failure::Failure;
use crate::failure::internal::Internal;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Ask {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query, from the first slash, encoded already.
    pub path: String,
    /// Names and values, beside those of signing.
    pub headers: Vec<(&'static str, String)>,
    /// Its bytes.
    pub body: String,
}

/// Makes an answer of what came: of an error's answer the error.
pub type Read<T> = fn(&HttpResponse) -> Result<T, OrchestratorError<ErrorMetadata>>;

/// A service in one region, whose answers are `T`.
pub struct SignedService<T> {
    /// Its calls, for their pace.
    pub calls: Arc<Calls>,
    operation: Operation<Ask, T, ErrorMetadata>,
}

impl<T: std::fmt::Debug + Send + Sync + 'static> SignedService<T> {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(
        aws: &Aws,
        service: Service,
        region: &str,
        read: Read<T>,
    ) -> Result<Self, Failure> {
        let region = signing_region(service, region);
        let calls = Box::pin(aws.calls(service, region)).await?;
        let operation = operation(service, &calls, region, read).ok_or_else(|| Internal {
            said: "the way to AWS has no HTTP client or no credentials".into(),
        })?;
        Ok(Self { calls, operation })
    }

    /// Makes one call, at the pace of all, and reads its answer.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn call(&self, ask: Ask) -> Result<T, Trouble> {
        let send = || async {
            let answer = self.operation.invoke(ask.clone()).await;
            answer.map_err(|error| Trouble::of(&error))
        };
        self.calls.make(send).await
    }
}

fn operation<T: std::fmt::Debug + Send + Sync + 'static>(
    service: Service,
    calls: &Calls,
    region: &str,
    read: Read<T>,
) -> Option<Operation<Ask, T, ErrorMetadata>> {
    let config = calls.config();
    let operation = Operation::builder()
        .service_name(service.host)
        .operation_name("call")
        .behavior_version(BehaviorVersion::latest())
        .http_client(config.http_client()?)
        .endpoint_url(calls.address())
        // Attempts are paced and repeated by `pace`.
        .no_retry()
        .timeout_config(config.timeout_config()?.clone())
        .interceptor(ServiceClockSkewInterceptor::new())
        .runtime_plugin(signing(config, service, region)?)
        .serializer(written)
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

fn written(ask: Ask) -> Result<HttpRequest, BoxError> {
    let mut http = HttpRequest::new(SdkBody::from(ask.body));
    http.set_method(ask.method)?;
    http.set_uri(ask.path)?;
    let headers = http.headers_mut();
    for (name, value) in ask.headers {
        headers.insert(name, value);
    }
    headers.insert(
        "user-agent",
        concat!("secret-baker/", env!("CARGO_PKG_VERSION")),
    );
    Ok(http)
}
