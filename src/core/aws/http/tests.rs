use super::*;
use crate::failure::caller::tests::of_the_plugin;

#[test]
fn a_certificate_bundle_without_certificates_is_an_error_and_no_panic() {
    for pem in [
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let cause = http_client(None, &[pem.into()]).unwrap_err();
        assert_eq!(
            cause,
            bad_certificates("it holds no certificate that can be used")
        );
        assert!(
            cause
                .hint(&of_the_plugin())
                .unwrap()
                .contains("AWS_CA_BUNDLE")
        );
    }
}

#[test]
fn a_proxy_that_is_no_address_is_an_error_without_its_password() {
    for proxy in [
        "not a url",
        "http://user:PASSWORD@",
        "user:PASSWORD@host",
        "ftp://user:PASSWORD@host",
    ] {
        let cause = http_client(Some(proxy), &[]).unwrap_err();
        assert!(matches!(cause, Unusable::Proxy { .. }), "{cause}");
        assert!(!cause.to_string().contains("PASSWORD"), "{cause}");
    }
}

#[test]
fn only_plain_addresses_behind_plain_proxies_go_without_tls() {
    for (address, proxy, wanted) in [
        ("http://127.0.0.1:4566/", None, true),
        (
            "http://127.0.0.1:4566/",
            Some("http://proxy.test:3128"),
            true,
        ),
        (
            "http://127.0.0.1:4566/",
            Some("https://proxy.test:3128"),
            false,
        ),
        ("https://ssm.eu-west-1.amazonaws.com/", None, false),
        (
            "https://ssm.eu-west-1.amazonaws.com/",
            Some("http://proxy.test:3128"),
            false,
        ),
    ] {
        assert_eq!(needs_no_tls(address, proxy), wanted, "{address} {proxy:?}");
    }
}
