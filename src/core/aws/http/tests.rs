use super::*;
use crate::failure::caller::tests::of_the_plugin;

#[test]
fn a_certificate_bundle_without_certificates_is_an_error_and_no_panic() {
    for pem in [
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let cause = http_client(None, &[pem.into()], false).unwrap_err();
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
        let cause = http_client(Some(proxy), &[], false).unwrap_err();
        assert!(matches!(cause, Unusable::Proxy { .. }), "{cause}");
        assert!(!cause.to_string().contains("PASSWORD"), "{cause}");
    }
}
