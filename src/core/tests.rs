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
