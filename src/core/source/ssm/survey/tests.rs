//! Against a Parameter Store in the same process: as many versions as a test has put, under one key a version.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::source::fake_service::{FakeService, refuses, survey, survey_written};
use crate::source::ssm::Ssm;
use crate::source::survey::{Pin, Survey, Told, Unknown, Version, Whose, Wish};

const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter";

/// The versions of each parameter that are kept, oldest first, and their labels.
type Kept = BTreeMap<&'static str, Vec<(i64, &'static [&'static str])>>;

fn kept(all: &[(&'static str, i64)]) -> Kept {
    let versions = |newest: i64| (1.max(newest - 99)..=newest).map(|n| (n, [].as_slice()));
    let all = all.iter();
    all.map(|(name, newest)| (*name, versions(*newest).collect()))
        .collect()
}

/// One that is denied these actions.
fn store(kept: Kept, denied: &'static [&'static str]) -> Arc<FakeService> {
    Arc::new(FakeService::new(move |action, body| {
        if denied.contains(&action) {
            return refuses(
                "AccessDeniedException",
                &format!("not authorized: {action}"),
            );
        }
        if action == "GetParameter" && found_none(&kept, body["Name"].as_str().unwrap()) {
            let is_there = kept.keys().any(|name| {
                body["Name"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("{name}:"))
            });
            let code = if is_there {
                "ParameterVersionNotFound"
            } else {
                "ParameterNotFound"
            };
            return refuses(code, "");
        }
        (200, answer(&kept, action, body))
    }))
}

fn answer(kept: &Kept, action: &str, body: &Value) -> Value {
    let asked = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |value: &Value| value.as_array().unwrap().iter().map(asked).collect();
    match action {
        "GetParameters" => {
            let names: Vec<String> = list(&body["Names"]);
            let found = names.iter().filter_map(|name| found(kept, name));
            let invalid = names.iter().filter(|name| found_none(kept, name));
            json!({
                "Parameters": found.collect::<Vec<_>>(),
                "InvalidParameters": invalid.collect::<Vec<_>>(),
            })
        }
        "GetParameter" => json!({ "Parameter": found(kept, &asked(&body["Name"])) }),
        "GetParametersByPath" => {
            let below = format!("{}/", asked(&body["Path"]));
            let names = kept.keys().filter(|name| name.starts_with(&below));
            json!({ "Parameters": names.filter_map(|name| found(kept, name)).collect::<Vec<_>>() })
        }
        "DescribeParameters" => described(kept, body, &list),
        "GetParameterHistory" => history(kept, body),
        other => panic!("nobody needs {other}"),
    }
}

fn found(kept: &Kept, asked: &str) -> Option<Value> {
    let asked = asked.strip_prefix(ARN).unwrap_or(asked);
    let (name, selector) = asked.split_once(':').unwrap_or((asked, ""));
    let mut versions = kept.get(name)?.iter().rev();
    let (version, _) = match selector.parse::<i64>() {
        Ok(wanted) => versions.find(|(version, _)| *version == wanted)?,
        Err(_) if selector.is_empty() => versions.next()?,
        Err(_) => versions.find(|(_, labels)| labels.contains(&selector))?,
    };
    let selector = (!selector.is_empty()).then(|| format!(":{selector}"));
    Some(json!({
        "Name": name, "ARN": format!("{ARN}{name}"), "Type": kind(name), "Version": version, "Selector": selector,
        "Value": "AQICAHhLbXM=", "LastModifiedDate": 1000.5 + f64::from(i32::try_from(*version).unwrap()),
    }))
}

fn kind(name: &str) -> &'static str {
    if name.ends_with("plain") {
        "String"
    } else {
        "SecureString"
    }
}

fn found_none(kept: &Kept, asked: &str) -> bool {
    found(kept, asked).is_none()
}

/// Pages of two, and an empty one between them.
fn described(kept: &Kept, body: &Value, list: &dyn Fn(&Value) -> Vec<String>) -> Value {
    let filter = &body["ParameterFilters"][0];
    assert_eq!(
        (&filter["Key"], &filter["Option"]),
        (&json!("Name"), &json!("Equals"))
    );
    let names = list(&filter["Values"]);
    assert!(
        (1..=50).contains(&names.len()),
        "{} names in a call",
        names.len()
    );
    let there: Vec<_> = names
        .iter()
        .filter(|name| kept.contains_key(name.as_str()))
        .collect();
    let at: usize = body["NextToken"]
        .as_str()
        .map_or(0, |token| token.parse().unwrap());
    let page = there.iter().skip(at / 2 * 2).take(if at % 2 == 1 { 0 } else { 2 }).map(|name| {
        let newest = kept[name.as_str()].last().unwrap().0;
        json!({
            "Name": name, "ARN": format!("{ARN}{name}"), "KeyId": format!("alias/v{newest}"), "Tier": "Standard",
            "Version": newest, "LastModifiedDate": 1000.5,
        })
    });
    let next = if at % 2 == 1 { at + 1 } else { at + 3 };
    let next = (next / 2 * 2 < there.len()).then(|| next.to_string());
    json!({ "Parameters": page.collect::<Vec<_>>(), "NextToken": next })
}

fn history(kept: &Kept, body: &Value) -> Value {
    assert_eq!(
        body["WithDecryption"],
        json!(false),
        "a call with decryption"
    );
    let name = body["Name"].as_str().unwrap();
    let versions = &kept[name.strip_prefix(ARN).unwrap_or(name)];
    let at: usize = body["NextToken"]
        .as_str()
        .map_or(0, |token| token.parse().unwrap());
    let page = versions.iter().skip(at).take(50).map(|(version, labels)| {
        json!({ "Version": version, "Labels": labels, "KeyId": format!("alias/v{version}"), "LastModifiedDate": 7.0, "Value": "AQICAHhLbXM=" })
    });
    let next = (at + 50 < versions.len()).then(|| (at + 50).to_string());
    json!({ "Parameters": page.collect::<Vec<_>>(), "NextToken": next })
}

async fn told(service: &Arc<FakeService>, config: Value, wish: Wish<'_>) -> Vec<Survey> {
    let told = survey(Box::new(Ssm::default()), &config, wish, service).await;
    told.unwrap()
}

fn ids(versions: &[Version]) -> Vec<&str> {
    versions
        .iter()
        .map(|version| version.id.as_deref().unwrap())
        .collect()
}

fn id(version: &Told<Version>) -> &str {
    version.known().unwrap().id.as_deref().unwrap()
}

#[tokio::test]
async fn a_floating_parameter_takes_no_history() {
    let service = store(kept(&[("/app/db", 7)]), &[]);
    let all = told(&service, json!({ "DB": "/app/db" }), Wish::default()).await;
    let [db] = all.as_slice() else {
        panic!("{all:?}")
    };
    let version = Version {
        id: Some("7".into()),
        labels: Vec::new(),
        written: Some(1007),
        key: Some("alias/v7".into()),
    };
    assert_eq!(
        (db.name.value(), db.from.as_str(), db.source, &db.pin),
        ("DB", "/app/db", "path", &Pin::Floating)
    );
    assert_eq!(db.arn.as_deref(), Some(format!("{ARN}/app/db").as_str()));
    assert_eq!(db.region.as_deref(), Some("eu-west-1"));
    assert_eq!(db.meant, Ok(Told::Known(version.clone())));
    assert_eq!(db.latest, Told::Known(version));
    assert_eq!(db.keys, Told::Known(vec!["alias/v7".to_owned()]));
    assert_eq!(db.tier, Told::Known(Some("Standard".to_owned())));
    assert_eq!((&db.oldest, &db.history), (&Told::Unasked, &Told::Unasked));
    assert_eq!(
        service.called(),
        ["eu-west-1 DescribeParameters", "eu-west-1 GetParameters"]
    );
}

#[tokio::test]
async fn a_pin_on_an_old_version_tells_its_own_key_and_the_oldest_that_is_kept() {
    let service = store(kept(&[("/app/db", 130)]), &[]);
    let config = json!({ "DB": "/app/db:42" });
    let all = told(&service, config, Wish::default()).await;
    let [db] = all.as_slice() else {
        panic!("{all:?}")
    };
    let meant = db.meant.as_ref().unwrap();
    assert_eq!((id(meant), id(&db.latest)), ("42", "130"));
    assert_eq!(meant.known().unwrap().key.as_deref(), Some("alias/v42"));
    assert_eq!(db.keys, Told::Known(vec!["alias/v42".to_owned()]));
    let oldest = db.oldest.known().unwrap().as_ref().unwrap();
    assert_eq!(oldest.id.as_deref(), Some("31"));
    assert_eq!(db.history, Told::Unasked, "nobody wished for it");
    assert_eq!(service.bodies("GetParameterHistory").len(), 2, "two pages");
}

#[tokio::test]
async fn a_pin_on_the_latest_version_takes_no_history() {
    let service = store(kept(&[("/app/db", 7)]), &[]);
    let all = told(&service, json!({ "DB": "/app/db:7" }), Wish::default()).await;
    assert_eq!(id(&all[0].latest), "7");
    assert!(service.bodies("GetParameterHistory").is_empty());
}

#[tokio::test]
async fn a_label_is_told_by_the_version_that_it_hangs_on() {
    let live: &[&str] = &["live"];
    let all = [(
        "/app/db",
        vec![(1, [].as_slice()), (2, live), (3, [].as_slice())],
    )];
    let service = store(all.into(), &[]);
    let config = json!({ "DB": format!("{ARN}/app/db:live") });
    let all = told(&service, config, Wish::default()).await;
    assert_eq!(all[0].pin, Pin::Label("live".into()));
    let meant = all[0].meant.as_ref().unwrap();
    assert_eq!((id(meant), id(&all[0].latest)), ("2", "3"));
    assert_eq!(meant.known().unwrap().labels, ["live"]);
    // Of another account's parameter an ARN alone tells.
    assert_eq!(
        service.bodies("GetParameterHistory")[0]["Name"],
        json!(format!("{ARN}/app/db"))
    );
}

#[tokio::test]
async fn the_history_of_those_that_are_wished_for_is_newest_first() {
    let service = store(kept(&[("/a", 3), ("/b", 3)]), &[]);
    let names = ["B".to_owned()];
    let wish = Wish {
        history: Whose::Of(&names),
        ..Wish::default()
    };
    let config = json!({ "A": "/a", "B": "/b" });
    let all = told(&service, config.clone(), wish).await;
    assert_eq!(all[0].history, Told::Unasked);
    assert_eq!(ids(all[1].history.known().unwrap()), ["3", "2", "1"]);
    let wish = Wish {
        history: Whose::Everyones,
        ..Wish::default()
    };
    let all = told(&service, config, wish).await;
    assert!(all.iter().all(|of| of.history.known().is_some()));
}

#[tokio::test]
async fn each_secret_of_a_prefix_is_told_by_itself_and_what_is_missing_hides_no_other() {
    let kept = kept(&[("/app/a", 1), ("/app/b", 2), ("/app/c", 3)]);
    let service = store(kept, &[]);
    let all = told(&service, json!(["/z:1", "/app/*"]), Wish::default()).await;
    let names: Vec<_> = all.iter().map(|of| (of.index, of.name.value())).collect();
    assert_eq!(names, [(0, "/z:1"), (1, "a"), (1, "b"), (1, "c")]);
    let missing = all[0].meant.as_ref().unwrap_err();
    assert!(
        missing.to_string().contains("there is no parameter"),
        "{missing}"
    );
    assert_eq!(id(&all[3].latest), "3");
    let described = service.bodies("DescribeParameters");
    assert_eq!(
        described[0]["ParameterFilters"][0]["Values"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn why_a_bake_would_take_none_is_told_as_a_bake_tells_it() {
    let service = store(kept(&[("/plain", 1), ("/old", 2)]), &[]);
    let config = json!([
        { "name": "A", "path": "/gone" },
        { "name": "B", "path": "/plain" },
        "/empty/*",
        { "name": "D", "path": "/old:9" },
    ]);
    let all = told(&service, config, Wish::default()).await;
    let said: Vec<_> = all
        .iter()
        .map(|of| of.meant.as_ref().unwrap_err().why.to_string())
        .collect();
    assert_eq!(
        said,
        [
            "secret `A`: there is no parameter `/gone` in region eu-west-1, account 123456789012",
            "secret `B`: parameter `/plain` in region eu-west-1, account 123456789012 is a String, which is not encrypted",
            "there is no SecureString parameter below `/empty/*` in region eu-west-1, account 123456789012",
            "secret `D`: parameter `/old` has no version or label `9` in region eu-west-1, account 123456789012",
        ]
    );
    assert_eq!(
        id(&all[3].latest),
        "2",
        "what is there is told all the same"
    );
}

#[tokio::test]
async fn what_is_denied_is_unknown_and_never_absent() {
    let unknown = |action: &'static str| {
        let said = format!("not authorized: {}", action.split(':').next_back().unwrap());
        Unknown {
            action,
            said: said.into(),
        }
    };
    let config = json!({ "A": "/a", "B": "/b:1" });
    let kept = || kept(&[("/a", 2), ("/b", 2)]);

    let all = told(
        &store(kept(), &["DescribeParameters"]),
        config.clone(),
        Wish::default(),
    )
    .await;
    let describe = unknown("ssm:DescribeParameters");
    assert_eq!((id(&all[0].latest), id(&all[1].latest)), ("2", "2"));
    assert_eq!(all[0].keys, Told::Unknown(describe.clone()));
    assert_eq!(
        all[1].keys,
        Told::Known(vec!["alias/v1".into()]),
        "its history tells"
    );
    assert_eq!(all[0].tier, Told::Unknown(describe));

    let all = told(
        &store(kept(), &["GetParameterHistory"]),
        config.clone(),
        Wish::default(),
    )
    .await;
    let history = unknown("ssm:GetParameterHistory");
    assert_eq!(all[1].keys, Told::Unknown(history.clone()));
    assert_eq!(all[1].oldest, Told::Unknown(history));

    let all = told(
        &store(kept(), &["GetParameters", "GetParameter"]),
        config,
        Wish::default(),
    )
    .await;
    let get = unknown("ssm:GetParameter");
    assert_eq!(all[0].meant, Ok(Told::Unknown(get.clone())));
    assert_eq!(id(&all[0].latest), "2", "its description tells");
    assert_eq!(all[0].tier, Told::Known(Some("Standard".into())));
    assert_eq!(all[1].meant, Ok(Told::Unknown(get)));
}

#[tokio::test]
async fn fifty_are_described_a_call_each_region_by_itself() {
    let names: Vec<String> = (0..120).map(|n| format!("/p{n:03}")).collect();
    let all: Vec<(&'static str, i64)> = names
        .iter()
        .map(|name| (&*name.clone().leak(), 1))
        .collect();
    let service = store(kept(&all), &[]);
    let mut config = names.clone();
    config.push("arn:aws:ssm:us-east-1:123456789012:parameter/p000".into());
    let _ = told(&service, json!(config), Wish::default()).await;
    let called = service.called();
    let of = |call: &str| called.iter().filter(|of| *of == call).count();
    // Pages of two, with an empty one between them: the first page of each batch counts.
    let bodies = service.bodies("DescribeParameters");
    let first: Vec<_> = bodies
        .iter()
        .filter(|body| body.get("NextToken").is_none())
        .collect();
    assert_eq!(first.len(), 4);
    assert!(of("us-east-1 DescribeParameters") >= 1);
    assert_eq!(
        (of("eu-west-1 GetParameters"), of("us-east-1 GetParameters")),
        (12, 1)
    );
}

#[tokio::test]
async fn a_path_that_a_store_gave_in_part_is_told_as_it_was_written() {
    let written = json!({ "A": "/${ssm:/prefix}/db:1", "B": "/${ssm:/prefix}/gone" });
    let config = json!({ "A": "/hunter2/db:1", "B": "/hunter2/gone" });
    let service = Arc::new(FakeService::new(|action, body| {
        if action == "DescribeParameters" {
            return refuses("AccessDeniedException", "denied on parameter/hunter2/db");
        }
        (200, answer(&kept(&[("/hunter2/db", 2)]), action, body))
    }));
    let told = survey_written(
        Box::new(Ssm::default()),
        (&config, &written),
        Wish::default(),
        &service,
    );
    let told = told.await.unwrap();
    assert_eq!(told[0].from.as_str(), "/${ssm:/prefix}/db:1");
    assert_eq!(told[0].pin, Pin::Version("…".into()));
    let gone = told[1].meant.as_ref().unwrap_err();
    let shown = format!("{gone} {:?} {:?}", told[0].tier, told[1].from);
    assert!(shown.contains("its words name the parameter"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
