use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::failure::caller::tests::of_the_plugin;
use crate::failure::tests::problems_of;

fn connection() -> Connection {
    Connection {
        endpoints: [("ssm".to_owned(), "http://127.0.0.1:9".to_owned())].into(),
        ..crate::aws::connection::tests::connection()
    }
}

static NOWHERE: Deployment = Deployment {
    folder: PathBuf::new(),
    label: None,
};

fn of(config: &Value) -> Request<'_> {
    Request {
        config,
        written: None,
        deployment: &NOWHERE,
        lock: None,
    }
}

#[tokio::test]
async fn an_empty_config_bakes_an_empty_object_without_a_connection() {
    let baked = bake(
        of(&json!([])),
        &of_the_plugin(),
        &Connection::default(),
        &|_, _| {},
    )
    .await
    .unwrap();
    assert_eq!(baked.bundle.bytes(), b"{}");
}

#[tokio::test]
async fn a_mistake_in_the_config_is_told_before_any_connection() {
    let failure = bake(
        of(&json!([5])),
        &of_the_plugin(),
        &Connection::default(),
        &|_, _| {},
    )
    .await
    .unwrap_err();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
}

#[tokio::test]
async fn a_panic_is_a_failure_that_tells_its_place() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        panics::remember(info);
        before(info);
    }));
    let progress: Progress<'_> = &|_, _| panic!("a bug");
    let failure = bake(
        of(&json!(["/p"])),
        &of_the_plugin(),
        &connection(),
        progress,
    )
    .await
    .unwrap_err();
    let text = failure.to_string();
    assert!(
        text.starts_with("Secret Baker has met a mistake of its own: a bug (src/core/tests.rs:"),
        "{text}"
    );
    assert!(
        problems_of(&text).ends_with(
            ")\n  hint: please report it, with the command and the versions; nothing was deployed"
        ),
        "{text}"
    );
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_INTERNAL");
}

/// A service's folder with a lock of this text.
fn locked(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret-baker.lock.json"), text).unwrap();
    folder
}

/// Bakes with the lock of a folder where no call can be made: there is no region, so no way to AWS either.
async fn bake_locked_in(folder: &tempfile::TempDir, config: &Value) -> Result<Baked, Failure> {
    let locking = Locking::of(folder.path(), None, lock::Wish::Keep);
    let request = Request {
        lock: Some(&locking),
        ..of(config)
    };
    let nowhere = Connection {
        region: Some("eu-central-1".into()),
        ..Connection::default()
    };
    bake(request, &of_the_plugin(), &nowhere, &|_, _| {}).await
}

#[tokio::test]
async fn what_is_locked_is_baked_without_a_way_to_aws_in_the_order_of_the_config() {
    let config = json!({"B": "/b", "A": "/a"});
    let line = |name: &str| {
        let says = format!(r#"{{"name":"{}","path":"/{name}"}}"#, name.to_uppercase());
        let arn = format!("arn:aws:ssm:eu-central-1:123456789012:parameter/{name}");
        let entry = json!({"ciphertext": "AQICAHhLbXM=", "arn": arn, "version": 1});
        json!({"config": bundle::digest(says.as_bytes()), "version": "1", "entry": entry})
    };
    let text = json!({
        "version": 1,
        "region": "eu-central-1",
        "secrets": {"A": line("a"), "B": line("b")},
    });
    let folder = locked(&text.to_string());
    let baked = bake_locked_in(&folder, &config).await.unwrap();
    assert_eq!(baked.bundle.names().collect::<Vec<_>>(), ["B", "A"]);
    assert_eq!(
        baked.notices,
        ["2 secrets are taken from secret-baker.lock.json: commit it"],
        "the account is new in it"
    );
    let relocked = baked.relocked.unwrap();
    relocked.write().unwrap();
    let again = bake_locked_in(&folder, &config).await.unwrap();
    assert_eq!(again.bundle, baked.bundle);
    assert!(!again.relocked.unwrap().is_changed());
}
