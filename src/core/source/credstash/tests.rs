use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::failure::caller::tests::of_the_plugin;
use crate::source::Sealed;
use crate::source::fake_service::{FakeService, bake, bake_written, refuses, survey, told};
use crate::source::survey::{Pin, Told, Unknown, Version, Whose};

const KEY: &str = "AQICAHhLbXM=";
const PLACE: &str = "region eu-west-1, account 123456789012";
const SECRET: &str = "custom.secretBaker.A: secret `A`";

fn hmac() -> String {
    "0a".repeat(32)
}

fn padded(version: u64) -> String {
    format!("{version:0>19}")
}

fn item(name: &str, version: u64) -> Value {
    json!({
        "name": { "S": name },
        "version": { "S": padded(version) },
        "key": { "S": KEY },
        "contents": { "S": "Y2lwaGVydGV4dA==" },
        "hmac": { "S": hmac() },
    })
}

/// A table with these credentials and versions.
fn table(kept: &'static [(&'static str, u64)]) -> Arc<FakeService> {
    Arc::new(FakeService::new(move |action, body| {
        let asked = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        assert_eq!(body["ConsistentRead"], json!(true));
        if action == "Query" {
            assert_eq!(
                (&body["Limit"], &body["ScanIndexForward"]),
                (&json!(1), &json!(false))
            );
            let of_it = kept
                .iter()
                .filter(|(name, _)| Some(*name) == asked("/ExpressionAttributeValues/:n/S"));
            let latest = of_it.max_by_key(|(_, version)| *version);
            let items: Vec<_> = latest
                .iter()
                .map(|(name, version)| item(name, *version))
                .collect();
            return (200, json!({ "Items": items, "Count": items.len() }));
        }
        let is_it = |(name, version): &&(&str, u64)| {
            asked("/Key/name/S") == Some(name) && asked("/Key/version/S") == Some(&padded(*version))
        };
        let found = kept
            .iter()
            .find(is_it)
            .map(|(name, version)| json!({ "Item": item(name, *version) }));
        (200, found.unwrap_or(json!({})))
    }))
}

/// A table whose every item is this one.
fn with_item(item: Value) -> Arc<FakeService> {
    Arc::new(FakeService::new(move |_, _| {
        (200, json!({ "Items": [item] }))
    }))
}

fn source() -> Box<dyn Source> {
    Box::new(Credstash::default())
}

async fn seals(config: Value, service: &Arc<FakeService>) -> Vec<Sealed> {
    bake(source(), &config, service).await.unwrap().0
}

#[tokio::test]
async fn an_entry_has_its_fields_in_the_order_of_the_bundle() {
    let service = table(&[("db.password", 1), ("db.password", 12)]);
    let config = json!([{ "name": "DB", "credstash": "db.password", "context": { "app": "x" } }]);
    let sealed = seals(config, &service).await;
    let wanted = format!(
        r#"{{"source":"credstash","key":"{KEY}","contents":"Y2lwaGVydGV4dA==","hmac":"{}","digest":"SHA256","context":{{"app":"x"}},"region":"eu-west-1","name":"db.password","version":"0000000000000000012"}}"#,
        hmac()
    );
    assert_eq!(Value::from(sealed[0].entry.clone()).to_string(), wanted);
    assert_eq!(sealed[0].from.as_str(), "credstash::db.password");
    assert_eq!(sealed[0].version.as_deref(), Some("12"));
}

#[tokio::test]
async fn only_what_is_baked_is_asked_for() {
    let service = table(&[("a", 1)]);
    seals(
        json!({ "A": "credstash::a::1", "B": "credstash::a" }),
        &service,
    )
    .await;
    let names = json!({ "#n": "name", "#v": "version", "#k": "key", "#c": "contents", "#h": "hmac", "#d": "digest" });
    let common = |mut own: Value| {
        own["TableName"] = "credential-store".into();
        own["ConsistentRead"] = true.into();
        own["ProjectionExpression"] = "#n, #v, #k, #c, #h, #d".into();
        own["ExpressionAttributeNames"] = names.clone();
        own
    };
    let key = json!({ "name": { "S": "a" }, "version": { "S": padded(1) } });
    assert_eq!(service.bodies("GetItem"), [common(json!({ "Key": key }))]);
    let query = json!({
        "KeyConditionExpression": "#n = :n",
        "ExpressionAttributeValues": { ":n": { "S": "a" } },
        "ScanIndexForward": false,
        "Limit": 1,
    });
    assert_eq!(service.bodies("Query"), [common(query)]);
}

