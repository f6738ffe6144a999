use super::*;

const TAG: &str = "MDEyMzQ1Njc4OWFiY2RlZg==";

fn enc(data: &str, iv: &str, tag: &str, kind: &str) -> String {
    format!("ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:{kind}]")
}

#[track_caller]
fn is_damaged(text: &str, wanted: &str) {
    match Value::of(text) {
        Value::Damaged(damage) => assert_eq!(damage.to_string(), wanted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ciphertext_is_taken_apart() {
    for (kind, written) in Kind::ALL
        .into_iter()
        .zip(["str", "int", "float", "bool", "bytes", "time"])
    {
        let wanted = Encrypted {
            value: "c2VhbGVk".into(),
            iv: "aXY=".into(),
            tag: TAG.into(),
            kind,
        };
        assert_eq!(
            Value::of(&enc("c2VhbGVk", "aXY=", TAG, written)),
            Value::Encrypted(wanted)
        );
        assert_eq!(kind.as_str(), written);
    }
}

#[test]
fn what_is_not_encrypted_is_not_kept() {
    assert_eq!(Value::of(""), Value::Empty);
    for text in ["hunter2", "enc[", " ENC[AES256_GCM", "AQICAHhLbXM="] {
        assert_eq!(Value::of(text), Value::Plain, "{text}");
    }
}

#[test]
fn what_was_to_be_a_ciphertext_is_damaged() {
    let shape = "is not written as SOPS writes a ciphertext";
    let right = enc("c2VhbGVk", "aXY=", TAG, "str");
    for text in [
        "ENC[",
        "ENC[]",
        "ENC[AES256_GCM,data:c2VhbGVk]",
        &right[..right.len() - 1],
        &format!("{right} "),
        &right.replace("AES256_GCM", "AES128_GCM"),
        &right.replace("iv:", "IV:"),
    ] {
        is_damaged(text, shape);
    }
    is_damaged(
        &enc("c2VhbGVk\n", "aXY=", TAG, "str"),
        "has no right `data`",
    );
    is_damaged(&enc("", "aXY=", TAG, "str"), "has no right `data`");
    is_damaged(&enc("c2VhbGVk", "", TAG, "str"), "has no right `iv`");
    is_damaged(&enc("c2VhbGVk", "aXY", TAG, "str"), "has no right `iv`");
    is_damaged(
        &enc("c2VhbGVk", "aXY=", "aXY=", "str"),
        "has no right `tag`",
    );
    let kind = "has a type that is not one of str, int, float, bool, bytes and time";
    for unknown in ["comment", "", "Str", "str,x:y"] {
        is_damaged(&enc("c2VhbGVk", "aXY=", TAG, unknown), kind);
    }
}

#[test]
fn no_part_is_longer_than_an_opener_takes_it() {
    let of = |bytes: usize| STANDARD.encode(vec![7; bytes]);
    let is_encrypted = |text: &str| matches!(Value::of(text), Value::Encrypted(_));
    assert!(is_encrypted(&enc(&of(65_536), &of(128), TAG, "str")));
    is_damaged(
        &enc(&of(65_537), &of(12), TAG, "str"),
        "has 65537 bytes, and whatever opens it takes at most 65536",
    );
    is_damaged(&enc(&of(1), &of(129), TAG, "str"), "has no right `iv`");
    is_damaged(&enc(&of(1), &of(12), &of(17), "str"), "has no right `tag`");
}
