use super::*;

/// One with keys, which needs nothing of the environment.
pub(crate) fn connection() -> Connection {
    Connection {
        region: Some("eu-central-1".into()),
        keys: Some(Keys {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: "secret".into(),
            session_token: None,
        }),
        ..Connection::default()
    }
}

#[tokio::test]
async fn what_the_caller_gives_is_used() {
    let link = connection().open().await.unwrap();
    assert_eq!(link.region, "eu-central-1");
    assert_eq!(link.endpoint(PARAMETER_STORE), Ok(None));
    assert!(
        link.config.service_config().is_none(),
        "with keys nobody else is asked for endpoints"
    );
}

#[tokio::test]
async fn why_the_caller_has_no_keys_is_told_when_they_are_needed_and_nobody_elses_are_looked_for() {
    let lacking = Connection {
        keys: None,
        lack: Some(Lack {
            said: "the session has ended".into(),
            hint: "sign in".into(),
        }),
        ..connection()
    };
    let home = lacking.home(&[PARAMETER_STORE]).await;
    assert_eq!(home.region.as_deref(), Some("eu-central-1"));
    let failure = lacking.open().await.err().unwrap();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_CREDENTIALS");
    let told = failure.to_string();
    assert!(
        told.starts_with("the session has ended\n  hint: sign in"),
        "{told}"
    );
}

#[tokio::test]
async fn mistakes_are_told_before_anything_is_called() {
    for (change, wanted) in [
        (
            Connection {
                region: Some("eu-central".into()),
                ..connection()
            },
            "`eu-central` is no AWS region: one reads like `eu-central-1`",
        ),
        (
            Connection {
                region: Some("hunter2 is my password".into()),
                ..connection()
            },
            "a text of 22 characters is no AWS region: one reads like `eu-central-1`",
        ),
        (
            Connection {
                endpoints: [("ssm".into(), "localhost:4566".into())].into(),
                ..connection()
            },
            "the endpoint of Parameter Store, a text of 14 characters, cannot be used: it is no URL of http or https",
        ),
        (
            Connection {
                endpoints: [("sts".into(), "http://sts.example.com".into())].into(),
                ..connection()
            },
            "the endpoint of STS, http://sts.example.com, cannot be used: plain HTTP would show the session token and the names of all secrets on the wire, so it is taken to loopback only",
        ),
    ] {
        let failure = change.open().await.err().unwrap();
        assert_eq!(
            (
                failure.problems[0].to_string().as_str(),
                failure.code().as_str()
            ),
            (wanted, "SECRET_BAKER_CONFIG_INVALID")
        );
    }
    let allowed = Connection {
        endpoints: [("ssm".into(), "http://localstack:4566".into())].into(),
        allow_insecure_endpoint: true,
        ..connection()
    };
    assert!(allowed.open().await.is_ok());
}

#[test]
fn only_what_was_meant_for_a_region_is_shown() {
    let shown = |region: &str| {
        let cause = check_region(region, true).unwrap_err();
        cause.to_string().contains(&format!("`{region}`"))
    };
    for meant in ["eu-central", "us-east-1a", "eu-central1"] {
        assert!(shown(meant), "{meant}");
    }
    for other in [
        "hunter2",
        "hunter-two",
        "ab-Xy7",
        "",
        "eu central 1",
        "ab-c\nd",
        "AKIAIOSFODNN7EXAMPLE",
    ] {
        assert!(!shown(other), "{other}");
    }
}

#[test]
fn a_switch_is_on_or_off_and_nothing_else() {
    for (value, wanted) in [
        ("true", Some(true)),
        ("TRUE", Some(true)),
        ("false", Some(false)),
        ("", Some(false)),
        ("1", None),
        ("yes", None),
    ] {
        assert_eq!(
            parse_switch("AWS_USE_FIPS_ENDPOINT", value).ok(),
            wanted,
            "{value}"
        );
    }
}

#[tokio::test]
async fn each_service_has_its_own_endpoint_and_one_that_is_not_called_is_not_looked_at() {
    let given = |host: &str, url: &str| (host.to_owned(), url.to_owned());
    let change = Connection {
        endpoints: [
            given("ssm", "http://127.0.0.1:1"),
            given("secretsmanager", "https://vpce.test"),
            given("dynamodb", "http://dynamodb-local:8000"),
        ]
        .into(),
        ..connection()
    };
    let link = change.open().await.unwrap();
    let of = |service| link.endpoint(service).unwrap();
    assert_eq!(of(PARAMETER_STORE).as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(
        of(endpoint::SECRETS_MANAGER).as_deref(),
        Some("https://vpce.test")
    );
    assert_eq!(of(STS), None);
    let open = link.endpoint(endpoint::DYNAMODB).unwrap_err();
    assert!(open.to_string().starts_with(
        "the endpoint of DynamoDB, http://dynamodb-local:8000, cannot be used: plain HTTP"
    ));
}

#[tokio::test]
async fn sts_is_not_asked_where_another_service_has_an_endpoint_and_it_has_none() {
    let with = |hosts: &[&str]| Connection {
        endpoints: hosts
            .iter()
            .map(|host| ((*host).to_owned(), "http://127.0.0.1:1".to_owned()))
            .collect(),
        ..connection()
    };
    for (hosts, wanted) in [
        (&[] as &[&str], false),
        (&["ssm"], true),
        (&["dynamodb"], true),
        (&["secretsmanager"], true),
        (&["ssm", "sts"], false),
    ] {
        let link = with(hosts).open().await.unwrap();
        assert_eq!(link.keeps_from_sts(), wanted, "{hosts:?}");
    }
}

#[tokio::test]
async fn an_endpoint_of_what_is_never_called_is_a_mistake() {
    let change = Connection {
        endpoints: [("smm".to_owned(), "http://127.0.0.1:1".to_owned())].into(),
        ..connection()
    };
    let failure = change.open().await.err().unwrap();
    assert_eq!(failure.code().as_str(), "SECRET_BAKER_INTERNAL");
    assert!(failure.to_string().contains("`smm`"), "{failure}");
}