#[tokio::test]
async fn each_spelling_means_what_it_says() {
    let service = table(&[("a", 3), ("a", 4), ("b", 7)]);
    let config = json!([
        "credstash::b",
        { "name": "LATEST", "credstash": "a" },
        { "name": "PINNED", "credstash": "a", "version": 3 },
        { "name": "TEXT", "credstash": "a", "version": "3" },
        { "name": "PADDED", "credstash": "a", "version": padded(3) },
        { "name": "OLD", "credstash": "credstash::a::3" },
    ]);
    let sealed = seals(config, &service).await;
    let lines: Vec<_> = sealed
        .iter()
        .map(|one| format!("{} {}", one.name.value(), one.version.as_deref().unwrap()))
        .collect();
    assert_eq!(
        lines,
        ["b 7", "LATEST 4", "PINNED 3", "TEXT 3", "PADDED 3", "OLD 3"]
    );
    assert_eq!(
        service.called(),
        ["eu-west-1 GetItem", "eu-west-1 Query", "eu-west-1 Query"],
        "what several ask for is asked once"
    );
}

#[tokio::test]
async fn a_table_and_a_region_are_an_entrys_own_or_the_default() {
    let service = table(&[("a", 1)]);
    let config = json!([
        { "name": "A", "credstash": "a", "table": "mine", "region": "us-east-1" },
        { "name": "B", "credstash": "a" },
    ]);
    let of_environment = Credstash {
        default_table: Some("team".into()),
        references: Vec::new(),
    };
    let (sealed, _) = bake(Box::new(of_environment), &config, &service)
        .await
        .unwrap();
    assert_eq!(sealed[0].entry["region"], json!("us-east-1"));
    assert_eq!(service.called(), ["eu-west-1 Query", "us-east-1 Query"]);
    let mut tables: Vec<_> = service
        .bodies("Query")
        .iter()
        .map(|body| body["TableName"].clone())
        .collect();
    tables.sort_by_key(ToString::to_string);
    assert_eq!(tables, [json!("mine"), json!("team")]);
}

#[tokio::test]
async fn sixteen_are_asked_side_by_side() {
    // Each answer waits until the others were asked for.
    let service = FakeService::together(16, |_, body| {
        let name = body.pointer("/ExpressionAttributeValues/:n/S").unwrap();
        (200, json!({ "Items": [item(name.as_str().unwrap(), 1)] }))
    });
    let config = (0..16)
        .map(|n| format!("credstash::c{n}"))
        .collect::<Vec<_>>();
    let service = Arc::new(service);
    let sealed = tokio::time::timeout(
        std::time::Duration::from_secs(30),
        seals(json!(config), &service),
    );
    assert_eq!(sealed.await.expect("one waits for another").len(), 16);
}

#[tokio::test]
async fn an_hmac_of_either_type_and_every_digest_is_taken() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    for (digest, length) in [
        ("SHA", 40),
        ("SHA1", 40),
        ("SHA224", 56),
        ("SHA256", 64),
        ("SHA384", 96),
        ("SHA512", 128),
        ("MD5", 32),
    ] {
        let hmac = "AB".repeat(length / 2);
        let mut item = item("a", 1);
        item["digest"] = json!({ "S": digest });
        for of_type in [json!({ "S": hmac }), json!({ "B": STANDARD.encode(&hmac) })] {
            item["hmac"] = of_type;
            let sealed = seals(json!(["credstash::a"]), &with_item(item.clone())).await;
            assert_eq!(sealed[0].entry["hmac"], json!("ab".repeat(length / 2)));
            assert_eq!(sealed[0].entry["digest"], json!(digest));
        }
    }
}

