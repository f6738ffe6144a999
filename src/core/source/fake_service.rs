//! For tests: services that speak JSON, in the same process. Requests are signed and answers read as in a real bake; there is no socket.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::joint::{Sealed, Source};
use super::survey::{Survey, Wish};
use super::together;
use crate::aws::endpoint::Variants;
use crate::aws::http::timeouts;
use crate::aws::pace::Limits;
use crate::aws::{Aws, Link};
use crate::config::place::Place;
use crate::failure::Failure;

type Answer = dyn Fn(&str, &Value) -> (u16, Value) + Send + Sync;

/// Answers each call as its test says, and remembers them all: `region Action`, and the body.
pub struct FakeService {
    answer: Box<Answer>,
    calls: Mutex<Vec<(String, Value)>>,
    /// Where answers wait for each other.
    meet: Option<Barrier>,
}

impl FakeService {
    pub fn new(answer: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static) -> Self {
        Self {
            answer: Box::new(answer),
            calls: Mutex::default(),
            meet: None,
        }
    }

    /// One that answers nobody before so many were asked for.
    pub fn together(
        count: usize,
        answer: impl Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        Self {
            meet: Some(Barrier::new(count)),
            ..Self::new(answer)
        }
    }

    /// `region Action` of each call, sorted, since calls are made side by side.
    pub fn called(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let mut names: Vec<_> = calls.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// The bodies of all calls of an action.
    pub fn bodies(&self, action: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        let of_it = calls.iter().filter(|(name, _)| name.ends_with(action));
        of_it.map(|(_, body)| body.clone()).collect()
    }
}

/// An error of the service.
pub fn refuses(code: &str, message: &str) -> (u16, Value) {
    (400, json!({ "__type": code, "message": message }))
}

#[derive(Clone)]
struct Connector(Arc<FakeService>);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(target) = request.headers().get("x-amz-target") else {
            let said = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
            return HttpConnectorFuture::ready(Ok(response(200, said.to_owned())));
        };
        let action = target.rsplit('.').next().unwrap().to_owned();
        let scope = request.headers().get("authorization").unwrap().to_owned();
        let region = scope.split('/').nth(2).unwrap().to_owned();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let (status, answer) = (self.0.answer)(&action, &body);
        let mut calls = self.0.calls.lock().unwrap();
        calls.push((format!("{region} {action}"), body));
        drop(calls);
        let service = self.0.clone();
        HttpConnectorFuture::new(async move {
            if let Some(meet) = &service.meet {
                meet.wait().await;
            }
            Ok(response(status, answer.to_string()))
        })
    }
}

fn response(status: u16, body: String) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))
}

fn link(service: &Arc<FakeService>) -> Link {
    let connector = SharedHttpConnector::new(Connector(service.clone()));
    let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    let given = ["ssm", "sts", "dynamodb", "secretsmanager", "kms"];
    Link {
        config,
        region: "eu-west-1".into(),
        given: given
            .map(|host| (host.to_owned(), format!("http://{host}.test")))
            .into(),
        found: None,
        allow_insecure_endpoint: true,
        variants: Variants::default(),
        proxy: None,
    }
}

/// A way to the service.
pub fn aws(service: &Arc<FakeService>) -> Aws {
    Aws::over(link(service), Limits::default())
}

/// A bake of what one source takes, with what its user should know; `written` is the config before its variables were resolved.
pub async fn bake_written(
    source: Box<dyn Source>,
    configs: (&Value, &Value),
    service: &Arc<FakeService>,
) -> Result<(Vec<Sealed>, Vec<String>), Failure> {
    bake_all(vec![source], configs, service).await
}

/// The same of several sources.
pub async fn bake_all(
    mut sources: Vec<Box<dyn Source>>,
    (config, written): (&Value, &Value),
    service: &Arc<FakeService>,
) -> Result<(Vec<Sealed>, Vec<String>), Failure> {
    let root = Place::from("custom.secretBaker");
    let places = together::take(&mut sources, config, Some(written), &root)?;
    let aws = aws(service);
    let sealed = together::seal(&sources, &places, &aws, &|_, _| {}).await?;
    together::keep(&sources, &aws).await?;
    Ok(sealed)
}

/// The same of a config without variables.
pub async fn bake(
    source: Box<dyn Source>,
    config: &Value,
    service: &Arc<FakeService>,
) -> Result<(Vec<Sealed>, Vec<String>), Failure> {
    bake_written(source, (config, config), service).await
}

/// What one source tells of what it takes; `written` is the config before its variables were resolved.
pub async fn survey_written(
    source: Box<dyn Source>,
    (config, written): (&Value, &Value),
    wish: Wish<'_>,
    service: &Arc<FakeService>,
) -> Result<Vec<Survey>, Failure> {
    let mut sources = vec![source];
    let root = Place::from("custom.secretBaker");
    together::take(&mut sources, config, Some(written), &root)?;
    let aws = Aws::over(link(service), Limits::default());
    together::survey(&sources, &aws, wish, &|_, _| {}).await
}

/// The same of a config without variables.
pub async fn survey(
    source: Box<dyn Source>,
    config: &Value,
    wish: Wish<'_>,
    service: &Arc<FakeService>,
) -> Result<Vec<Survey>, Failure> {
    survey_written(source, (config, config), wish, service).await
}

/// Each problem's text, and the code of all.
pub fn told(outcome: Result<(Vec<Sealed>, Vec<String>), Failure>) -> (Vec<String>, &'static str) {
    let failure = outcome.unwrap_err();
    let problems = failure.problems.iter().map(ToString::to_string);
    (problems.collect(), failure.code().as_str())
}
