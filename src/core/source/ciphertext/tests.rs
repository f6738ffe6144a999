use super::*;

#[track_caller]
fn is(bytes: &[u8], wanted: Option<Ciphertext>) {
    assert_eq!(Ciphertext::of(&STANDARD.encode(bytes)), wanted);
}

#[test]
fn known_headers() {
    is(&[1, 1, 9], Some(Ciphertext::Kms));
    is(&[1, 2, 2, 0, 0x78], Some(Ciphertext::Kms));
    is(&[0x0a, 0x20, 0], Some(Ciphertext::Kms));
    is(&[1, 0x80, 3], Some(Ciphertext::EncryptionSdk));
    is(&[2, 5, 0x78], Some(Ciphertext::EncryptionSdk));
    is(&[2, 4, 0x78], Some(Ciphertext::EncryptionSdk));
}

#[test]
fn the_official_encryption_sdk_vectors_are_known() {
    let vectors = include_str!("../../../../__test__/vectors/encryption-sdk.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let mut seen = 0;
    visit(&vectors, &mut |text| {
        if let Some(Ciphertext::EncryptionSdk) = Ciphertext::of(text) {
            seen += 1;
        }
    });
    assert!(
        seen >= 7,
        "{seen} messages in the vectors, seven suites expected"
    );
}

fn visit(value: &serde_json::Value, found: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => found(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| visit(item, found)),
        serde_json::Value::Object(map) => map.values().for_each(|item| visit(item, found)),
        _ => {}
    }
}

#[test]
fn all_else_is_refused() {
    is(b"my password", None);
    is(&[1], None);
    is(&[], None);
    assert_eq!(Ciphertext::of("kms:alias/aws/ssm:plaintext"), None);
    assert_eq!(Ciphertext::of("AQICAHh=="), None, "broken padding");
}