#[tokio::test]
async fn what_no_opener_would_take_is_refused() {
    for (attribute, value, why) in [
        (
            "name",
            json!({ "S": "b" }),
            "it is that of another credential or version",
        ),
        ("version", Value::Null, "it has no text `version`"),
        ("key", json!({ "N": "1" }), "it has no text `key`"),
        ("key", json!({ "S": "!" }), "its `key` is no base64"),
        (
            "key",
            json!({ "S": "cGxhaW50ZXh0" }),
            "its `key` begins like no ciphertext of KMS",
        ),
        (
            "key",
            json!({ "S": "AYADeHg=" }),
            "its `key` is a message of the AWS Encryption SDK, which KMS itself does not open",
        ),
        (
            "key",
            json!({ "S": "AQIC".repeat(2049) }),
            "its `key` has 6147 bytes, and KMS takes at most 6144",
        ),
        ("contents", json!({ "S": "" }), "it has no text `contents`"),
        (
            "contents",
            json!({ "S": "YQ" }),
            "its `contents` is no base64",
        ),
        (
            "contents",
            json!({ "S": "AAAA".repeat(21846) }),
            "its `contents` has more than 65536 bytes",
        ),
        (
            "hmac",
            json!({ "S": "ab" }),
            "its `hmac` is not 64 hexadecimal digits",
        ),
        (
            "hmac",
            json!({ "S": "zz".repeat(32) }),
            "its `hmac` is not 64 hexadecimal digits",
        ),
        (
            "digest",
            json!({ "S": "SHA3\n" }),
            "its `digest` is `SHA3\\n`, which credstash does not have",
        ),
        ("digest", json!({ "N": "1" }), "it has no text `digest`"),
    ] {
        let mut item = item("a", 1);
        item[attribute] = value;
        let (problems, code) =
            told(bake(source(), &json!({ "A": "credstash::a" }), &with_item(item)).await);
        let wanted = format!(
            "{SECRET}: the item of credential `a` in table `credential-store` in {PLACE} is none of credstash: {why}"
        );
        assert_eq!(
            (problems, code),
            (vec![wanted], "SECRET_BAKER_UNKNOWN_CIPHERTEXT")
        );
    }
}

/// The failure of one credential for each way to be refused.
async fn refused() -> Failure {
    let service = Arc::new(FakeService::new(|action, body| {
        let name = body
            .pointer("/ExpressionAttributeValues/:n/S")
            .or(body.pointer("/Key/name/S"));
        match name.unwrap().as_str().unwrap() {
            "denied" => refuses("x#AccessDeniedException", "User: x is not authorized"),
            "odd" => refuses("ValidationException", "The key does not match the schema"),
            "table" => refuses(
                "x#ResourceNotFoundException",
                "Requested resource not found",
            ),
            "there" if action == "Query" => (200, json!({ "Items": [item("there", 2)] })),
            _ => (200, json!({ "Items": [] })),
        }
    }));
    let config = json!({
        "GONE": "credstash::gone",
        "GONE_PINNED": "credstash::gone::7",
        "VERSION": "credstash::there::7",
        "TABLE": "credstash::table",
        "DENIED": "credstash::denied",
        "PINNED": "credstash::denied::1",
        "ODD": "credstash::odd",
    });
    bake(source(), &config, &service).await.unwrap_err()
}

