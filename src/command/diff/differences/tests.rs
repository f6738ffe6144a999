use super::*;

fn bundle(text: &str) -> Bundle {
    Bundle::read(text.as_bytes()).expect("a bundle")
}

fn entry(text: &str) -> Entry {
    serde_json::from_str(text).expect("an entry")
}

/// How one entry differs from another. `None`: it does not.
fn between(built: &str, now: &str) -> Option<Kind> {
    let of = |entry: &str| bundle(&format!(r#"{{"A":{entry}}}"#));
    let found = in_bundle(&"x".into(), Some(&of(built)), &of(now));
    found.first().map(|one| one.kind)
}

#[test]
fn each_way_to_differ_is_told_and_what_is_the_same_is_not() {
    let built = bundle(
        r#"{"SAME":{"version":1},"NEWER":{"version":1},"GONE":{},"ANEW":{"version":1,"ciphertext":"a"},"MOVED":{"arn":"a","version":1}}"#,
    );
    let now = bundle(
        r#"{"SAME":{"version":1},"NEWER":{"version":2},"ADDED":{},"ANEW":{"version":1,"ciphertext":"b"},"MOVED":{"arn":"b","version":2}}"#,
    );
    let found = in_bundle(&"x.zip".into(), Some(&built), &now);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.name.as_str(), one.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("NEWER", Kind::Version),
            ("ADDED", Kind::Added),
            ("ANEW", Kind::Sealed),
            ("MOVED", Kind::Place),
            ("GONE", Kind::Gone)
        ]
    );
    assert_eq!(found[0].built.as_deref(), Some("1"));
    assert_eq!(found[0].now.as_deref(), Some("2"));
}

#[test]
fn an_entry_of_2_1_0_is_the_same_if_its_ciphertext_is() {
    let now = r#"{"ciphertext":"a","arn":"p","version":3}"#;
    assert_eq!(between(r#"{"ciphertext":"a","arn":"p"}"#, now), None);
    let older = r#"{"ciphertext":"b","arn":"p"}"#;
    assert_eq!(between(older, now), Some(Kind::Version));
    let elsewhere = r#"{"ciphertext":"a","arn":"q"}"#;
    assert_eq!(between(elsewhere, now), Some(Kind::Place));
    // One version may not pass for another.
    let forged = r#"{"ciphertext":"a","arn":"p","version":2}"#;
    assert_eq!(between(forged, now), Some(Kind::Version));
}

#[test]
fn each_source_has_places_and_versions_of_its_own() {
    let manager = |arn: &str, version: &str| {
        format!(r#"{{"source":"secretsManager","arn":"{arn}","versionId":"{version}"}}"#)
    };
    let kind = between(&manager("a", "1"), &manager("a", "2"));
    assert_eq!(kind, Some(Kind::Version));
    let kind = between(&manager("a", "1"), &manager("b", "1"));
    assert_eq!(kind, Some(Kind::Place));
    let stash = |name: &str, version: &str| {
        format!(r#"{{"source":"credstash","name":"{name}","version":"{version}","region":"r"}}"#)
    };
    let kind = between(&stash("a", "1"), &stash("a", "2"));
    assert_eq!(kind, Some(Kind::Version));
    assert_eq!(
        between(&stash("a", "1"), &stash("b", "1")),
        Some(Kind::Place)
    );
    let sops = |aad: &str, value: &str| {
        format!(r#"{{"source":"sops","aad":"{aad}","value":"{value}","keys":[{{"arn":"k"}}]}}"#)
    };
    assert_eq!(
        between(&sops("a:", "1"), &sops("a:", "2")),
        Some(Kind::Sealed)
    );
    assert_eq!(
        between(&sops("a:", "1"), &sops("b:", "1")),
        Some(Kind::Place)
    );
    let kms = r#"{"source":"kms","ciphertext":"a","key":"k"}"#;
    assert_eq!(between(kms, &sops("a:", "1")), Some(Kind::Place));
}

#[test]
fn what_is_no_entry_differs() {
    for odd in ["1", "null", "[]", "{}"] {
        let now = r#"{"ciphertext":"a","arn":"p","version":3}"#;
        assert!(between(odd, now).is_some(), "{odd}");
    }
}

#[test]
fn a_sealed_variable_is_compared_with_the_secret_of_its_place() {
    let now = bundle(
        r#"{"DB":{"ciphertext":"a","arn":"p","version":2},"KEY":{"source":"kms","ciphertext":"k","key":"k"}}"#,
    );
    let told = |variable: &str, text: &str| {
        let found = in_variable(&"f".into(), variable, &entry(text), &now)?;
        Some((found.name, found.variable, found.kind))
    };
    let of =
        |name: &str, variable: &str, kind| Some((name.to_owned(), Some(variable.to_owned()), kind));
    assert_eq!(
        told("X", r#"{"ciphertext":"a","arn":"p","version":2}"#),
        None
    );
    assert_eq!(
        told("X", r#"{"ciphertext":"b","arn":"p","version":1}"#),
        of("DB", "X", Kind::Version)
    );
    assert_eq!(
        told("X", r#"{"ciphertext":"b","arn":"q","version":1}"#),
        of("X", "X", Kind::Gone)
    );
    // A ciphertext of the config has no place: its name counts.
    let anew = r#"{"source":"kms","ciphertext":"l","key":"k"}"#;
    assert_eq!(told("KEY", anew), of("KEY", "KEY", Kind::Sealed));
    assert_eq!(told("OTHER", anew), of("OTHER", "OTHER", Kind::Gone));
}
