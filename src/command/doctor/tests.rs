use serde_json::json;

use super::*;

fn state(findings: &[Finding], part: &str) -> Option<State> {
    let found = findings.iter().find(|finding| finding.part == part);
    found.map(|finding| finding.state)
}

#[test]
fn node_is_new_enough_from_20_on() {
    for (version, expected) in [
        ("v20.0.0", State::Fine),
        ("v24.1.0", State::Fine),
        ("v18.20.1", State::Wrong),
        ("nonsense", State::Wrong),
    ] {
        let findings = program(&json!({ "node": version }));
        assert_eq!(state(&findings, "node"), Some(expected), "{version}");
    }
    assert_eq!(state(&program(&json!({})), "node"), None);
}

#[test]
fn the_framework_is_new_enough_from_3_on() {
    for (version, expected) in [
        ("2.72.3", State::Wrong),
        ("3.40.0", State::Fine),
        ("4.4.1", State::Fine),
    ] {
        let findings = framework(&json!({ "framework": version, "plugins": [] }));
        assert_eq!(state(&findings, "framework"), Some(expected), "{version}");
    }
}

#[test]
fn the_plugin_stands_once_among_the_others() {
    let own = "serverless-secret-baker";
    for (plugins, expected) in [
        (json!(["serverless-offline", own]), State::Fine),
        (json!([own, own]), State::Wrong),
        (json!(["./copy"]), State::Odd),
    ] {
        let findings = framework(&json!({"framework": "3.40.0", "plugins": plugins}));
        assert_eq!(state(&findings, "plugins"), Some(expected));
    }
    assert!(framework(&json!({})).is_empty());
}

#[test]
fn a_clock_is_wrong_where_aws_refuses_what_it_signs() {
    let of = |ahead| {
        let address = "https://x".into();
        clock(&Reached { address, ahead }).map(|finding| finding.state)
    };
    assert_eq!(of(None), None);
    assert_eq!(of(Some(-3)), Some(State::Fine));
    assert_eq!(of(Some(61)), Some(State::Odd));
    assert_eq!(of(Some(-301)), Some(State::Wrong));
}
