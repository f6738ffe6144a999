use super::strict;

fn refused(json: impl AsRef<[u8]>) -> String {
    strict(json.as_ref()).unwrap_err().to_string()
}

fn nested(depth: usize) -> String {
    format!(
        "{{\"a\":{}{}}}",
        "[".repeat(depth - 1),
        "]".repeat(depth - 1)
    )
}

#[test]
fn a_name_twice_is_refused_however_it_is_written() {
    assert!(refused(r#"{"a":1,"a":1}"#).contains("twice"));
    assert!(refused(r#"{"a":1,"\u0061":1}"#).contains("twice"));
    assert!(refused(r#"{"x":[{"a":1,"b":{},"a":1}]}"#).contains("twice"));
    strict(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#).unwrap();
}

#[test]
fn a_hundred_lists_and_objects_are_within_each_other_and_no_more() {
    strict(nested(100).as_bytes()).unwrap();
    assert!(refused(nested(101)).contains("too deep"));
    assert!(refused("[".repeat(1_000_000)).contains("no object"));
    assert!(refused(format!("{{\"a\":{}", "[".repeat(1_000_000))).contains("too deep"));
}

#[test]
fn strings_are_whole_characters() {
    for lone in [
        r"\ud800",
        r"\udc00",
        r"\ud800\ud800",
        r"\udc00\ud800",
        r"\ud83dx",
    ] {
        refused(format!(r#"{{"a":"{lone}"}}"#));
        refused(format!(r#"{{"a":{{"{lone}":1}}}}"#));
    }
    strict(br#"{"a":"\ud83d\ude00"}"#).unwrap();
    refused(b"{\"a\":\"\xff\"}");
    // A surrogate in UTF-8.
    refused(b"{\"a\":\"\xed\xa0\x80\"}");
}

#[test]
fn numbers_are_doubles() {
    for number in [
        "1e309",
        "-1e309",
        &"9".repeat(310),
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "+1",
        ".5",
        "1.",
        "0x1",
    ] {
        refused(format!(r#"{{"a":{number}}}"#));
    }
    for number in ["1e308", "-0", "0e99999", "1e-99999", &"9".repeat(308)] {
        strict(format!(r#"{{"a":{number}}}"#).as_bytes()).unwrap();
    }
}

#[test]
fn it_is_one_object_and_nothing_else() {
    for other in [
        "",
        " ",
        "[]",
        "null",
        "true",
        "1",
        "\"a\"",
        "{}{}",
        "{} x",
        "{}//",
        "{\"a\":1,}",
        "\u{feff}\u{feff}{}",
        "'a'",
    ] {
        refused(other);
    }
    assert_eq!(strict("\u{feff}{ }\n".as_bytes()).unwrap(), b"{ }\n");
}

#[test]
fn nothing_of_the_text_is_in_the_error() {
    for json in [
        r#"["never-seen"]"#,
        r#""never-seen""#,
        r#"{"never-seen":1,"never-seen":1}"#,
        r#"{"a":"never-seen"#,
    ] {
        assert!(!refused(json).contains("never"), "{json}");
    }
}
