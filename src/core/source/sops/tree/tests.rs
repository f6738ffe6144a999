//! What YAML and JSON are walked as, and where the walk ends.

use std::fmt::Write as _;

use serde_json::json;

use super::*;
use crate::source::sops::format::Format;

/// The paths of a text's values with what stands there.
fn walked(format: Format, text: &str) -> Result<Vec<String>, (Fault, u64)> {
    let mut told = Vec::new();
    let walked = format.walk(text, &mut |path, scalar| {
        let value = match scalar {
            Scalar::Text(text) => format!("{text:?}"),
            Scalar::Other(other) => other.to_string(),
            Scalar::Null => "null".into(),
        };
        told.push(format!("{} {} {value}", path.joined(), path.aad()));
    });
    walked
        .map(|_| told)
        .map_err(|unread| (unread.fault, unread.line))
}

#[track_caller]
fn walks(text: &str, wanted: &[&str]) {
    assert_eq!(walked(Format::Yaml, text).unwrap(), wanted);
}

#[track_caller]
fn fails(format: Format, text: &str, fault: Fault, line: u64) {
    assert_eq!(walked(format, text), Err((fault, line)), "{text}");
}

#[test]
fn values_are_told_in_their_order() {
    let wanted = [
        "b b: \"x\"",
        "a.0.c a:c: 1",
        "a.1 a: null",
        "a.2 a: true",
        "a.3 a: 1.5",
    ];
    walks("b: x\na:\n  - c: 1\n  - null\n  - true\n  - 1.5\n", &wanted);
    let json = r#"{"b":"x","a":[{"c":1},null,true,1.5]}"#;
    assert_eq!(walked(Format::Json, json).unwrap(), wanted);
}

#[test]
fn yaml_is_read_as_those_read_it_who_write_files_of_sops() {
    walks(
        "a: yes\nb: ~\nc: \nd: \"1\"\ne: 'x'\n",
        &[
            "a a: \"yes\"",
            "b b: null",
            "c c: null",
            "d d: \"1\"",
            "e e: \"x\"",
        ],
    );
    walks(
        "a: |\n  x\n  y\nb: >-\n  x\n  y\n",
        &["a a: \"x\\ny\\n\"", "b b: \"x y\""],
    );
    walks(
        "#ENC[AES256_GCM,data:x]\n---\na: x # y\n...\n",
        &["a a: \"x\""],
    );
    walks("a: &x\n  b: 1\nc: *x\n", &["a.b a:b: 1", "c.b c:b: 1"]);
    walks(
        "a: &x\n  b: 1\nc:\n  <<: *x\n",
        &["a.b a:b: 1", "c.<<.b c:<<:b: 1"],
    );
    walks(
        "ENC[x]: ENC[AES256_GCM,data:x,iv:y]\n",
        &["ENC[x] ENC[x]: \"ENC[AES256_GCM,data:x,iv:y]\""],
    );
}

#[test]
fn a_comment_in_a_list_is_no_item_of_it() {
    let comment = "ENC[AES256_GCM,data:x,type:comment]";
    walks(
        &format!("a:\n- {comment}\n- b\n- {comment}\n- {comment}\n- - {comment}\n- c\n"),
        &["a.0 a: \"b\"", "a.2 a: \"c\""],
    );
    walks(&format!("a: {comment}\n"), &[&format!("a a: {comment:?}")]);
}

