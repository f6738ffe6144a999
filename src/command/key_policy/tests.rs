use serde_json::json;

use super::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/team/api";
const ROOT: &str = "arn:aws:iam::123456789012:root";

fn allow(principal: &Value, action: &Value) -> Value {
    json!({ "Statement": [{ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*" }] })
}

#[test]
fn whom_a_policy_may_let_decrypt() {
    for principal in [
        json!("*"),
        json!({ "AWS": "*" }),
        json!({ "AWS": ROOT }),
        json!({ "AWS": "123456789012" }),
        json!({ "AWS": ["arn:aws:iam::123456789012:user/admin", ROLE] }),
        json!({ "AWS": "arn:aws:sts::123456789012:assumed-role/api/session" }),
    ] {
        let policy = allow(&principal, &json!("kms:*"));
        assert!(may_let(&policy, ROLE), "{principal}");
    }
    for principal in [
        json!({ "AWS": "arn:aws:iam::999999999999:root" }),
        json!({ "AWS": "arn:aws:iam::123456789012:role/api" }),
        // What a role was replaced by after it was deleted: the new one of its name is another.
        json!({ "AWS": "AROAEXAMPLEID00000000" }),
        json!({ "AWS": "arn:aws:sts::123456789012:assumed-role/apis/session" }),
        json!({ "Service": "lambda.amazonaws.com" }),
        json!({ "Service": "*" }),
    ] {
        let policy = allow(&principal, &json!("kms:*"));
        assert!(!may_let(&policy, ROLE), "{principal}");
    }
}

#[test]
fn only_what_lets_decrypt_counts() {
    let root = json!({ "AWS": ROOT });
    for (action, expected) in [
        (json!("kms:Decrypt"), true),
        (json!("KMS:decrypt"), true),
        (json!(["kms:Encrypt", "kms:De*"]), true),
        (json!("kms:D?crypt"), true),
        (json!("*"), true),
        (json!(["kms:Encrypt", "kms:Describe*"]), false),
        (json!("kms:Decryp"), false),
        (json!([]), false),
    ] {
        assert_eq!(may_let(&allow(&root, &action), ROLE), expected, "{action}");
    }
    let deny = json!({ "Statement": { "Effect": "Deny", "Principal": root, "Action": "kms:*" } });
    assert!(!may_let(&deny, ROLE));
    let but = |actions: &str| json!({ "Statement": { "Effect": "Allow", "NotPrincipal": { "AWS": "x" }, "NotAction": actions } });
    assert!(may_let(&but("kms:Encrypt"), ROLE));
    assert!(!may_let(&but("kms:*"), ROLE));
    assert!(!may_let(&json!({}), ROLE));
}
