use super::*;
use crate::unprintable::is_printable;

fn address(relative: &str, full: &str) -> Option<String> {
    let variables =
        [(RELATIVE, relative), (FULL, full)].map(|(name, value)| (name, value.to_owned()));
    let environment = Environment::new(move |asked| {
        let mut all = variables.iter();
        all.find_map(|(name, value)| (*name == asked).then(|| value.into()))
    });
    let Address(endpoint) = Address::of(&environment).ok()??;
    let scheme = if endpoint.secure { "https" } else { "http" };
    Some(format!(
        "{scheme}://{}{}",
        endpoint.authority, endpoint.path
    ))
}

#[test]
fn the_relative_address_comes_first_as_in_the_sdks() {
    let (ecs, eks) = (
        "/v2/credentials/id?a=b",
        "http://169.254.170.23/v1/credentials",
    );
    let of_ecs = Some("http://169.254.170.2/v2/credentials/id?a=b".into());
    assert_eq!(address(ecs, ""), of_ecs);
    assert_eq!(address(ecs, eks), of_ecs);
    assert_eq!(address("", eks), Some(eks.into()));
    assert_eq!(address("", ""), None);
}

#[test]
fn a_relative_address_leads_to_no_other_host() {
    for path in [".evil.invalid/", "@evil.invalid/", "evil.invalid"] {
        assert_eq!(address(path, ""), None, "{path}");
    }
}

#[test]
fn the_end_of_credentials_has_any_shape_of_rfc_3339() {
    let expected = DateTime::from_secs(1_893_456_000);
    for text in [
        "2030-01-01T00:00:00Z",
        "2030-01-01t00:00:00z",
        "2030-01-01 00:00:00Z",
        "2030-01-01T00:00:00.1Z",
        "2030-01-01T00:00:00.123456789Z",
        "2030-01-01T00:00:00.1234567890123456789Z",
        "2030-01-01T01:30:00.5+01:30",
        "2029-12-31T16:00:00-08:00",
    ] {
        assert_eq!(moment(text).map(DateTime::from), Some(expected), "{text}");
    }
    for text in [
        "",
        "soon",
        "2030-01-01",
        "2030-13-01T00:00:00Z",
        "1893456000",
        "2030-01-01T00:00:00",
    ] {
        assert_eq!(moment(text), None, "{text}");
    }
}

#[test]
fn credentials_cannot_be_printed() {
    assert!(!is_printable!(Served));
    let credentials = Credentials::new("AKID", "AKID+signs", Some("a-token".into()), None, "test");
    let shown = format!("{credentials:?} {credentials:#?}");
    assert!(
        !shown.contains("+signs") && !shown.contains("a-token"),
        "{shown}"
    );
}
