use serde_json::json;

use super::*;

fn simulated(decision: Decision, missing: &[&str]) -> Simulated {
    Simulated {
        resource: "arn".into(),
        decision,
        missing: missing.iter().map(|key| (*key).to_owned()).collect(),
    }
}

#[test]
fn a_refusal_that_depends_on_what_is_known_later_is_no_answer() {
    let decide = |missing: &[&str]| decided(&simulated(Decision::NotAllowed, missing));
    assert!(matches!(decide(&[]), Right::No(_)));
    // The function calls KMS itself, under the context of the secret and no other.
    assert!(matches!(
        decide(&["kms:ViaService", "kms:EncryptionContext:OTHER"]),
        Right::No(_)
    ));
    let Right::Unknown(SIMULATE, said) = decide(&["kms:ViaService", "aws:SourceVpc"]) else {
        panic!("it was decided")
    };
    assert_eq!(
        said,
        "it depends on aws:SourceVpc, which is known at run time only"
    );
    assert_eq!(
        decided(&simulated(Decision::Allowed, &["aws:SourceVpc"])),
        Right::Yes
    );
}

#[test]
fn a_session_is_of_its_role_and_account_only() {
    let me = "arn:aws:sts::123456789012:assumed-role/api/session";
    for (role, expected) in [
        ("arn:aws:iam::123456789012:role/api", true),
        ("arn:aws:iam::123456789012:role/team/api", true),
        ("arn:aws:iam::123456789012:role/apis", false),
        ("arn:aws:iam::999999999999:role/api", false),
        ("arn:aws-cn:iam::123456789012:role/api", false),
        ("arn:aws:iam::123456789012:user/api", false),
    ] {
        assert_eq!(is_session_of(me, role), expected, "{role}");
    }
    let user = "arn:aws:iam::123456789012:user/me";
    assert!(!is_session_of(user, "arn:aws:iam::123456789012:role/me"));
}

#[test]
fn the_context_is_told_key_by_key() {
    let call = Call {
        action: DECRYPT,
        resource: Ok("arn:aws:kms:eu-west-1:123456789012:key/1".into()),
        context: json!({ "PARAMETER_ARN": "p" }).as_object().unwrap().clone(),
        via: None,
        dry_run: None,
    };
    let texts = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
    let own = [
        texts("kms:EncryptionContext:PARAMETER_ARN", "p"),
        texts("kms:EncryptionContextKeys", "PARAMETER_ARN"),
    ];
    assert_eq!(ask("role", &call).unwrap().3, own);
    let unknown = Call {
        resource: Err("alias/x".into()),
        ..call
    };
    assert_eq!(ask("role", &unknown), None);
    assert!(
        matches!(no_arn(&unknown), Right::Unknown("kms:DescribeKey", said) if said.ends_with("alias/x"))
    );
}

#[test]
fn who_refuses_is_told_with_what_helps() {
    let call = Call {
        action: DECRYPT,
        resource: Ok("KEY".into()),
        context: serde_json::Map::new(),
        via: None,
        dry_run: None,
    };
    for (refused, says, helps) in [
        (
            Refused::Policies(Decision::NotAllowed),
            "no policy of the role allows",
            "allow kms:Decrypt on KEY to ROLE",
        ),
        (
            Refused::Policies(Decision::Denied),
            "one of its policies denies",
            "except this",
        ),
        (
            Refused::Policies(Decision::Bounded),
            "permissions boundary does not allow",
            "boundary",
        ),
        (
            Refused::Policies(Decision::Organisation),
            "organisation does not allow",
            "organisation",
        ),
        (
            Refused::KeyPolicy,
            "the policy of KEY lets neither",
            "add to the key's policy",
        ),
        (
            Refused::Permission("AccessDeniedException: no".into()),
            "AccessDeniedException: no",
            "allow kms:Decrypt",
        ),
        (
            Refused::Anybody("InvalidCiphertextException: ".into()),
            "nobody can open it by KEY",
            "encryption context",
        ),
    ] {
        assert!(refused.said("ROLE", &call).contains(says), "{refused:?}");
        assert!(refused.remedy("ROLE", &call).contains(helps), "{refused:?}");
    }
}
