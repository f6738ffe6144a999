use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::failure::caller::tests::of_the_plugin;
use crate::source::Deployment;
use crate::source::fake_service::{
    FakeService, bake, bake_all, bake_written, refuses, survey, told,
};
use crate::source::sops::Sops;
use crate::source::survey::{Pin, Told, Unknown, Whose};

const PLACE: &str = "region eu-west-1, account 123456789012";
const OLD: &str = "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1";
const NOW: &str = "EXAMPLE2-90ab-cdef-fedc-ba987SECRET2";

fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf")
}

fn described(name: &str) -> Value {
    json!({
        "ARN": arn(name),
        "Name": name,
        "KmsKeyId": "alias/mine",
        "VersionIdsToStages": { OLD: ["AWSPREVIOUS", "secret-baker-shop-prod"], NOW: ["AWSCURRENT"] },
    })
}

/// Every secret has two versions; what else is asked is done.
fn service() -> Arc<FakeService> {
    Arc::new(FakeService::new(|action, body| {
        let id = body["SecretId"].as_str().unwrap();
        let name = id.rsplit(':').next().unwrap().trim_end_matches("-AbCdEf");
        match action {
            "DescribeSecret" => (200, described(name)),
            "UpdateSecretVersionStage" => (200, json!({ "ARN": id, "Name": name })),
            other => panic!("{other}: a value must never be asked for"),
        }
    }))
}

/// One secret that is described so.
fn describing(answer: (u16, Value)) -> Arc<FakeService> {
    Arc::new(FakeService::new(move |_, _| answer.clone()))
}

fn source() -> Box<dyn Source> {
    Box::new(SecretsManager::default())
}

fn deploying() -> Box<dyn Source> {
    Box::new(SecretsManager::new(Some("secret-baker-shop-prod".into())))
}

#[tokio::test]
async fn an_entry_has_its_fields_in_the_order_of_the_bundle() {
    let config = json!([
        { "name": "ALL", "secretsManager": "prod/db" },
        { "name": "FIELD", "secretsManager": "prod/db", "field": "password" },
    ]);
    let (sealed, notices) = bake(source(), &config, &service()).await.unwrap();
    let entry = format!(
        r#"{{"source":"secretsManager","arn":"{}","versionId":"{NOW}""#,
        arn("prod/db")
    );
    assert_eq!(
        Value::from(sealed[0].entry.clone()).to_string(),
        format!("{entry}}}")
    );
    assert_eq!(
        Value::from(sealed[1].entry.clone()).to_string(),
        format!(r#"{entry},"field":"password"}}"#)
    );
    assert_eq!(
        (sealed[0].from.as_str(), sealed[0].version.as_deref()),
        ("prod/db", Some(NOW))
    );
    assert!(notices.is_empty());
}

#[tokio::test]
async fn each_secret_is_described_once_in_its_own_region() {
    let away = "arn:aws:secretsmanager:us-east-1:123456789012:secret:away";
    let service = service();
    let config = json!([
        { "name": "A", "secretsManager": "prod/db", "field": "a" },
        { "name": "B", "secretsManager": "prod/db", "field": "b", "versionStage": "AWSPREVIOUS" },
        { "name": "C", "secretsManager": away },
    ]);
    bake(source(), &config, &service).await.unwrap();
    assert_eq!(
        service.called(),
        ["eu-west-1 DescribeSecret", "us-east-1 DescribeSecret"]
    );
    let mut bodies = service.bodies("DescribeSecret");
    bodies.sort_by_key(ToString::to_string);
    assert_eq!(
        bodies,
        [
            json!({ "SecretId": away }),
            json!({ "SecretId": "prod/db" })
        ]
    );
}

#[tokio::test]
async fn sixteen_are_asked_side_by_side() {
    let service = Arc::new(FakeService::together(16, |_, body| {
        (200, described(body["SecretId"].as_str().unwrap()))
    }));
    let config: Vec<_> = (0..16)
        .map(|n| json!({ "name": format!("S{n}"), "secretsManager": format!("s{n}") }))
        .collect();
    let config = json!(config);
    let sealed = bake(source(), &config, &service);
    let sealed = tokio::time::timeout(std::time::Duration::from_secs(30), sealed).await;
    assert_eq!(sealed.expect("one waits for another").unwrap().0.len(), 16);
}

#[tokio::test]
async fn a_version_is_the_current_one_or_that_of_an_id_or_a_staging_label() {
    let config = json!([
        { "name": "CURRENT", "secretsManager": "s" },
        { "name": "STAGE", "secretsManager": "s", "versionStage": "AWSPREVIOUS" },
        { "name": "ID", "secretsManager": "s", "versionId": OLD, "label": true },
        { "name": "SAME", "secretsManager": "s", "versionId": NOW },
    ]);
    let (sealed, notices) = bake(source(), &config, &service()).await.unwrap();
    let versions: Vec<_> = sealed
        .iter()
        .map(|one| one.version.as_deref().unwrap())
        .collect();
    assert_eq!(versions, [NOW, OLD, OLD, NOW]);
    assert_eq!(
        notices,
        [
            "secret `STAGE`: the version of `s` that is baked is not AWSCURRENT: a rotation may delete it, and `label: true` keeps it",
            "secret `ID`: the version of `s` that is baked is not AWSCURRENT",
        ]
    );
}

#[tokio::test]
async fn a_version_that_there_is_not_is_told_with_those_that_there_are() {
    let config = json!([
        { "name": "STAGE", "secretsManager": "s", "versionStage": "beta" },
        { "name": "ID", "secretsManager": "s", "versionId": "gone" },
    ]);
    let failure = bake(source(), &config, &service()).await.unwrap_err();
    let problems: Vec<_> = failure.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            format!(
                "custom.secretBaker[0]: secret `STAGE`: `s` in {PLACE} has no version with the staging label `beta`; there are: AWSCURRENT, AWSPREVIOUS, secret-baker-shop-prod"
            ),
            format!(
                "custom.secretBaker[1]: secret `ID`: `s` in {PLACE} has no version `gone` with a staging label"
            ),
        ]
    );
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_VERSION_NOT_FOUND");
    assert_eq!(
        failure.problems[1].why.hint(&of_the_plugin()).unwrap(),
        "a version without a staging label may be deleted at any time; list what there is: aws secretsmanager list-secret-version-ids --secret-id s --include-deprecated --region eu-west-1"
    );
}