#[tokio::test]
async fn absent_and_denied_are_told_apart_and_all_at_once() {
    let failure = refused().await;
    let told = failure.problems.iter().map(|problem| {
        let code = problem.why.code().as_str();
        format!("{} {problem}", code.trim_start_matches("SECRET_BAKER_"))
    });
    let table = "table `credential-store`";
    let of = |code: &str, name: &str, rest: &str| {
        format!("{code} custom.secretBaker.{name}: secret `{name}`: {rest}")
    };
    let denied = format!(
        "reading credential `denied` in {table} in {PLACE} is denied: User: x is not authorized"
    );
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            of(
                "SECRET_NOT_FOUND",
                "GONE",
                &format!("there is no credential `gone` in {table} in {PLACE}")
            ),
            of(
                "SECRET_NOT_FOUND",
                "GONE_PINNED",
                &format!("there is no credential `gone` in {table} in {PLACE}")
            ),
            of(
                "VERSION_NOT_FOUND",
                "VERSION",
                &format!("credential `there` in {table} has no version `7` in {PLACE}")
            ),
            of(
                "SECRET_NOT_FOUND",
                "TABLE",
                &format!("there is no DynamoDB {table} in {PLACE}")
            ),
            of("ACCESS_DENIED", "DENIED", &denied),
            of("ACCESS_DENIED", "PINNED", &denied),
            format!(
                "SERVICE_ERROR custom.secretBaker.ODD: DynamoDB in {PLACE} refused reading credential `odd` in {table} (secret `ODD`): ValidationException: The key does not match the schema"
            ),
        ]
    );
}

