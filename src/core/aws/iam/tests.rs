use super::*;

fn element(name: &str, text: &str, children: Vec<Element>) -> Element {
    Element {
        name: name.into(),
        text: text.into(),
        children,
    }
}

fn text(name: &str, text: &str) -> Element {
    element(name, text, Vec::new())
}

/// One of a resource.
fn specific(resource: &str, decision: &str, more: Vec<Element>) -> Element {
    let own = vec![
        text("EvalResourceName", resource),
        text("EvalResourceDecision", decision),
    ];
    element("member", "", own.into_iter().chain(more).collect())
}

/// As IAM answers for one action, however many resources were named: the gravest decision stands beside them.
fn result(decision: &str, specific: Vec<Element>, more: Vec<Element>) -> Element {
    let own = vec![
        text("EvalResourceName", "one"),
        text("EvalDecision", decision),
        element("ResourceSpecificResults", "", specific),
    ];
    element("member", "", own.into_iter().chain(more).collect())
}

fn told(result: &Element) -> Option<Vec<(String, Decision)>> {
    let all = read(result)?.into_iter();
    Some(all.map(|one| (one.resource, one.decision)).collect())
}

#[test]
fn each_resource_has_a_decision_of_its_own() {
    let each = vec![
        specific("one", "allowed", Vec::new()),
        specific("two", "explicitDeny", Vec::new()),
        specific("three", "implicitDeny", Vec::new()),
    ];
    let expected = [
        ("one".to_owned(), Decision::Allowed),
        ("two".to_owned(), Decision::Denied),
        ("three".to_owned(), Decision::NotAllowed),
    ];
    let all = result("explicitDeny", each, Vec::new());
    assert_eq!(told(&all).unwrap(), expected);
    let alone = result("allowed", Vec::new(), Vec::new());
    assert_eq!(
        told(&alone).unwrap(),
        [("one".to_owned(), Decision::Allowed)]
    );
    let odd = vec![specific("one", "perhaps", Vec::new())];
    assert_eq!(told(&result("allowed", odd, Vec::new())), None);
}

#[test]
fn what_a_result_depends_on_is_told_beside_its_resource() {
    let key = text("member", "aws:SourceVpc");
    let missing = element("MissingContextValues", "", vec![key]);
    let each = vec![
        specific("one", "implicitDeny", vec![missing.clone()]),
        specific("two", "allowed", Vec::new()),
    ];
    let all = read(&result("implicitDeny", each, Vec::new())).unwrap();
    let missing_of: Vec<_> = all.into_iter().map(|one| one.missing).collect();
    assert_eq!(missing_of, [vec!["aws:SourceVpc".to_owned()], Vec::new()]);
    let alone = result("allowed", Vec::new(), vec![missing]);
    assert_eq!(read(&alone).unwrap()[0].missing, ["aws:SourceVpc"]);
}

#[test]
fn what_a_boundary_or_an_organisation_forbids_is_not_allowed() {
    let detail = |name: &str, key: &str, is: &str| element(name, "", vec![text(key, is)]);
    let boundary = |is| {
        detail(
            "PermissionsBoundaryDecisionDetail",
            "AllowedByPermissionsBoundary",
            is,
        )
    };
    let organisation = |is| detail("OrganizationsDecisionDetail", "AllowedByOrganizations", is);
    for (decision, by_boundary, by_organisation, expected) in [
        ("allowed", "true", "true", Decision::Allowed),
        ("implicitDeny", "true", "true", Decision::NotAllowed),
        ("allowed", "false", "true", Decision::Bounded),
        ("implicitDeny", "false", "true", Decision::Bounded),
        ("allowed", "true", "false", Decision::Organisation),
        ("explicitDeny", "false", "false", Decision::Denied),
    ] {
        let each = vec![specific("one", decision, vec![boundary(by_boundary)])];
        let whole = result(decision, each, vec![organisation(by_organisation)]);
        assert_eq!(told(&whole).unwrap()[0].1, expected);
    }
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