#[tokio::test]
async fn each_way_to_be_refused_has_its_sentence_and_its_next_step() {
    let mut deleted = described("s");
    deleted["DeletedDate"] = json!(1_700_000_000.5);
    let mut fresh = described("s");
    fresh["VersionIdsToStages"] = json!({});
    let region = "--region eu-west-1";
    for (answer, code, sentence, hint) in [
        (
            refuses("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
            "SECRET_NOT_FOUND",
            format!("secret `A`: Secrets Manager in {PLACE} has no secret `s`"),
            format!("check the name, the region and the account, or create it: aws secretsmanager create-secret --name s --secret-string file://secret.txt {region}"),
        ),
        (
            (200, deleted),
            "SECRET_NOT_FOUND",
            format!("secret `A`: `s` in {PLACE} is scheduled for deletion, so no function could read it"),
            format!("restore it: aws secretsmanager restore-secret --secret-id s {region}"),
        ),
        (
            (200, fresh),
            "VERSION_NOT_FOUND",
            format!("secret `A`: `s` in {PLACE} has no version with the staging label `AWSCURRENT`; there are: none"),
            String::new(),
        ),
        (
            refuses("AccessDeniedException", "User: x is not authorized"),
            "ACCESS_DENIED",
            format!("secret `A`: describing `s` in {PLACE} is denied: User: x is not authorized"),
            "allow `secretsmanager:DescribeSecret` on this secret to the role that deploys; kms:Decrypt is not needed".into(),
        ),
        (
            refuses("InvalidParameterException", "odd"),
            "SERVICE_ERROR",
            format!("Secrets Manager in {PLACE} refused describing `s` (secret `A`): InvalidParameterException: odd"),
            String::new(),
        ),
    ] {
        let config = json!({ "A": { "secretsManager": "s" } });
        let failure = bake(source(), &config, &describing(answer)).await.unwrap_err();
        assert_eq!(failure.problems[0].to_string(), format!("custom.secretBaker.A: {sentence}"));
        assert_eq!(failure.code().as_str(), format!("SECRET_BAKER_{code}"));
        assert_eq!(failure.problems[0].why.hint(&of_the_plugin()).unwrap_or_default(), hint);
    }
}

#[tokio::test]
async fn what_describes_no_secret_is_never_baked() {
    for (key, value) in [
        ("ARN", Value::Null),
        (
            "ARN",
            json!("arn:aws:ssm:eu-west-1:123456789012:parameter/s"),
        ),
        ("ARN", json!("arn:aws:secretsmanager:eu-west-1:1:secret:s")),
        ("VersionIdsToStages", json!([])),
        ("VersionIdsToStages", json!({ "a b": ["AWSCURRENT"] })),
        ("VersionIdsToStages", json!({ NOW: "AWSCURRENT" })),
        ("VersionIdsToStages", json!({ NOW: [1] })),
    ] {
        let mut answer = described("s");
        answer[key] = value;
        let config = json!({ "A": { "secretsManager": "s" } });
        let (problems, code) = told(bake(source(), &config, &describing((200, answer))).await);
        let wanted = format!(
            "custom.secretBaker.A: secret `A`: what Secrets Manager in {PLACE} answers describes no secret `s`"
        );
        assert_eq!(
            (problems, code),
            (vec![wanted], "SECRET_BAKER_SERVICE_ERROR")
        );
    }
}

#[tokio::test]
async fn a_label_leaves_the_version_that_it_hung_on() {
    let service = service();
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "secretsManager": "s", "label": "true", "field": "b" },
        { "name": "C", "secretsManager": "s", "label": "fresh" },
        { "name": "D", "secretsManager": "other" },
        { "name": "E", "secretsManager": "off", "label": false },
    ]);
    bake(deploying(), &config, &service).await.unwrap();
    let moved = |label: &str| json!({ "SecretId": arn("s"), "VersionStage": label, "MoveToVersionId": NOW });
    let mut of_deployment = moved("secret-baker-shop-prod");
    of_deployment["RemoveFromVersionId"] = OLD.into();
    let mut bodies = service.bodies("UpdateSecretVersionStage");
    bodies.sort_by_key(|body| body["VersionStage"].to_string());
    assert_eq!(bodies, [moved("fresh"), of_deployment]);
}

