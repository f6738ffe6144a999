use serde_json::json;

use super::*;
use crate::source::ssm::tests::read;

#[track_caller]
fn plans(config: &serde_json::Value, wanted: &[(Option<&str>, &[&str])]) {
    let references = read(config, None).unwrap();
    let plan = Plan::of(&references, "eu-west-1");
    let found: Vec<(Option<&str>, Vec<&str>)> = plan
        .calls
        .iter()
        .map(|call| {
            (
                call.region,
                call.parameters.iter().map(|p| p.asked()).collect(),
            )
        })
        .collect();
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(region, names)| (*region, names.to_vec()))
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn eleven_names_are_two_calls() {
    let names: Vec<_> = (0..11).map(|n| format!("/p{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    plans(&json!(names), &[(None, &names[..10]), (None, &names[10..])]);
}

#[test]
fn a_parameter_of_two_secrets_is_asked_for_once() {
    plans(
        &json!({"A": "/p", "B": "/p", "C": "/q"}),
        &[(None, &["/p", "/q"])],
    );
}

#[test]
fn two_versions_of_a_parameter_go_in_two_calls() {
    plans(
        &json!({"A": "/p:1", "B": "/p:2", "C": "/q"}),
        &[(None, &["/p:1"]), (None, &["/p:2", "/q"])],
    );
}

#[test]
fn an_arn_is_asked_in_its_own_region() {
    let home = "arn:aws:ssm:eu-west-1:123456789012:parameter/a";
    let away = "arn:aws:ssm:us-east-1:123456789012:parameter/b";
    plans(
        &json!({"A": home, "B": away, "C": "/c"}),
        &[(None, &[home, "/c"]), (Some("us-east-1"), &[away])],
    );
}

#[test]
fn a_prefix_is_walked_once() {
    let references = read(&json!(["/a/*", {"path": "/a/*"}, "/b/*"]), None).unwrap();
    let plan = Plan::of(&references, "eu-west-1");
    assert_eq!(
        plan.walks.iter().map(|p| p.path()).collect::<Vec<_>>(),
        ["/a", "/b"]
    );
    assert_eq!(plan.parameters(), 0);
}