#[test]
fn metadata_are_those_of_the_outermost_map() {
    let mut none = |_: &Path, _: Scalar<'_>| ();
    for (format, text) in [
        (Format::Yaml, "a:\n  sops: 1\nsops:\n  b: [c]\n"),
        (Format::Json, r#"{"a":{"sops":1},"sops":{"b":["c"]}}"#),
    ] {
        assert_eq!(
            format.walk(text, &mut none).unwrap(),
            Some(json!({"b": ["c"]}))
        );
        let text = text
            .replace("\nsops", "\nSOPS")
            .replace(",\"sops", ",\"SOPS");
        assert_eq!(format.walk(&text, &mut none).unwrap(), None);
    }
}

#[test]
fn what_is_no_map_of_texts_is_told_by_its_line() {
    fails(Format::Yaml, "a: 1\nb: 2\na: 3\n", Fault::Doubled, 3);
    fails(Format::Json, "{\"a\":1,\n\"a\":2}", Fault::Doubled, 2);
    fails(
        Format::Json,
        "{\"sops\":{},\n\"sops\":{}}",
        Fault::Doubled,
        2,
    );
    for key in ["1", "true", "~", "1.5", "[a]", "{a: b}", "? {a: b}\n"] {
        let (fault, _) = walked(Format::Yaml, &format!("{key}: x\n")).unwrap_err();
        assert!(
            matches!(fault, Fault::Key | Fault::Syntax),
            "{key}: {fault:?}"
        );
    }
    fails(Format::Yaml, "1: x\n", Fault::Key, 1);
    for text in ["- a\n", "hunter2\n", "1\n", "", "# nothing\n", "null\n"] {
        let (fault, _) = walked(Format::Yaml, text).unwrap_err();
        assert_eq!(fault, Fault::NotAMap, "{text}");
    }
    for text in ["[]", "\"hunter2\"", "1", "null"] {
        fails(Format::Json, text, Fault::NotAMap, 1);
    }
    fails(Format::Yaml, "a: 1\n---\nb: 2\n", Fault::Documents, 3);
    fails(Format::Yaml, "a: \"\n", Fault::Syntax, 1);
    fails(Format::Yaml, "a: *x\n", Fault::Syntax, 1);
    fails(Format::Json, "{\"a\":1", Fault::Syntax, 1);
    fails(Format::Json, "{\"a\":1} x", Fault::Syntax, 1);
    fails(Format::Json, "{\"a\":NaN}", Fault::Syntax, 1);
}

#[test]
fn depth_has_an_end() {
    let of = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for format in [Format::Json, Format::Yaml] {
        assert_eq!(walked(format, &of(DEPTH)).unwrap().len(), 1);
        assert_eq!(
            walked(format, &of(DEPTH + 1)).unwrap_err().0,
            Fault::Deep,
            "{format:?}"
        );
        walked(format, &of(100_000)).unwrap_err();
        walked(format, &"[".repeat(100_000)).unwrap_err();
    }
    let mut block = String::new();
    for depth in 0..1000 {
        writeln!(block, "{}a:", " ".repeat(depth)).unwrap();
    }
    assert_eq!(walked(Format::Yaml, &block).unwrap_err().0, Fault::Deep);
}

#[test]
fn the_number_of_values_has_an_end() {
    let of = |values: usize| format!("a: [{}0]\n", "0,".repeat(values - 1));
    assert_eq!(walked(Format::Yaml, &of(1000)).unwrap().len(), 1000);
    assert_eq!(
        walked(Format::Yaml, &of(LEAVES + 1)).unwrap_err().0,
        Fault::Many
    );
    let json = format!("{{\"a\":[{}0]}}", "0,".repeat(LEAVES));
    assert_eq!(walked(Format::Json, &json).unwrap_err().0, Fault::Many);
}

#[test]
fn aliases_that_multiply_have_an_end() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 10].join(",");
        writeln!(bomb, "a{level}: &a{level} [{below}]").unwrap();
    }
    assert_eq!(walked(Format::Yaml, &bomb).unwrap_err().0, Fault::Many);
    let (fault, _) = walked(Format::Yaml, "a: &a\n  b: *a\n").unwrap_err();
    assert_eq!(fault, Fault::Syntax, "an anchor within itself");
}

#[test]
fn a_path_has_an_end() {
    let long = |length: usize| format!("{{\"{}\":1}}", "k".repeat(length));
    assert_eq!(
        walked(Format::Json, &long(path::LONGEST - 1))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        walked(Format::Json, &long(path::LONGEST)).unwrap_err().0,
        Fault::Long
    );
}