#[tokio::test]
async fn a_label_that_hangs_there_already_or_that_nobody_deploys_is_not_moved() {
    let pinned = json!([{ "name": "A", "secretsManager": "s", "versionId": OLD, "label": true }]);
    let current = json!([{ "name": "A", "secretsManager": "s", "label": true }, { "name": "B", "secretsManager": "t", "label": "mine" }]);
    for (source, config) in [(deploying(), pinned), (source(), current)] {
        let service = service();
        bake(source, &config, &service).await.unwrap();
        assert!(
            service.bodies("UpdateSecretVersionStage").is_empty(),
            "{config}"
        );
    }
}

#[tokio::test]
async fn no_label_is_moved_where_any_entry_fails() {
    let service = service();
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "secretsManager": "s", "versionId": "gone" },
    ]);
    let (problems, _) = told(bake(deploying(), &config, &service).await);
    assert_eq!(problems.len(), 1);
    assert!(service.bodies("UpdateSecretVersionStage").is_empty());
}

#[tokio::test]
async fn no_label_is_moved_where_another_source_fails() {
    let service = service();
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "sops": "there-is-none.yaml", "field": "b" },
    ]);
    let sops: Box<dyn Source> = Box::new(Sops::new(&Deployment::default()));
    let sources = vec![deploying(), sops];
    let (problems, code) = told(bake_all(sources, (&config, &config), &service).await);
    assert_eq!((problems.len(), code), (1, "SECRET_BAKER_FILE"));
    assert!(service.bodies("UpdateSecretVersionStage").is_empty());
}

