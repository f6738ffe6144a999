//! What of a lock each source takes for what it could have sealed itself.

use serde_json::json;

use super::*;
use crate::config::place::Place;
use crate::source::together::take;
use crate::source::{Deployment, Fit, all};

const PARAMETER: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter";
const SECRET: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret";
const BLOB: &str = "AQICAHhLbXM=";

/// What becomes of a locked entry whose config is `config`, the first one; in the region of all ARNs here.
fn fit(config: &Value, name: &str, entry: &Value) -> Result<Fit, String> {
    let mut sources = all(&Deployment::default());
    let root = Place::from("secrets");
    take(&mut sources, config, Some(config), &root).unwrap();
    let entry = entry.as_object().unwrap();
    let region = "eu-central-1";
    let locked = Locked {
        name,
        entry,
        region,
    };
    let mut sources = sources.iter();
    let answer = sources.find_map(|source| source.locked(0, &locked));
    answer.unwrap().map_err(|why| why.to_string())
}

/// That it is taken, and stands in the bundle as it is.
#[track_caller]
fn fits(config: &Value, name: &str, entry: &Value) -> Fit {
    let fit = fit(config, name, entry).unwrap();
    assert_eq!(Value::Object(fit.sealed.entry.clone()), *entry);
    assert_eq!(fit.sealed.name.value(), name);
    fit
}

