use serde_json::json;

use super::*;

#[track_caller]
fn origin(written: &str, text: &str) -> &'static str {
    let value = json!(written);
    match Written::from(Some(&value)).origin(text) {
        Origin::Literal => "literal",
        Origin::Unknown => "unknown",
        Origin::Built { secret: false, .. } => "built",
        Origin::Built { secret: true, .. } => "built of a secret",
        Origin::Whole { secret: false, .. } => "whole",
        Origin::Whole { secret: true, .. } => "a secret",
    }
}

#[test]
fn each_text_knows_where_it_came_from() {
    for (written, text, wanted) in [
        ("/a", "/a", "literal"),
        ("/a", "/b", "unknown"),
        ("/${sls:stage}/db", "/dev/db", "literal"),
        ("${self:custom.path}", "/dev/db", "literal"),
        ("/a/${env:X}", "/a/b", "built"),
        ("${sls:stage}${env:X}", "devb", "built"),
        ("/a/${ssm:/x}", "/a/b", "built of a secret"),
        ("${env:X}", "b", "whole"),
        ("${env:X}${env:Y}", "bc", "whole"),
        (" ${env:X}-${env:Y}.", "b-c.", "whole"),
        ("/${env:X}", "/b", "whole"),
        ("/${ssm:/x}", "/hunter2", "a secret"),
        ("${env:X, 'db'}", "db", "literal"),
        ("${env:X, 'db'}", "dbx", "whole"),
        ("${ssm:/x, 'db'}", "db", "a secret"),
        ("${ssm:/x}", "hunter2", "a secret"),
        ("${env:X, ssm:/x}", "hunter2", "a secret"),
    ] {
        assert_eq!(origin(written, text), wanted, "{written}");
    }
}

#[test]
fn what_stands_below_a_variable_came_out_of_it() {
    let written = json!({"A": "${param:all}", "B": ["x"], "C": "${self:custom.all}"});
    let root = Written::from(Some(&written));
    let whole = Origin::Whole {
        written: "${param:all}",
        secret: false,
    };
    assert_eq!(root.key("A").item(3).key("path").origin("x"), whole);
    assert!(!root.key("A").is_public_key("x"));
    assert_eq!(root.key("C").key("path").origin("x"), Origin::Literal);
    assert!(root.key("C").is_public_key("x"));
    assert_eq!(root.key("B").item(0).origin("x"), Origin::Literal);
    for lost in [
        root.key("B").item(1),
        root.key("B").key("0"),
        root.key("D"),
        root.item(0),
    ] {
        assert_eq!(lost.origin("x"), Origin::Unknown);
    }
}