#[tokio::test]
async fn what_a_variable_gives_may_be_a_password_though_it_looks_like_a_version_or_label() {
    let refusing = Arc::new(FakeService::new(|action, body| match action {
        "DescribeSecret" => (200, described(body["SecretId"].as_str().unwrap())),
        _ => refuses("LimitExceededException", "20 labels"),
    }));
    for key in ["versionId", "versionStage", "label"] {
        let config = json!([{ "name": "A", "secretsManager": "s", key: "hunter2" }]);
        let written = json!([{ "name": "A", "secretsManager": "s", key: "${env:X}" }]);
        let baked = bake_written(deploying(), (&config, &written), &refusing);
        let (problems, _) = told(baked.await);
        let [problem] = &problems[..] else {
            panic!("{problems:?}")
        };
        assert!(problem.contains("`${env:X}`"), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}

#[tokio::test]
async fn a_label_on_two_versions_is_told_beside_what_else_is_wrong() {
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "secretsManager": "s", "versionId": OLD, "label": true },
        { "name": "C", "secretsManager": "s", "versionId": "gone" },
    ]);
    let (problems, _) = told(bake(deploying(), &config, &service()).await);
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[tokio::test]
async fn a_label_on_two_versions_is_refused_before_it_is_moved() {
    let service = service();
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "secretsManager": arn("s"), "versionId": OLD, "label": true },
    ]);
    let (problems, code) = told(bake(deploying(), &config, &service).await);
    let wanted = format!(
        "custom.secretBaker[1]: secret `B`: the staging label `secret-baker-shop-prod` is to hang on another version of `{}` already, and it hangs on one only",
        arn("s")
    );
    assert_eq!(
        (problems, code),
        (vec![wanted], "SECRET_BAKER_CONFIG_INVALID")
    );
    assert!(service.bodies("UpdateSecretVersionStage").is_empty());
}

#[tokio::test]
async fn a_label_that_may_not_be_moved_fails_the_bake_and_names_its_action() {
    let service = Arc::new(FakeService::new(|action, body| match action {
        "DescribeSecret" => (200, described(body["SecretId"].as_str().unwrap())),
        _ if body["VersionStage"] == "mine" => refuses("LimitExceededException", "20 labels"),
        _ => refuses("AccessDeniedException", "no"),
    }));
    let config = json!([
        { "name": "A", "secretsManager": "s", "label": true },
        { "name": "B", "secretsManager": "s", "label": "mine" },
    ]);
    let failure = bake(deploying(), &config, &service).await.unwrap_err();
    let problems: Vec<_> = failure.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            format!(
                "custom.secretBaker[0]: secret `A`: moving the staging label `secret-baker-shop-prod` of `s` in {PLACE} is denied: no"
            ),
            format!(
                "custom.secretBaker[1]: Secrets Manager in {PLACE} refused moving the staging label `mine` of `s` (secret `B`): LimitExceededException: 20 labels"
            ),
        ]
    );
    assert_eq!(
        failure.problems[0].why.hint(&of_the_plugin()).unwrap(),
        "allow `secretsmanager:UpdateSecretVersionStage` on this secret to the role that deploys; kms:Decrypt is not needed"
    );
}

#[tokio::test(start_paused = true)]
async fn an_outage_ends_it_and_names_the_service() {
    let config = json!({ "A": { "secretsManager": "s" } });
    let throttles = describing(refuses("ThrottlingException", "Rate exceeded"));
    let (problems, code) = told(bake(source(), &config, &throttles).await);
    let wanted =
        "Secrets Manager in region eu-west-1 went on throttling for 60 seconds: Rate exceeded";
    assert_eq!(
        (problems, code),
        (vec![wanted.to_owned()], "SECRET_BAKER_THROTTLED")
    );
    let late = Arc::new(FakeService::new(|action, _| match action {
        "DescribeSecret" => (200, described("s")),
        _ => refuses("ExpiredTokenException", "TOKEN"),
    }));
    let config = json!({ "A": { "secretsManager": "s", "label": true } });
    let (problems, code) = told(bake(deploying(), &config, &late).await);
    let wanted = "AWS does not accept the credentials: ExpiredTokenException: they have expired";
    assert_eq!(
        (problems, code),
        (vec![wanted.to_owned()], "SECRET_BAKER_CREDENTIALS")
    );
}

