//! Against a Parameter Store in the same process: real requests and replies, no
//! socket.

use crate::failure::caller::tests::of_the_plugin;
use crate::failure::tests::problems_of;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::refusal::{Asked, Refusal};
use super::*;
use crate::aws::Link;
use crate::aws::account::Account;
use crate::aws::endpoint::Variants;
use crate::aws::http::timeouts;
use crate::aws::pace::Limits;
use crate::config::place::Place;
use crate::failure::Explain as _;
use crate::source::Sealed;
use crate::source::survey::{Pin, Told};
use crate::source::together::{seal as seal_all, take};

/// A kept parameter: name, type, version.
type Kept = (&'static str, &'static str, i64);

const CIPHERTEXT: &str = "AQICAHhLbXM=";

/// What the store does with a call before it answers; `None` lets it through.
type Fault = dyn Fn(&str, &[String], usize) -> Option<Reply> + Send + Sync;

enum Reply {
    Says(u16, Value),
    Breaks,
    Hangs,
}

struct Store {
    kept: Vec<Kept>,
    fault: Box<Fault>,
    calls: Mutex<Vec<(String, Vec<String>)>>,
    /// Where answers wait for each other.
    meet: Option<Arc<tokio::sync::Barrier>>,
}

#[derive(Clone)]
struct Connector(Arc<Store>);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        match self.0.answer(&target, &body) {
            Reply::Says(status, body) => {
                let body = SdkBody::from(body.to_string());
                let meet = self.0.meet.clone();
                HttpConnectorFuture::new(async move {
                    if let Some(meet) = meet {
                        meet.wait().await;
                    }
                    Ok(HttpResponse::new(status.try_into().unwrap(), body))
                })
            }
            Reply::Breaks => HttpConnectorFuture::ready(Err(ConnectorError::io(
                "connection reset by peer".into(),
            ))),
            Reply::Hangs => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl Store {
    fn new(kept: &[Kept]) -> Self {
        Self {
            kept: kept.to_vec(),
            fault: Box::new(|_, _, _| None),
            calls: Mutex::default(),
            meet: None,
        }
    }

    fn faulty(
        kept: &[Kept],
        fault: impl Fn(&str, &[String], usize) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fault: Box::new(fault),
            ..Self::new(kept)
        }
    }

    fn answer(&self, target: &str, body: &Value) -> Reply {
        assert_ne!(
            body["WithDecryption"],
            json!(true),
            "a call with decryption"
        );
        let operation = target.rsplit('.').next().unwrap();
        let secure = json!([{"Key": "Type", "Option": "Equals", "Values": [SECURE]}]);
        let filters = (operation == "GetParametersByPath").then_some(secure);
        assert_eq!(
            body.get("ParameterFilters"),
            filters.as_ref(),
            "SecureStrings alone are of use"
        );
        let names = match operation {
            "GetParameters" => body["Names"].as_array().unwrap().iter().map(text).collect(),
            "GetParameter" => vec![text(&body["Name"])],
            "GetParametersByPath" => vec![text(&body["Path"])],
            _ => Vec::new(),
        };
        let before = {
            let mut calls = self.calls.lock().unwrap();
            calls.push((operation.to_owned(), names.clone()));
            calls.len() - 1
        };
        if let Some(reply) = (self.fault)(operation, &names, before) {
            return reply;
        }
        match operation {
            "GetParameters" => self.batch(&names),
            "GetParameter" => self.single(&names[0]),
            "GetParametersByPath" => self.below(&names[0], body["NextToken"].as_str()),
            "GetCallerIdentity" => unreachable!("STS speaks the query protocol"),
            other => panic!("an operation that nobody needs: {other}"),
        }
    }

    fn find(&self, asked: &str) -> Option<Value> {
        let name = asked
            .split_once(":parameter")
            .map_or(asked, |(_, name)| name);
        let (bare, selector) = name.split_once(':').unwrap_or((name, ""));
        let mut kept = self.kept.iter().filter(|(name, ..)| *name == bare);
        let (name, kind, version) = match selector.parse::<i64>() {
            Ok(wanted) => kept.find(|(.., version)| *version == wanted)?,
            Err(_) if selector.is_empty() => kept.max_by_key(|(.., version)| *version)?,
            Err(_) => return None,
        };
        let selector = (!selector.is_empty()).then(|| format!(":{selector}"));
        let value = if *kind == "SecureString" {
            CIPHERTEXT
        } else {
            "plain"
        };
        let arn = format!("arn:aws:ssm:eu-west-1:123456789012:parameter{name}");
        Some(
            json!({ "Name": name, "Type": kind, "Value": value, "Version": version, "Selector": selector, "ARN": arn }),
        )
    }

