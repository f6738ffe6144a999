use super::Endpoint;
use crate::contract::LOOPBACK;

#[test]
fn loopback_is_what_the_contract_says() {
    assert_eq!(LOOPBACK, ["localhost", "127.0.0.0/8", "::1"]);
    for loopback in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.255.0.9:80",
        "[::1]:9",
    ] {
        assert!(
            Endpoint::read(&format!("http://{loopback}"))
                .unwrap()
                .is_loopback(),
            "{loopback}"
        );
    }
    for other in [
        "128.0.0.1",
        "localhost.evil.invalid",
        "127.0.0.1.evil.invalid",
        "[::2]",
        "0.0.0.0",
        "kms",
    ] {
        assert!(
            !Endpoint::read(&format!("http://{other}"))
                .unwrap()
                .is_loopback(),
            "{other}"
        );
    }
}

#[test]
fn what_is_no_url_is_none() {
    for url in [
        "",
        "kms",
        "ftp://kms",
        "https://",
        "http://user@kms",
        "http://user:password@kms",
        "https://kms:99999",
        "https://kms:x",
        "https://[::1",
        "https://[::x]",
        "https://a b",
        "https://k\u{e4}",
        "https://kms\n",
        " https://kms",
    ] {
        assert_eq!(Endpoint::read(url), None, "{url}");
    }
}