#[tokio::test]
async fn all_mistakes_of_an_entry_are_told_and_nothing_is_called() {
    let service = service();
    let config = json!([
        { "secretsManager": "a b", "versionId": "x y", "versionStage": "s".repeat(257), "label": 1 },
        { "name": "B", "secretsManager": "arn:aws:ssm:eu-west-1:123456789012:parameter/s", "label": "AWSMINE" },
        { "name": "C", "secretsManager": "s", "field": 5, "versoinId": "x" },
    ]);
    let (problems, code) = told(bake(source(), &config, &service).await);
    let at = |place: &str, why: &str| format!("custom.secretBaker{place}: {why}");
    let secret = "must be a secret's name, of 1 to 512 letters, digits and `/_+=.@!-`, or its ARN";
    let label = "must be true, false or a staging label: 1 to 256 characters, of which the first are not `AWS`";
    assert_eq!(
        problems,
        [
            at("[0]", "has no `name`"),
            at("[0].secretsManager", secret),
            at(
                "[0].versionId",
                "must be the id of a version: 1 to 64 letters, digits, `_` and `-`"
            ),
            at(
                "[0].versionStage",
                "must be a staging label: 1 to 256 characters"
            ),
            at(
                "[0]",
                "has `versionId` and `versionStage`, and one version is baked"
            ),
            at("[0].label", label),
            at("[1].secretsManager", secret),
            at("[1].label", label),
            at("[2]", "unknown key `versoinId`, did you mean `versionId`?"),
            at("[2].field", "must be a string, not a number"),
        ]
    );
    assert_eq!(code, "SECRET_BAKER_CONFIG_INVALID");
    assert!(service.called().is_empty());
}

#[tokio::test]
async fn what_a_variable_gave_is_shown_as_it_was_written() {
    let config = json!([{ "name": "A", "secretsManager": "hunter2" }]);
    let denied = describing(refuses("AccessDeniedException", "no right to hunter2"));
    for (written, code) in [
        ("${ssm:/db}", "SECRET_BAKER_CONFIG_INVALID"),
        ("${env:NAME}", "SECRET_BAKER_ACCESS_DENIED"),
    ] {
        let written_config = json!([{ "name": "A", "secretsManager": written }]);
        let (problems, found) =
            told(bake_written(source(), (&config, &written_config), &denied).await);
        assert_eq!(found, code);
        assert!(
            problems[0].contains(written) && !problems[0].contains("hunter2"),
            "{problems:?}"
        );
    }
}

#[tokio::test]
async fn what_is_taken_says_what_it_needs() {
    let config =
        json!({ "A": { "secretsManager": "db" }, "B": { "secretsManager": "db", "label": true } });
    let told = survey(source(), &config, Wish::default(), &listing())
        .await
        .unwrap();
    let mut source = SecretsManager::new(Some("mine".into()));
    let mut sources: [&mut dyn Source; 1] = [&mut source];
    crate::source::together::take(&mut sources, &config, Some(&config), &"config".into()).unwrap();
    let needs = source.permissions(&told.iter().collect::<Vec<_>>());
    let needs: Vec<_> = needs.iter().map(Permission::said).collect();
    let arn = arn("db");
    let finds = format!("deploy: FindVersions secretsmanager:DescribeSecret on {arn}");
    let reads = format!("ReadSecrets secretsmanager:GetSecretValue on {arn}");
    let opens = format!(
        "OpenSecrets kms:Decrypt on Some([\"alias/mine\"]) Open StringEquals kms:EncryptionContext:SecretARN={arn} StringEquals kms:ViaService=secretsmanager.eu-west-1.amazonaws.com"
    );
    let keeps = format!(
        "deploy: KeepVersions secretsmanager:UpdateSecretVersionStage on {arn} StringEquals secretsmanager:VersionStage=mine"
    );
    assert_eq!(
        needs,
        [
            finds.clone(),
            format!("A: {reads}"),
            format!("A: {opens}"),
            finds,
            format!("B: {reads}"),
            keeps,
            format!("B: {opens}"),
        ]
    );
}

