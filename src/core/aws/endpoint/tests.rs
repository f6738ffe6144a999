use super::*;
use crate::failure::caller::tests::of_the_plugin;

#[test]
fn a_url_is_shown_without_what_may_be_secret() {
    for (url, wanted) in [
        (
            "http://user:PASSWORD@host:8080/a/?token=x#y",
            "http://host:8080/a",
        ),
        ("https://host", "https://host"),
        ("http://[::1]:4566/", "http://[::1]:4566"),
        ("user:PASSWORD@host", "a text of 18 characters"),
        ("PASSWORD", "a text of 8 characters"),
    ] {
        assert_eq!(shown(url).as_str(), wanted);
    }
}

#[track_caller]
fn why(url: &str, allow_insecure: bool) -> Option<String> {
    let cause = check(PARAMETER_STORE, url, allow_insecure).err()?;
    assert_eq!(cause.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
    assert!(!format!("{cause} {:?}", cause.hint(&of_the_plugin())).contains("PASSWORD"));
    Some(cause.to_string())
}

#[test]
fn what_cannot_be_called_is_told_without_its_password() {
    for url in [
        "PASSWORD",
        "host:443",
        "http//host",
        "ftp://host",
        "https://",
        "https://a b",
        "https:\\\\host",
        " https://host",
        "https://host\n",
        "unix:/a",
    ] {
        assert!(why(url, true).is_some(), "{url}");
    }
    assert_eq!(
        why("https://user:PASSWORD@host", true).unwrap(),
        "the endpoint of Parameter Store, https://host, cannot be used: it has a user or a password, which nobody asks for"
    );
    assert!(
        why("https://host/?a=PASSWORD", true)
            .unwrap()
            .contains("query")
    );
}

#[test]
fn plain_http_stays_on_this_machine_unless_it_is_allowed() {
    for url in [
        "http://localhost:4566",
        "http://127.0.0.1",
        "http://127.9.9.9:1/",
        "http://[::1]:4566",
        "https://host",
    ] {
        assert_eq!(why(url, false), None);
    }
    for url in [
        "http://localstack:4566",
        "http://10.0.0.1",
        "http://localhost.evil.com",
        "http://128.0.0.1",
        "http://[::2]",
        "HTTP://host",
    ] {
        assert!(why(url, false).unwrap().contains("plain HTTP"), "{url}");
        assert_eq!(why(url, true), None);
    }
}

#[test]
fn the_hint_names_what_sets_the_endpoint_of_just_that_service() {
    let hint =
        |service, caller: &Caller| check(service, "x", true).unwrap_err().hint(caller).unwrap();
    let of_all = "AWS_ENDPOINT_URL, or endpoint_url of the profile";
    let url = |host: &str| {
        format!(
            "correct it where it is set, to a URL such as https://{host}.eu-central-1.amazonaws.com: "
        )
    };
    for (service, caller, wanted) in [
        (
            PARAMETER_STORE,
            of_the_plugin(),
            format!(
                "{}custom.secretBakerOptions.endpoint, AWS_ENDPOINT_URL_SSM, {of_all}",
                url("ssm")
            ),
        ),
        (
            SECRETS_MANAGER,
            of_the_plugin(),
            format!(
                "{}custom.secretBakerOptions.endpoint, AWS_ENDPOINT_URL_SECRETS_MANAGER, {of_all}",
                url("secretsmanager")
            ),
        ),
        (
            DYNAMODB,
            Caller::default(),
            format!("{}AWS_ENDPOINT_URL_DYNAMODB, {of_all}", url("dynamodb")),
        ),
        // What is the same for all services is not that of STS.
        (
            STS,
            of_the_plugin(),
            format!("{}AWS_ENDPOINT_URL_STS, {of_all}", url("sts")),
        ),
    ] {
        assert_eq!(hint(service, &caller), wanted);
    }
}