#[track_caller]
fn is_refused(config: &Value, name: &str, entry: &Value, why: &str) {
    let said = fit(config, name, entry).unwrap_err();
    assert!(said.contains(why), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

fn parameter(path: &str) -> Value {
    json!({"ciphertext": BLOB, "arn": format!("{PARAMETER}{path}"), "version": 3})
}

fn with(entry: &Value, key: &str, value: Value) -> Value {
    let mut entry = entry.clone();
    entry[key] = value;
    entry
}

#[test]
fn a_parameter_by_its_name_is_of_the_region_and_tells_its_account() {
    let told = fits(&json!({"A": "/app/a"}), "A", &parameter("/app/a"));
    assert_eq!(told.account.as_deref(), Some("123456789012"));
    assert_eq!(told.sealed.version.as_deref(), Some("3"));
    assert!(!told.is_pinned);
    fits(&json!(["plain"]), "plain", &parameter("/plain"));
    let elsewhere = parameter("/app/a")
        .to_string()
        .replace("eu-central-1", "eu-west-1");
    let elsewhere = serde_json::from_str(&elsewhere).unwrap();
    is_refused(
        &json!({"A": "/app/a"}),
        "A",
        &elsewhere,
        "of region eu-west-1",
    );
}

#[test]
fn a_parameter_by_its_arn_has_just_that_one() {
    let arn = "arn:aws:ssm:us-east-1:210987654321:parameter/app/a";
    let entry = with(&parameter(""), "arn", arn.into());
    let told = fits(&json!({"A": format!("{arn}:3")}), "A", &entry);
    assert!(told.is_pinned && told.account.is_none());
    is_refused(&json!({"A": arn}), "A", &parameter("/app/a"), "its arn is");
}

#[test]
fn a_parameter_of_another_path_name_or_version_is_refused() {
    let config = json!({"A": "/app/a:3"});
    assert!(fits(&config, "A", &parameter("/app/a")).is_pinned);
    is_refused(&config, "A", &parameter("/app/b"), "its arn is");
    is_refused(&config, "A", &parameter("/other/app/a"), "its arn is");
    is_refused(&config, "B", &parameter("/app/a"), "names that secret `A`");
    let newer = with(&parameter("/app/a"), "version", 4.into());
    is_refused(&config, "A", &newer, "its version is `4`");
    assert!(!fits(&json!({"A": "/app/a:live"}), "A", &newer).is_pinned);
}

#[test]
fn what_is_no_sealed_parameter_is_refused() {
    let config = json!({"A": "/app/a"});
    let entry = parameter("/app/a");
    for (key, value, why) in [
        ("ciphertext", json!("hunter2"), "may be a plaintext"),
        ("ciphertext", json!("aHVudGVyMg=="), "may be a plaintext"),
        (
            "ciphertext",
            json!(format!("AQIC{}", "A".repeat(90_000))),
            "may be a plaintext",
        ),
        ("ciphertext", json!(7), "has no text `ciphertext`"),
        ("arn", json!("/app/a"), "its `arn` is none of a parameter"),
        (
            "arn",
            json!(format!("{PARAMETER}/app/a:3")),
            "its `arn` is none",
        ),
        ("version", json!(0), "no `version` from 1 on"),
        ("version", json!("3"), "no `version` from 1 on"),
        ("plain", json!("hunter2"), "a field `plain`"),
        ("source", json!("kms"), "a field `source`"),
    ] {
        is_refused(&config, "A", &with(&entry, key, value), why);
    }
}

#[test]
fn a_prefix_has_what_is_below_it_by_the_rest_of_its_path() {
    let config = json!(["/app/prod/*"]);
    fits(&config, "db/a", &parameter("/app/prod/db/a"));
    is_refused(
        &config,
        "a",
        &parameter("/app/prod/db/a"),
        "names that secret `db/a`",
    );
    is_refused(&config, "a", &parameter("/app/production/a"), "its arn is");
    is_refused(&config, "a", &parameter("/app/test/a"), "its arn is");
    is_refused(&config, "", &parameter("/app/prod"), "its arn is");
    fits(&json!(["/*"]), "app/a", &parameter("/app/a"));
}

#[test]
fn a_secret_of_secrets_manager_is_that_of_its_name_version_and_field() {
    let entry = json!({
        "source": "secretsManager",
        "arn": format!("{SECRET}:shop/user-AbCdEf"),
        "versionId": "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
    });
    let config = json!({"S": {"secretsManager": "shop/user"}});
    let told = fits(&config, "S", &entry);
    assert_eq!(told.account.as_deref(), Some("123456789012"));
    for arn in [":shop/user", ":shop/user-AbCdEf"] {
        let config = json!({"S": {"secretsManager": format!("{SECRET}{arn}")}});
        assert!(fits(&config, "S", &entry).account.is_none());
    }
    let other = json!({"S": {"secretsManager": "shop/use"}});
    is_refused(&other, "S", &entry, "its arn is");
    let pinned = json!({"S": {"secretsManager": "shop/user", "versionId": "other"}});
    is_refused(&pinned, "S", &entry, "its versionId is");
    let field = json!({"S": {"secretsManager": "shop/user", "field": "name"}});
    is_refused(&field, "S", &entry, "its `field` is another");
    fits(&field, "S", &with(&entry, "field", "name".into()));
    is_refused(
        &config,
        "S",
        &with(&entry, "field", 7.into()),
        "its `field` is another",
    );
    is_refused(
        &config,
        "S",
        &with(&entry, "versionId", "a b".into()),
        "is none of a secret",
    );
    is_refused(
        &config,
        "S",
        &with(&entry, "value", "hunter2".into()),
        "a field `value`",
    );
    is_refused(&config, "S", &parameter("/a"), "a field `ciphertext`");
}

#[test]
fn a_credential_is_that_of_its_name_version_region_and_context() {
    let entry = json!({
        "source": "credstash",
        "key": BLOB,
        "contents": "tYTcqHhHnw==",
        "hmac": "dcf65152ad0876b7c4edb576f16e8b26000d81329623616fbba1105dfd7220cd",
        "digest": "SHA256",
        "region": "eu-central-1",
        "name": "other",
        "version": "0000000000000000002",
    });
    let config = json!({"C": {"credstash": "other"}});
    assert_eq!(
        fits(&config, "C", &entry).sealed.version.as_deref(),
        Some("2")
    );
    let pinned = json!({"C": {"credstash": "other", "version": 2}});
    assert!(fits(&pinned, "C", &entry).is_pinned);
    let older = json!({"C": {"credstash": "other", "version": 1}});
    is_refused(&older, "C", &entry, "another credential or version");
    let another = json!({"C": {"credstash": "another"}});
    is_refused(&another, "C", &entry, "another credential or version");
    let elsewhere = json!({"C": {"credstash": "other", "region": "eu-west-1"}});
    is_refused(&elsewhere, "C", &entry, "of region eu-central-1");
    let bound = json!({"C": {"credstash": "other", "context": {"a": "b"}}});
    is_refused(&bound, "C", &entry, "its `context` is another");
    for (key, value, why) in [
        ("key", "hunter2", "its `key`"),
        ("contents", "hunter2!", "its `contents`"),
        ("hmac", "hunter2", "its `hmac`"),
        ("digest", "MD4", "its `digest`"),
        ("source", "kms", "its source is"),
    ] {
        is_refused(&config, "C", &with(&entry, key, value.into()), why);
    }
}