#[tokio::test]
async fn each_refusal_has_its_next_step() {
    let failure = refused().await;
    let hints = failure
        .problems
        .iter()
        .map(|problem| problem.why.hint(&of_the_plugin()).unwrap_or_default());
    let credstash = "credstash -r eu-west-1 -t credential-store";
    let allow = |action: &str| {
        format!(
            "allow `{action}` on this table to the role that deploys; kms:Decrypt is not needed"
        )
    };
    let store = format!(
        "check the name, the table, the region and the account, or store it: {credstash} put gone @secret.txt"
    );
    assert_eq!(
        hints.collect::<Vec<_>>(),
        [
            store.clone(),
            store,
            format!("list what there is: {credstash} list"),
            format!(
                "check `table`, CREDSTASH_DEFAULT_TABLE, the region and the account, or create it: {credstash} setup"
            ),
            allow("dynamodb:Query"),
            allow("dynamodb:GetItem"),
            String::new(),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn an_outage_ends_it_and_names_the_service() {
    let throttles = Arc::new(FakeService::new(|_, _| {
        refuses("ProvisionedThroughputExceededException", "slow down")
    }));
    let config = json!([{ "name": "A", "credstash": "a", "region": "us-east-1" }]);
    let (problems, code) = told(bake(source(), &config, &throttles).await);
    let wanted = "DynamoDB in region us-east-1 went on throttling for 60 seconds: slow down";
    assert_eq!(
        (problems, code),
        (vec![wanted.to_owned()], "SECRET_BAKER_THROTTLED")
    );
    let expired = Arc::new(FakeService::new(|_, _| {
        refuses("ExpiredTokenException", "TOKEN")
    }));
    let (problems, code) = told(bake(source(), &config, &expired).await);
    let wanted = "AWS does not accept the credentials: ExpiredTokenException: they have expired";
    assert_eq!(
        (problems, code),
        (vec![wanted.to_owned()], "SECRET_BAKER_CREDENTIALS")
    );
}

#[tokio::test]
async fn all_mistakes_of_an_entry_are_told_and_nothing_is_called() {
    let service = table(&[]);
    let config = json!([
        { "credstash": "a", "version": 1.5, "table": "x", "region": "hunter2", "context": [] },
        { "name": "B", "credstash": "credstash::a::1", "version": 2 },
        { "name": "C", "credstash": "credstash::" },
        { "name": "D", "credstash": "credstash::a::" },
        { "name": "E", "credstash": "a".repeat(2049) },
    ]);
    let (problems, code) = told(bake(source(), &config, &service).await);
    let at = |place: &str, why: &str| format!("custom.secretBaker{place}: {why}");
    assert_eq!(
        problems,
        [
            at("[0]", "has no `name`"),
            at(
                "[0].version",
                "must be a version: a whole number from 0 on, in quotes if it has more than 15 digits, or a text of at most 1,024 bytes"
            ),
            at(
                "[0].context",
                "must be an object of texts, such as `{ service: billing }`"
            ),
            at(
                "[0].table",
                "must be the name of a DynamoDB table: 3 to 255 letters, digits and `_.-`"
            ),
            at("[0].region", "must be a region, such as `eu-central-1`"),
            at("[1]", "has a version in `credstash` and a `version`"),
            at(
                "[2].credstash",
                "must read `credstash::NAME` or `credstash::NAME::VERSION`"
            ),
            at(
                "[3].credstash",
                "must read `credstash::NAME` or `credstash::NAME::VERSION`"
            ),
            at(
                "[4].credstash",
                "the name of a credential has at most 2,048 bytes"
            ),
        ]
    );
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
    let odd = Credstash {
        default_table: Some("no table!".into()),
        references: Vec::new(),
    };
    let (problems, _) = told(bake(Box::new(odd), &json!(["credstash::a"]), &service).await);
    assert_eq!(
        problems,
        [at(
            "[0]",
            "CREDSTASH_DEFAULT_TABLE is not the name of a DynamoDB table: 3 to 255 letters, digits and `_.-`"
        )]
    );
    assert!(service.called().is_empty());
}

#[tokio::test]
async fn what_a_store_of_secrets_gave_is_refused_and_what_a_variable_gave_is_shown_as_it_was_written()
 {
    let service = Arc::new(FakeService::new(|_, _| {
        refuses("AccessDeniedException", "no right to hunter2")
    }));
    let config = json!([{ "name": "A", "credstash": "hunter2" }]);
    for (written, code) in [
        ("${ssm:/db}", "SECRET_BAKER_CONFIG_INVALID"),
        ("${env:NAME}", "SECRET_BAKER_ACCESS_DENIED"),
    ] {
        let written_config = json!([{ "name": "A", "credstash": written }]);
        let outcome = bake_written(source(), (&config, &written_config), &service).await;
        let (problems, found) = told(outcome);
        assert_eq!(found, code);
        assert!(
            problems[0].contains(written) && !problems[0].contains("hunter2"),
            "{problems:?}"
        );
    }
}

#[tokio::test]
async fn what_is_taken_says_what_it_needs() {
    let config = json!([
        { "name": "A", "credstash": "a", "context": { "app": "shop" } },
        "credstash::b::1",
    ]);
    let told = survey(source(), &config, Wish::default(), &versions(&[1], &[]))
        .await
        .unwrap();
    let mut credstash = Credstash::default();
    let mut sources: [&mut dyn Source; 1] = [&mut credstash];
    crate::source::together::take(&mut sources, &config, Some(&config), &"config".into()).unwrap();
    let needs = credstash.permissions(&told.iter().collect::<Vec<_>>());
    let needs: Vec<_> = needs.iter().map(Permission::said).collect();
    let opens = "OpenCredentials kms:Decrypt on Some([\"alias/credstash\"]) Closed";
    let leading = "ForAllValues:StringEquals dynamodb:LeadingKeys";
    assert_eq!(
        needs,
        [
            format!(
                "deploy: ReadCredentials dynamodb:Query on own dynamodb table/credential-store {leading}=a"
            ),
            format!("A: {opens} StringEquals kms:EncryptionContext:app=shop"),
            format!(
                "deploy: ReadCredentials dynamodb:GetItem on own dynamodb table/credential-store {leading}=b"
            ),
            format!("b: {opens} Null kms:EncryptionContextKeys=true"),
        ]
    );
}

#[tokio::test]
async fn a_number_that_was_rounded_on_its_way_is_no_version() {
    for version in [
        json!(9_007_199_254_740_992_u64),
        json!(-1),
        json!(1.5),
        json!(1e20),
    ] {
        let service = Arc::new(FakeService::new(|action, _| panic!("{action}")));
        let config = json!([{ "name": "A", "credstash": "a", "version": version }]);
        let (problems, code) = told(bake(source(), &config, &service).await);
        assert_eq!(
            (problems.len(), code),
            (1, "SECRET_BAKER_CONFIG_INVALID"),
            "{config}"
        );
    }
}

/// A table that answers by pages of one where all versions are asked for, and is denied these actions.
fn versions(kept: &'static [u64], denied: &'static [&'static str]) -> Arc<FakeService> {
    Arc::new(FakeService::new(move |action, body| {
        assert_eq!(
            body["ProjectionExpression"],
            json!("#n, #v"),
            "nothing else"
        );
        let names = json!({ "#n": "name", "#v": "version" });
        assert_eq!(body["ExpressionAttributeNames"], names);
        if denied.contains(&action) {
            return refuses("AccessDeniedException", "not authorized");
        }
        let part =
            |version: &u64| json!({ "name": { "S": "db" }, "version": { "S": padded(*version) } });
        if action == "GetItem" {
            let asked = |of: &&u64| body["Key"]["version"]["S"] == json!(padded(**of));
            let found = kept.iter().find(asked);
            return (
                200,
                found.map_or(json!({}), |found| json!({ "Item": part(found) })),
            );
        }
        assert_eq!(body["ScanIndexForward"], json!(false));
        let from = body["ExclusiveStartKey"]["version"]["S"].as_str();
        let mut left = kept
            .iter()
            .rev()
            .filter(|of| from.is_none_or(|from| padded(**of).as_str() < from));
        let Some(next) = left.next() else {
            return (200, json!({ "Items": [] }));
        };
        (
            200,
            json!({ "Items": [part(next)], "LastEvaluatedKey": part(next) }),
        )
    }))
}

fn version(id: &str) -> Version {
    Version {
        id: Some(id.into()),
        ..Version::default()
    }
}

#[tokio::test]
async fn its_versions_are_told_without_what_they_hold() {
    let service = versions(&[1, 2, 12], &[]);
    let config = json!([
        { "name": "NEW", "credstash": "db" },
        { "name": "OLD", "credstash": "db", "version": 2 },
        { "name": "GONE", "credstash": "db", "version": 7 },
    ]);
    let names = ["OLD".to_owned()];
    let wish = Wish {
        history: Whose::Of(&names),
        ..Wish::default()
    };
    let told = survey(source(), &config, wish, &service).await.unwrap();
    assert_eq!(
        (told[0].source, told[0].from.as_str(), &told[0].pin),
        ("credstash", "credstash::db", &Pin::Floating)
    );
    assert_eq!(told[0].meant, Ok(Told::Known(version("12"))));
    assert_eq!(told[0].history, Told::Unasked);
    assert_eq!(told[1].pin, Pin::Version("2".into()));
    assert_eq!(told[1].meant, Ok(Told::Known(version("2"))));
    assert_eq!(told[1].latest, Told::Known(version("12")));
    let all = ["12", "2", "1"].map(version);
    assert_eq!(told[1].history, Told::Known(all.to_vec()));
    assert_eq!(
        told[2].meant.as_ref().unwrap_err().why.to_string(),
        format!(
            "secret `GONE`: credential `db` in table `credential-store` has no version `7` in {PLACE}"
        )
    );
    assert_eq!(told[2].latest, Told::Known(version("12")));
}

#[tokio::test]
async fn a_version_that_may_not_be_asked_for_is_unknown() {
    let unknown = |action| Unknown {
        action,
        said: "not authorized".into(),
    };
    let config = json!([{ "name": "A", "credstash": "db", "version": 1 }]);
    let service = versions(&[1], &["Query"]);
    let told = survey(
        source(),
        &config,
        Wish {
            history: Whose::Everyones,
            ..Wish::default()
        },
        &service,
    )
    .await
    .unwrap();
    assert_eq!(told[0].meant, Ok(Told::Known(version("1"))));
    assert_eq!(told[0].latest, Told::Unknown(unknown("dynamodb:Query")));
    assert_eq!(told[0].history, Told::Unknown(unknown("dynamodb:Query")));
    let service = versions(&[1], &["GetItem"]);
    let told = survey(source(), &config, Wish::default(), &service)
        .await
        .unwrap();
    assert_eq!(
        told[0].meant,
        Ok(Told::Unknown(unknown("dynamodb:GetItem")))
    );
    assert_eq!(told[0].latest, Told::Known(version("1")));
}
