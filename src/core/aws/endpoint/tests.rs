use super::*;
use crate::failure::Explain as _;
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

#[tokio::test]
async fn each_partition_and_variant_has_its_address() {
    let (plain, fips) = (
        Variants::default(),
        Variants {
            fips: true,
            dual_stack: false,
        },
    );
    let dual_stack = Variants {
        fips: false,
        dual_stack: true,
    };
    for (region, variants, wanted) in [
        (
            "eu-central-1",
            plain,
            "https://ssm.eu-central-1.amazonaws.com",
        ),
        (
            "cn-north-1",
            plain,
            "https://ssm.cn-north-1.amazonaws.com.cn",
        ),
        (
            "eusc-de-east-1",
            plain,
            "https://ssm.eusc-de-east-1.amazonaws.eu",
        ),
        (
            "us-iso-east-1",
            plain,
            "https://ssm.us-iso-east-1.c2s.ic.gov",
        ),
        (
            "us-isob-east-1",
            plain,
            "https://ssm.us-isob-east-1.sc2s.sgov.gov",
        ),
        (
            "us-east-1",
            fips,
            "https://ssm-fips.us-east-1.amazonaws.com",
        ),
        ("us-east-1", dual_stack, "https://ssm.us-east-1.api.aws"),
    ] {
        assert_eq!(
            of_parameter_store(region, None, variants).await.unwrap(),
            wanted
        );
    }
    let both = of_parameter_store("us-east-1", Some("https://host"), fips).await;
    assert_eq!(
        both.unwrap_err().code().as_str(),
        "SECRET_BAKER_CONFIG_INVALID"
    );
}
