use super::*;

fn element(name: &str, text: &str, children: Vec<Element>) -> Element {
    Element {
        name: name.into(),
        text: text.into(),
        children,
    }
}

fn result(decision: &str) -> Element {
    let key = element("member", "aws:SourceVpc", Vec::new());
    let missing = element("MissingContextValues", "", vec![key]);
    let specific = element("member", "", vec![missing.clone()]);
    let children = vec![
        element("EvalResourceName", "arn", Vec::new()),
        element("EvalDecision", decision, Vec::new()),
        element("ResourceSpecificResults", "", vec![specific]),
        missing,
    ];
    element("member", "", children)
}

#[test]
fn a_result_tells_what_it_depends_on() {
    let simulated = |is_allowed| Simulated {
        resource: "arn".into(),
        is_allowed,
        missing: vec!["aws:SourceVpc".into()],
    };
    assert_eq!(read(&result("allowed")), Some(simulated(true)));
    assert_eq!(read(&result("explicitDeny")), Some(simulated(false)));
    assert_eq!(read(&result("implicitDeny")), Some(simulated(false)));
    assert_eq!(read(&result("perhaps")), None);
}

#[test]
fn a_context_key_of_several_values_is_a_list() {
    let context = vec![
        ("kms:EncryptionContext:A".to_owned(), vec!["b".to_owned()]),
        (
            "kms:EncryptionContextKeys".into(),
            vec!["A".into(), "B".into()],
        ),
    ];
    let all = parameters("role", "kms:Decrypt", &["key"], &context);
    let told: Vec<_> = all
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        told,
        [
            "PolicySourceArn=role",
            "ActionNames.member.1=kms:Decrypt",
            "ResourceArns.member.1=key",
            "ContextEntries.member.1.ContextKeyName=kms:EncryptionContext:A",
            "ContextEntries.member.1.ContextKeyType=string",
            "ContextEntries.member.1.ContextKeyValues.member.1=b",
            "ContextEntries.member.2.ContextKeyName=kms:EncryptionContextKeys",
            "ContextEntries.member.2.ContextKeyType=stringList",
            "ContextEntries.member.2.ContextKeyValues.member.1=A",
            "ContextEntries.member.2.ContextKeyValues.member.2=B",
        ]
    );
}