    fn batch(&self, names: &[String]) -> Reply {
        assert!(
            (1..=10).contains(&names.len()),
            "{} names in a call",
            names.len()
        );
        assert_eq!(
            names.iter().collect::<HashSet<_>>().len(),
            names.len(),
            "a name twice"
        );
        let mut found: Vec<Value> = names.iter().filter_map(|name| self.find(name)).collect();
        // In alphabetical order, as Parameter Store does.
        found.sort_by_key(|found| text(&found["Name"]));
        let invalid: Vec<_> = names
            .iter()
            .filter(|name| self.find(name).is_none())
            .collect();
        Reply::Says(
            200,
            json!({ "Parameters": found, "InvalidParameters": invalid }),
        )
    }

    fn single(&self, asked: &str) -> Reply {
        let bare = asked.rsplit_once(':').map_or(asked, |(bare, _)| bare);
        match self.find(asked) {
            Some(found) => Reply::Says(200, json!({ "Parameter": found })),
            None if self.find(bare).is_some() => {
                error("ParameterVersionNotFound", "no such version")
            }
            None => error("ParameterNotFound", ""),
        }
    }

    /// Pages of two, and an empty one with a token, which AWS may send.
    fn below(&self, path: &str, token: Option<&str>) -> Reply {
        let from: usize = token.map_or(0, |token| token.parse().unwrap());
        let below = self
            .kept
            .iter()
            .filter(|(name, ..)| name.starts_with(&format!("{path}/")));
        let mut names: Vec<_> = below.map(|(name, ..)| *name).collect();
        names.dedup();
        if from == 1 {
            return Reply::Says(200, json!({ "Parameters": [], "NextToken": "2" }));
        }
        let from = from / 2 * 2;
        let page: Vec<_> = names
            .iter()
            .skip(from)
            .take(2)
            .filter_map(|name| self.find(name))
            .collect();
        let next = (from + 2 < names.len()).then(|| {
            if from == 0 {
                "1".to_owned()
            } else {
                (from + 2).to_string()
            }
        });
        Reply::Says(200, json!({ "Parameters": page, "NextToken": next }))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn error(code: &str, message: &str) -> Reply {
    Reply::Says(400, json!({ "__type": code, "message": message }))
}

fn link(store: &Arc<Store>) -> Link {
    let connector = SharedHttpConnector::new(Connector(store.clone()));
    let keys = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .build();
    Link {
        config,
        region: "eu-west-1".into(),
        given: [("ssm".to_owned(), "http://ssm.test".to_owned())].into(),
        found: None,
        allow_insecure_endpoint: true,
        variants: Variants::default(),
        proxy: None,
    }
}

/// What the source makes of a config.
pub fn read(config: &Value, written: Option<&Value>) -> Result<Vec<Reference>, Failure> {
    Ok(taken(config, written)?.0.references)
}

fn taken(config: &Value, written: Option<&Value>) -> Result<(Ssm, Vec<Place>), Failure> {
    let mut ssm = Ssm::default();
    let root = Place::from("custom.secretBaker");
    let mut sources: [&mut dyn Source; 1] = [&mut ssm];
    let places = take(&mut sources, config, written, &root)?;
    Ok((ssm, places))
}

/// The outcome of a config, as it was written.
async fn bake(
    store: &Arc<Store>,
    limits: Limits,
    config: &Value,
    written: &Value,
    progress: Progress<'_>,
) -> Result<Batch, Failure> {
    let (ssm, places) = taken(config, Some(written)).unwrap();
    let sources: Vec<Box<dyn Source>> = vec![Box::new(ssm)];
    let aws = Aws::over(link(store), limits);
    let (sealed, notices) = seal_all(&sources, &places, &aws, progress).await?;
    Ok(Batch { sealed, notices })
}

/// What was sealed.
#[derive(Debug)]
struct Batch {
    sealed: Vec<Sealed>,
    notices: Vec<String>,
}

/// The outcome, and the calls that were made: `operation(names)`.
async fn seal(store: Store, config: &Value) -> (Result<Batch, Failure>, Vec<String>) {
    let store = Arc::new(store);
    let outcome = bake(&store, Limits::default(), config, config, &|_, _| {}).await;
    let calls = store.calls.lock().unwrap();
    let calls = calls
        .iter()
        .map(|(operation, names)| format!("{operation}({})", names.join(" ")));
    (outcome, calls.collect())
}

fn arn(sealed: &Sealed) -> &str {
    sealed.entry["arn"].as_str().unwrap()
}

async fn seals(store: Store, config: &Value) -> (Vec<String>, Vec<String>) {
    let (outcome, calls) = seal(store, config).await;
    let line = |sealed: Sealed| {
        let version = sealed.version.as_deref().unwrap();
        format!("{}={}@{version}", sealed.name.value(), arn(&sealed))
    };
    (
        outcome.unwrap().sealed.into_iter().map(line).collect(),
        calls,
    )
}

async fn refuses(store: Store, config: &Value) -> (Vec<String>, &'static str) {
    let (outcome, _) = seal(store, config).await;
    let failure = outcome.unwrap_err();
    let code = failure.code().as_str();
    (
        failure.problems.iter().map(ToString::to_string).collect(),
        code,
    )
}

const SECURE: &str = "SecureString";
const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter";

#[tokio::test]
async fn replies_are_matched_by_name_and_selector_and_never_by_position() {
    let store = Store::new(&[
        ("/z", SECURE, 4),
        ("/a", SECURE, 1),
        ("/a", SECURE, 2),
        ("/m", SECURE, 9),
    ]);
    let config = json!([{"name": "Z", "path": "/z"}, {"name": "OLD", "path": "/a:1"}, {"name": "M", "path": format!("{ARN}/m")}, {"name": "NEW", "path": "/a"}]);
    let (sealed, calls) = seals(store, &config).await;
    assert_eq!(
        sealed,
        [
            format!("Z={ARN}/z@4"),
            format!("OLD={ARN}/a@1"),
            format!("M={ARN}/m@9"),
            format!("NEW={ARN}/a@2")
        ]
    );
    assert_eq!(
        calls.len(),
        2,
        "two spellings of one name go in two calls: {calls:?}"
    );
}

#[tokio::test]
async fn two_secrets_may_share_a_parameter() {
    let (sealed, calls) = seals(
        Store::new(&[("/p", SECURE, 1)]),
        &json!({"A": "/p", "B": "/p"}),
    )
    .await;
    assert_eq!(sealed, [format!("A={ARN}/p@1"), format!("B={ARN}/p@1")]);
    assert_eq!(calls, ["GetParameters(/p)"]);
}

#[tokio::test]
async fn a_prefix_takes_every_secure_string_below_it_over_all_pages() {
    let kept = [
        ("/app/d", SECURE, 1),
        ("/app/b/x", SECURE, 1),
        ("/app/s", "String", 1),
        ("/app/a", SECURE, 1),
        ("/app/c", SECURE, 1),
        ("/apple", SECURE, 1),
    ];
    let (sealed, _) = seals(Store::new(&kept), &json!([{"path": "/app/*"}])).await;
    assert_eq!(
        sealed,
        [
            format!("a={ARN}/app/a@1"),
            format!("b/x={ARN}/app/b/x@1"),
            format!("c={ARN}/app/c@1"),
            format!("d={ARN}/app/d@1")
        ]
    );
}

#[tokio::test]
async fn a_name_of_a_prefix_that_is_taken_is_refused() {
    let store = Store::new(&[("/app/a", SECURE, 1), ("/x", SECURE, 1)]);
    let (problems, code) = refuses(store, &json!([{"name": "a", "path": "/x"}, "/app/*"])).await;
    assert_eq!(
        problems,
        ["custom.secretBaker[1]: the name `a` is already used by custom.secretBaker[0]"]
    );
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
}

#[tokio::test]
async fn all_that_cannot_be_baked_is_told_at_once() {
    let store = Store::faulty(
        &[
            ("/ok", SECURE, 1),
            ("/list", "StringList", 1),
            ("/string", "String", 3),
        ],
        |operation, names, _| {
            let odd = names.contains(&"/odd".to_owned()) && operation == "GetParameters";
            let kept = json!({ "Name": "/odd", "Type": SECURE, "Value": "kms:alias/aws/ssm:plain", "Version": 1, "ARN": format!("{ARN}/odd") });
            let ok = json!({ "Name": "/ok", "Type": SECURE, "Value": CIPHERTEXT, "Version": 1, "ARN": format!("{ARN}/ok") });
            let said = json!({ "Parameters": [kept, ok], "InvalidParameters": ["/gone", "/ok:7", "/gone2:8"] });
            odd.then_some(Reply::Says(200, said))
        },
    );
    let config =
        json!({"OK": "/ok", "GONE": "/gone", "G2": "/gone2:8", "ODD": "/odd", "SILENT": "/silent"});
    let (problems, code) = refuses(store, &config).await;
    let place = "region eu-west-1, account 123456789012";
    assert_eq!(
        problems,
        [
            format!(
                "custom.secretBaker.GONE: secret `GONE`: there is no parameter `/gone` in {place}"
            ),
            format!(
                "custom.secretBaker.G2: secret `G2`: there is no parameter `/gone2:8` in {place}"
            ),
            format!(
                "custom.secretBaker.ODD: secret `ODD`: the value of parameter `/odd` in {place} begins like no KMS ciphertext and no Encryption SDK message"
            ),
            format!(
                "custom.secretBaker.SILENT: secret `SILENT`: Parameter Store in {place} said nothing about `/silent`"
            ),
        ]
    );
    assert_eq!(code, "SECRET_BAKER_SEVERAL_PROBLEMS");
}

#[tokio::test]
async fn the_plaintext_of_an_emulator_is_told_as_such_and_what_to_take_instead() {
    let store = Store::faulty(&[], |_, _, _| {
        let kept = json!({ "Name": "/odd", "Type": SECURE, "Value": "kms:alias/aws/ssm:hunter2", "Version": 1, "ARN": format!("{ARN}/odd") });
        Some(Reply::Says(200, json!({ "Parameters": [kept] })))
    });
    let failure = seal(store, &json!({ "A": "/odd" })).await.0.unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_UNKNOWN_CIPHERTEXT");
    let hint = |caller: &_| failure.problems[0].why.hint(caller).unwrap();
    let emulator = "http://ssm.test is no host of AWS: an emulator answers with the plaintext, and that is never baked";
    assert_eq!(
        hint(&of_the_plugin()),
        format!(
            "{emulator}; for a run on this machine take values from a file instead: custom.secretBakerOptions.local"
        )
    );
    assert_eq!(hint(&crate::failure::Caller::default()), emulator);
    assert!(!failure.to_string().contains("hunter2"));
}

#[tokio::test]
async fn plaintext_types_are_refused() {
    let store = Store::new(&[("/list", "StringList", 1), ("/string", "String", 3)]);
    let (problems, code) = refuses(store, &json!({"L": "/list", "S": "/string"})).await;
    let place = "region eu-west-1, account 123456789012";
    assert_eq!(
        problems,
        [
            format!(
                "custom.secretBaker.L: secret `L`: parameter `/list` in {place} is a StringList, which is not encrypted"
            ),
            format!(
                "custom.secretBaker.S: secret `S`: parameter `/string` in {place} is a String, which is not encrypted"
            ),
        ]
    );
    assert_eq!(code, "SECRET_BAKER_NOT_ENCRYPTED");
}

#[tokio::test]
async fn a_missing_version_is_told_apart_from_a_missing_parameter() {
    let store = Store::new(&[("/p", SECURE, 2)]);
    let (problems, code) = refuses(store, &json!({"KEPT": "/p", "V": "/p:7"})).await;
    assert_eq!(
        problems,
        [
            "custom.secretBaker.V: secret `V`: parameter `/p` has no version or label `7` in region eu-west-1, account 123456789012"
        ]
    );
    assert_eq!(code, "SECRET_BAKER_VERSION_NOT_FOUND");
}

fn denies(action: &'static str) -> impl Fn(&str, &[String], usize) -> Option<Reply> + Send + Sync {
    move |operation, _, _| {
        (operation == action).then(|| error("AccessDeniedException", "not authorized"))
    }
}

#[tokio::test]
async fn a_role_without_get_parameters_bakes_one_by_one_and_hears_of_it_once() {
    let names: Vec<_> = (0..12).map(|n| format!("/p{n}")).collect();
    let kept: Vec<Kept> = names
        .iter()
        .map(|name| (&*name.clone().leak(), SECURE, 1))
        .collect();
    let (outcome, calls) = seal(Store::faulty(&kept, denies("GetParameters")), &json!(names)).await;
    let batch = outcome.unwrap();
    assert_eq!(batch.sealed.len(), 12);
    assert_eq!(
        batch.notices,
        [
            "ssm:GetParameters is denied to this role, so each parameter took a call of its own: allow it beside ssm:GetParameter, and ten are fetched at a time"
        ]
    );
    assert_eq!(
        calls
            .iter()
            .filter(|call| call.starts_with("GetParameter("))
            .count(),
        12
    );
}

#[tokio::test]
async fn one_denied_parameter_of_a_batch_is_named_alone() {
    let fault = |_: &str, names: &[String], _| {
        names
            .contains(&"/b".to_owned())
            .then(|| error("AccessDeniedException", "not authorized to /b"))
    };
    let store = Store::faulty(&[("/a", SECURE, 1), ("/b", SECURE, 1)], fault);
    let (problems, code) = refuses(store, &json!({"A": "/a", "B": "/b", "C": "/c"})).await;
    let place = "region eu-west-1, account 123456789012";
    assert_eq!(
        problems,
        [
            format!(
                "custom.secretBaker.B: secret `B`: reading `/b` in {place} is denied: not authorized to /b"
            ),
            format!("custom.secretBaker.C: secret `C`: there is no parameter `/c` in {place}"),
        ]
    );
    assert_eq!(code, "SECRET_BAKER_SEVERAL_PROBLEMS");
}

#[tokio::test]
async fn a_denied_prefix_names_its_own_action() {
    let store = Store::faulty(&[("/a", SECURE, 1)], denies("GetParametersByPath"));
    let (outcome, _) = seal(store, &json!(["/a", "/app/*"])).await;
    let failure = outcome.unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_ACCESS_DENIED");
    assert_eq!(
        failure.problems[0].why.hint(&of_the_plugin()).unwrap(),
        "allow `ssm:GetParametersByPath` on this parameter to the role that deploys; kms:Decrypt is not needed"
    );
}

#[tokio::test(start_paused = true)]
async fn throttles_resets_and_server_errors_are_survived() {
    let faults = |_: &str, _: &[String], before| match before {
        0 | 1 => Some(error("ThrottlingException", "Rate exceeded")),
        2 => Some(Reply::Hangs),
        3 => Some(Reply::Says(503, json!({ "__type": "ServiceUnavailable" }))),
        4 => Some(Reply::Breaks),
        5 => Some(Reply::Says(200, json!("no object"))),
        _ => None,
    };
    let (sealed, calls) = seals(Store::faulty(&[("/p", SECURE, 1)], faults), &json!(["/p"])).await;
    assert_eq!((sealed.len(), calls.len()), (1, 7));
}

#[track_caller]
fn is_general(outcome: Result<Batch, Failure>, text: &str, code: &str) {
    let failure = outcome.unwrap_err();
    assert_eq!(
        (
            failure.problems[0].to_string().as_str(),
            failure.code().as_str()
        ),
        (text, code)
    );
    assert_eq!(failure.problems.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_never_ends_well_ends_within_the_budget() {
    let config = json!(["/p"]);
    let throttles = |_: &str, _: &[String], _| Some(error("ThrottlingException", "Rate exceeded"));
    is_general(
        seal(Store::faulty(&[], throttles), &config).await.0,
        "Parameter Store in region eu-west-1 went on throttling for 60 seconds: Rate exceeded",
        "SECRET_BAKER_THROTTLED",
    );
    is_general(
        seal(Store::faulty(&[], |_, _, _| Some(Reply::Breaks)), &config)
            .await
            .0,
        "no answer from Parameter Store at http://ssm.test: connection reset by peer",
        "SECRET_BAKER_UNREACHABLE",
    );
    is_general(
        seal(Store::faulty(&[], |_, _, _| Some(Reply::Hangs)), &config)
            .await
            .0,
        "Parameter Store at http://ssm.test did not answer in time: each attempt was cut off after 3 s to connect, 10 s to the answer's start or 15 s in all",
        "SECRET_BAKER_TIMEOUT",
    );
}

#[tokio::test]
async fn credentials_that_aws_refuses_end_the_bake_at_once() {
    let expired = |_: &str, _: &[String], _| {
        Some(error(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ))
    };
    let (outcome, calls) = seal(Store::faulty(&[], expired), &json!(["/p"])).await;
    is_general(
        outcome,
        "AWS does not accept the credentials: ExpiredTokenException: they have expired",
        "SECRET_BAKER_CREDENTIALS",
    );
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn a_thousand_parameters_are_a_hundred_calls_and_progress_ends_at_all() {
    let names: Vec<_> = (0..1000).map(|n| format!("/p{n}")).collect();
    let kept: Vec<Kept> = names
        .iter()
        .map(|name| (&*name.clone().leak(), SECURE, 1))
        .collect();
    let store = Arc::new(Store::new(&kept));
    let config = json!(names);
    let last = Mutex::new((0, 0));
    let progress = |done, total| *last.lock().unwrap() = (done, total);
    let baked = bake(&store, Limits::default(), &config, &config, &progress);
    baked.await.unwrap();
    assert_eq!(*last.lock().unwrap(), (1000, 1000));
    assert_eq!(store.calls.lock().unwrap().len(), 100);
}

/// The outcome of a config that was written with variables.
async fn seal_written(store: Store, config: &Value, written: &Value) -> Result<Batch, Failure> {
    let store = Arc::new(store);
    bake(&store, Limits::default(), config, written, &|_, _| {}).await
}

#[tokio::test]
async fn a_path_that_a_store_gave_in_part_is_asked_for_and_shown_as_it_was_written() {
    let written = json!({"A": "/${ssm:/prefix}/db", "B": "/${ssm:/prefix}/db:7"});
    let config = json!({"A": "/hunter2/db", "B": "/hunter2/db:7"});
    let sealed = seal_written(Store::new(&[("/hunter2/db", SECURE, 7)]), &config, &written);
    let sealed = sealed.await.unwrap().sealed;
    assert_eq!(sealed[0].from.as_str(), "/${ssm:/prefix}/db");
    assert_eq!(arn(&sealed[0]), format!("{ARN}/hunter2/db"));

    let said = "User: x is not authorized on parameter/hunter2/db";
    let stores = [
        Store::new(&[]),
        Store::new(&[("/hunter2/db", "String", 7)]),
        Store::new(&[("/hunter2/db", SECURE, 2)]),
        Store::faulty(&[], move |_, _, _| {
            Some(error("AccessDeniedException", said))
        }),
        Store::faulty(&[], move |_, _, _| Some(error("ValidationException", said))),
    ];
    for store in stores {
        let failure = seal_written(store, &config, &written).await.unwrap_err();
        let text = failure.to_string();
        assert!(text.contains("`/${ssm:/prefix}/db"), "{text}");
        assert!(
            !text.contains("hunter2") && !text.contains("aws ssm "),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_prefix_that_a_store_gave_in_part_shows_the_rest_only() {
    let (written, config) = (json!(["/${ssm:/prefix}/*"]), json!(["/hunter2/*"]));
    let kept = [("/hunter2/a", SECURE, 1)];
    let batch = seal_written(Store::new(&kept), &config, &written)
        .await
        .unwrap();
    assert_eq!(batch.sealed[0].name.value(), "a");
    assert_eq!(batch.sealed[0].from.as_str(), "/${ssm:/prefix}/a");
    let failure = seal_written(Store::new(&[]), &config, &written)
        .await
        .unwrap_err();
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
}

#[tokio::test]
async fn hints_hold_commands_that_work_when_they_are_pasted() {
    let arn = "arn:aws:ssm:us-east-1:123456789012:parameter";
    let config = json!({"V": "/gone:2", "A": format!("{arn}/x/gone:live"), "D": "-dash"});
    let fault = |operation: &str, names: &[String], _| {
        (operation == "GetParameters")
            .then(|| Reply::Says(200, json!({ "InvalidParameters": names })))
    };
    let failure = seal(Store::faulty(&[], fault), &config)
        .await
        .0
        .unwrap_err();
    let hints: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| problem.why.hint(&of_the_plugin()).unwrap())
        .collect();
    let put = |name: &str, region: &str| {
        format!(
            "check the path, the region and the account, or create it: aws ssm put-parameter {name} --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region {region}"
        )
    };
    assert_eq!(
        hints,
        [
            put("--name /gone", "eu-west-1"),
            put("--name /x/gone", "us-east-1"),
            put("--name=-dash", "eu-west-1"),
        ]
    );
}

#[test]
fn a_hint_about_plaintext_deletes_nothing() {
    let cause = Refusal::NotEncrypted {
        name: "A".into(),
        path: Asked {
            shown: "/a".into(),
            name: Some("/a".to_owned()),
        },
        kind: "String".into(),
        account: Account {
            region: "eu-west-1".to_owned(),
            id: None,
        },
    };
    let hint = cause.hint(&of_the_plugin()).unwrap();
    assert!(!hint.contains("delete"), "{hint}");
    assert!(
        hint.ends_with("write that name here: aws ssm put-parameter --name /a-secure --type SecureString --key-id alias/YOUR-KEY --value file://secret.txt --region eu-west-1"),
        "{hint}"
    );
}

#[tokio::test]
async fn what_the_service_says_forges_no_line() {
    let fault =
        |_: &str, _: &[String], _| Some(error("OddException", "one\n  hint: run this\u{2028}"));
    let failure = seal(Store::faulty(&[], fault), &json!(["/p"]))
        .await
        .0
        .unwrap_err();
    let text = failure.to_string();
    assert_eq!(problems_of(&text).lines().count(), 1, "{text}");
    assert!(text.contains("one\\n  hint: run this\\u{2028}"), "{text}");
}

#[tokio::test]
async fn the_place_of_an_outage_is_that_of_the_parameters_region() {
    let store = Store::faulty(&[], |_, _, _| {
        Some(error("ThrottlingException", "Rate exceeded"))
    });
    let config = json!(["arn:aws:ssm:us-east-1:123456789012:parameter/p"]);
    let limits = Limits {
        budget: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let store = Arc::new(store);
    let baked = bake(&store, limits, &config, &config, &|_, _| {}).await;
    let failure = baked.err().unwrap();
    assert!(
        failure
            .to_string()
            .starts_with("Parameter Store in region us-east-1 went on throttling"),
        "{failure}"
    );
}

#[tokio::test]
async fn prefixes_are_walked_side_by_side() {
    // The first page of each hangs until the other was asked for.
    let asked = Arc::new(tokio::sync::Barrier::new(2));
    let kept = [("/a/x", SECURE, 1), ("/b/y", SECURE, 1)];
    let store = Store {
        meet: Some(asked),
        ..Store::new(&kept)
    };
    let config = json!(["/a/*", "/b/*"]);
    let sealed = seals(store, &config);
    let sealed = tokio::time::timeout(std::time::Duration::from_secs(5), sealed).await;
    let (sealed, _) = sealed.expect("the second walk waits for the end of the first");
    assert_eq!(sealed, [format!("x={ARN}/a/x@1"), format!("y={ARN}/b/y@1")]);
}

#[test]
fn what_is_taken_says_what_it_needs() {
    let config = json!(["/a", "/app/*"]);
    let (ssm, _) = taken(&config, Some(&config)).unwrap();
    let told = |index, name: &str| Survey {
        index,
        place: Place::from("config"),
        name: Text::public(name),
        source: "path",
        from: name.into(),
        region: Some("eu-west-1".into()),
        arn: Some(format!("{ARN}{name}")),
        pin: Pin::Floating,
        meant: Ok(Told::Unasked),
        latest: Told::Unasked,
        oldest: Told::Unasked,
        history: Told::Unasked,
        keys: Told::Known(vec!["alias/app".into()]),
        tier: Told::Unasked,
    };
    let all = [told(0, "/a"), told(1, "/app/x"), told(1, "/app/y")];
    let needs = ssm.permissions(&all.iter().collect::<Vec<_>>());
    let needs: Vec<_> = needs.iter().map(Permission::said).collect();
    let opens = |name: &str| {
        format!(
            "{name}: OpenParameters kms:Decrypt on Some([\"alias/app\"]) Closed StringEquals kms:EncryptionContext:PARAMETER_ARN={ARN}{name}"
        )
    };
    assert_eq!(
        needs,
        [
            format!("deploy: ReadParameters ssm:GetParameters+ssm:GetParameter on {ARN}/a"),
            opens("/a"),
            format!("deploy: ReadParametersBelow ssm:GetParametersByPath on {ARN}/app"),
            opens("/app/x"),
            opens("/app/y"),
        ]
    );
}
