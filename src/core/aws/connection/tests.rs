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
                endpoint: Some("localhost:4566".into()),
                ..connection()
            },
            "the endpoint of Parameter Store, a text of 14 characters, cannot be used: it is no URL of http or https",
        ),
        (
            Connection {
                sts_endpoint: Some("http://sts.example.com".into()),
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
        endpoint: Some("http://localstack:4566".into()),
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
