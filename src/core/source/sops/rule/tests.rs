use serde_json::json;

use super::*;

#[track_caller]
fn allows(sops: &Value, yes: &[&str], no: &[&str]) {
    let rule = Rule::of(sops.as_object().unwrap()).unwrap();
    for aad in yes {
        assert!(rule.allows_plaintext()(aad), "{sops}: {aad}");
    }
    for aad in no {
        assert!(!rule.allows_plaintext()(aad), "{sops}: {aad}");
    }
}

#[test]
fn each_rule_holds_for_all_below_a_key() {
    allows(
        &json!({}),
        &["a_unencrypted:", "a_unencrypted:b:"],
        &["a:", "unencrypted_a:"],
    );
    allows(
        &json!({"unencrypted_suffix": "_p"}),
        &["a:b_p:"],
        &["a_unencrypted:"],
    );
    allows(
        &json!({"encrypted_suffix": "_s"}),
        &["a:b:"],
        &["a_s:b:", "a:b_s:"],
    );
    allows(
        &json!({"unencrypted_regex": "^(host|port)$"}),
        &["host:", "db:port:"],
        &["hosts:"],
    );
    allows(
        &json!({"encrypted_regex": "^data$"}),
        &["kind:", "metadata:"],
        &["data:a:"],
    );
}

#[test]
fn what_cannot_be_told_is_no_surprise() {
    allows(&json!({"encrypted_regex": "(?P<"}), &["a:"], &[]);
    let huge = "((a{1,99}){1,99}){1,99}b";
    allows(&json!({ "encrypted_regex": huge }), &["a:", "b:"], &[]);
    allows(&json!({"unencrypted_comment_regex": "x"}), &["a:"], &[]);
}
