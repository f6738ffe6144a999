use serde_json::json;

use super::*;

/// The metadata of a text, and its values by their paths.
fn walked(text: &str) -> Result<(Option<Value>, Vec<String>), (Fault, u64)> {
    let mut told = Vec::new();
    let walked = walk(text, &mut |path, scalar| match scalar {
        Scalar::Text(text) => told.push(format!("{} {} {text:?}", path.joined(), path.aad())),
        Scalar::Other(_) | Scalar::Null => told.push("no text".into()),
    });
    walked
        .map(|metadata| (metadata, told))
        .map_err(|unread| (unread.fault, unread.line))
}

#[test]
fn each_line_is_a_value() {
    let (metadata, values) = walked("A=x=y\n#ENC[AES256_GCM]\n\nB=\r\na.b=1\\n2\n").unwrap();
    assert_eq!(metadata, None);
    assert_eq!(values, ["A A: \"x=y\"", "B B: \"\"", "a.b a.b: \"1\\n2\""]);
}

#[test]
fn metadata_get_their_shape_back() {
    let text = "sops_kms__list_0__map_arn=a\nsops_kms__list_0__map_context__map_App=x\nsops_kms__list_1__map_arn=b\nsops_age__list_0__map_enc=-----BEGIN\\nx\\n\nsops_shamir_threshold=2\nsops_mac=m\n";
    let (metadata, values) = walked(text).unwrap();
    assert!(values.is_empty());
    assert_eq!(
        metadata,
        Some(json!({
            "kms": [{"arn": "a", "context": {"App": "x"}}, {"arn": "b"}],
            "age": [{"enc": "-----BEGIN\nx\n"}],
            "shamir_threshold": "2", "mac": "m",
        }))
    );
}

#[test]
fn what_is_no_line_is_told_by_its_number() {
    assert_eq!(walked("A=x\nhunter2\n"), Err((Fault::Syntax, 2)));
    assert_eq!(walked("A=x\n  \n"), Err((Fault::Syntax, 2)));
    assert_eq!(walked("A=x\nB=y\nA=z\n"), Err((Fault::Doubled, 3)));
    assert_eq!(
        walked(&format!("{}=x\n", "A".repeat(1024))),
        Err((Fault::Long, 1))
    );
}

#[test]
fn metadata_of_no_shape_are_refused() {
    for text in [
        "sops_kms=a\nsops_kms__list_0=b",
        "sops_kms__list_0=b\nsops_kms__map_a=c",
        "sops_kms__list_x=a",
        "sops_kms__list_-1=a",
        "sops_kms__list_100=a",
        &format!("sops_a{}=x", "__map_a".repeat(100_000)),
    ] {
        let (fault, _) = walked(text).unwrap_err();
        assert_eq!(fault, Fault::Metadata);
    }
}
