use serde_json::json;

use super::*;

#[track_caller]
fn of(sops: &Value) -> Result<Metadata, &'static str> {
    Metadata::of(sops.as_object().unwrap()).map_err(|malformed| malformed.key)
}

#[test]
fn all_that_opens_a_file_is_read() {
    let metadata = of(&json!({
        "kms": [{"arn": "a", "enc": "b", "context": {"x": "y"}, "role": "r", "aws_profile": "p", "created_at": "now"}, {"arn": "c", "enc": "d", "context": null}],
        "age": [{"recipient": "age1", "enc": "armor"}],
        "pgp": [{"fp": "1"}, {"fp": "2"}],
        "gcp_kms": null, "azure_kv": [], "hc_vault": [{}],
        "mac": "m", "version": "3.13.0",
    }));
    let metadata = metadata.unwrap();
    let keys: Vec<_> = metadata
        .kms
        .iter()
        .map(|key| {
            (
                key.arn.as_str(),
                key.enc.as_str(),
                key.role.as_str(),
                key.context.len(),
            )
        })
        .collect();
    assert_eq!(keys, [("a", "b", "r", 1), ("c", "d", "", 0)]);
    assert_eq!(
        metadata.age,
        [AgeKey {
            recipient: "age1".into(),
            enc: "armor".into()
        }]
    );
    assert_eq!(metadata.others, ["pgp", "hc_vault"]);
    assert!(!metadata.needs_several());
}

#[test]
fn a_single_group_is_as_good_as_none() {
    let group =
        json!({"kms": [{"arn": "a", "enc": "b"}], "age": [{"recipient": "age1", "enc": "c"}]});
    let one = of(&json!({"key_groups": [group]})).unwrap();
    assert_eq!(
        (one.kms.len(), one.age.len(), one.needs_several()),
        (1, 1, false)
    );
    let one = of(&json!({"key_groups": [group], "shamir_threshold": 1})).unwrap();
    assert!(!one.needs_several());
    assert!(
        of(&json!({"key_groups": [group, group]}))
            .unwrap()
            .needs_several()
    );
    assert!(of(&json!({"shamir_threshold": 2})).unwrap().needs_several());
    assert!(
        of(&json!({"shamir_threshold": "2"}))
            .unwrap()
            .needs_several()
    );
}

#[test]
fn what_has_another_type_is_named() {
    for (sops, key) in [
        (json!({"kms": "a"}), "kms"),
        (json!({"kms": ["a"]}), "kms"),
        (json!({"kms": [{"arn": 1}]}), "arn"),
        (json!({"kms": [{"enc": []}]}), "enc"),
        (json!({"kms": [{"context": "a"}]}), "context"),
        (json!({"kms": [{"context": {"a": 1}}]}), "context"),
        (json!({"kms": [{"context": {"a": null}}]}), "context"),
        (json!({"age": [{"recipient": {}}]}), "recipient"),
        (json!({"pgp": {}}), "pgp"),
        (json!({"key_groups": [1]}), "key_groups"),
        (json!({"key_groups": [{"kms": 1}]}), "kms"),
        (json!({"shamir_threshold": -1}), "shamir_threshold"),
        (json!({"shamir_threshold": "two"}), "shamir_threshold"),
        (json!({"unencrypted_regex": 1}), "unencrypted_regex"),
    ] {
        assert_eq!(of(&sops), Err(key), "{sops}");
    }
}
