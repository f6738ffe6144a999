use super::*;

fn context(arn: &str) -> Context {
    Context::from([("PARAMETER_ARN".to_owned(), arn.to_owned())])
}

#[test]
fn what_it_has_sealed_opens_under_the_same_context_only() {
    let key = ProcessKey::new().unwrap();
    let blob = key.seal(&context("a"), b"secret").unwrap();
    assert_eq!(**key.open(&context("a"), &blob).unwrap(), *b"secret");
    assert!(key.open(&context("b"), &blob).is_none());
    assert!(key.open(&Context::new(), &blob).is_none());
    let other_name = Context::from([("parameter_arn".to_owned(), "a".to_owned())]);
    assert!(key.open(&other_name, &blob).is_none());
}

#[test]
fn another_process_has_another_key() {
    let blob = ProcessKey::new().unwrap().seal(&context("a"), b"secret");
    let other = ProcessKey::new().unwrap();
    assert!(other.open(&context("a"), &blob.unwrap()).is_none());
}

#[test]
fn a_changed_or_shortened_blob_does_not_open() {
    let key = ProcessKey::new().unwrap();
    let blob = key.seal(&context("a"), b"secret").unwrap();
    for length in 0..blob.len() {
        assert!(
            key.open(&context("a"), &blob[..length]).is_none(),
            "{length}"
        );
        let mut changed = blob.clone();
        changed[length] ^= 1;
        assert!(key.open(&context("a"), &changed).is_none(), "{length}");
    }
}

#[test]
fn every_opener_takes_a_blob_for_one_of_kms() {
    let key = ProcessKey::new().unwrap();
    let blob = key.seal(&Context::new(), b"").unwrap();
    assert!(blob.starts_with(&[1, 2]));
    assert_ne!(
        blob,
        key.seal(&Context::new(), b"").unwrap(),
        "an IV of its own"
    );
    assert_eq!(**key.open(&Context::new(), &blob).unwrap(), *b"");
}