/// The versions of a secret in two pages.
fn listing() -> Arc<FakeService> {
    Arc::new(FakeService::new(|action, body| match action {
        "DescribeSecret" => {
            let mut described = described(body["SecretId"].as_str().unwrap());
            described["LastChangedDate"] = json!(1000.25);
            (200, described)
        }
        "ListSecretVersionIds" => {
            assert_eq!(body["IncludeDeprecated"], json!(true));
            let page = |id: &str, created: i32, stages: &[&str]| json!({ "VersionId": id, "CreatedDate": created, "VersionStages": stages, "KmsKeyIds": ["DefaultEncryptionKey"] });
            if body["NextToken"].is_null() {
                return (
                    200,
                    json!({ "Versions": [page(OLD, 10, &[])], "NextToken": "more" }),
                );
            }
            (200, json!({ "Versions": [page(NOW, 20, &["AWSCURRENT"])] }))
        }
        other => panic!("{other}: a value must never be asked for"),
    }))
}

fn ids(versions: &Told<Vec<crate::source::survey::Version>>) -> Vec<&str> {
    let all = versions.known().unwrap().iter();
    all.map(|version| version.id.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn its_versions_staging_labels_and_key_are_told() {
    let config = json!([
        { "name": "A", "secretsManager": "db" },
        { "name": "B", "secretsManager": "db", "versionStage": "AWSPREVIOUS" },
        { "name": "C", "secretsManager": "db", "versionId": OLD },
        { "name": "D", "secretsManager": "db", "versionStage": "mine" },
    ]);
    let service = listing();
    let all = survey(source(), &config, Wish::default(), &service)
        .await
        .unwrap();
    let pins: Vec<_> = all.iter().map(|of| of.pin.clone()).collect();
    let (label, id) = (Pin::Label("AWSPREVIOUS".into()), Pin::Version(OLD.into()));
    assert_eq!(pins[..3], [Pin::Floating, label, id]);
    let meant = |of: usize| all[of].meant.as_ref().unwrap().known().unwrap();
    assert_eq!(
        (meant(0).id.as_deref(), meant(0).written),
        (Some(NOW), Some(1000))
    );
    assert_eq!(
        (meant(1).id.as_deref(), meant(1).written),
        (Some(OLD), None)
    );
    assert_eq!(meant(2).labels, ["AWSPREVIOUS", "secret-baker-shop-prod"]);
    assert_eq!(all[2].latest.known().unwrap().id.as_deref(), Some(NOW));
    assert_eq!(all[0].keys, Told::Known(vec!["alias/mine".into()]));
    assert_eq!(all[0].arn, Some(arn("db")));
    let why = all[3].meant.as_ref().unwrap_err().why.to_string();
    assert!(
        why.contains("no version with the staging label `mine`"),
        "{why}"
    );
    assert_eq!(service.called(), ["eu-west-1 DescribeSecret"]);
}

#[tokio::test]
async fn its_history_has_those_without_a_label_too() {
    let config = json!([{ "name": "A", "secretsManager": "db" }]);
    let wish = Wish {
        history: Whose::Everyones,
        ..Wish::default()
    };
    let all = survey(source(), &config, wish, &listing()).await.unwrap();
    assert_eq!(ids(&all[0].history), [NOW, OLD]);
    let meant = all[0].meant.as_ref().unwrap().known().unwrap();
    assert_eq!(meant.written, Some(20), "its own date");
    assert_eq!(meant.key.as_deref(), Some("alias/aws/secretsmanager"));
}

#[tokio::test]
async fn what_may_not_be_described_is_unknown() {
    let service = describing(refuses("AccessDeniedException", "not authorized"));
    let config = json!([{ "name": "A", "secretsManager": "db" }]);
    let all = survey(source(), &config, Wish::default(), &service)
        .await
        .unwrap();
    let unknown = Unknown {
        action: "secretsmanager:DescribeSecret",
        said: "not authorized".into(),
    };
    assert_eq!(all[0].meant, Ok(Told::Unknown(unknown.clone())));
    assert_eq!(all[0].latest, Told::Unknown(unknown.clone()));
    assert_eq!(all[0].keys, Told::Unknown(unknown));
}
