use serde_json::json;

use super::*;

const ENTRY: &str = r#"{"ciphertext":"AQIC","arn":"arn:aws:ssm:r:1:parameter/p","version":3}"#;

fn entry() -> Map<String, Value> {
    serde_json::from_str(ENTRY).unwrap()
}

fn bundle(names: &[&str]) -> Bundle {
    Bundle::of(names.iter().map(|name| ((*name).to_owned(), entry()))).unwrap()
}

fn text(bundle: &Bundle) -> &str {
    std::str::from_utf8(bundle.bytes()).unwrap()
}

fn is_ours(bundle: &Value) -> bool {
    Bundle::read(bundle.to_string().as_bytes())
        .unwrap()
        .is_ours()
}

#[test]
fn an_empty_config_is_an_empty_object() {
    assert_eq!(text(&bundle(&[])), "{}");
    assert!(bundle(&[]).is_empty());
}

#[test]
fn entries_keep_the_order_of_the_config() {
    assert_eq!(
        text(&bundle(&["Z", "10", "__proto__", "2"])),
        format!(r#"{{"Z":{ENTRY},"10":{ENTRY},"__proto__":{ENTRY},"2":{ENTRY}}}"#)
    );
}

#[test]
fn a_narrowed_bundle_keeps_order_and_bytes() {
    let names = [
        "Z",
        "10",
        "__proto__",
        "a\"\\\n\u{1F511}",
        "\u{7f}\u{2028}/",
    ];
    let whole = bundle(&names);
    let read = Bundle::read(whole.bytes()).unwrap();
    assert_eq!(read.narrowed(None), whole);
    let all = names.map(str::to_owned);
    assert_eq!(read.narrowed(Some(&all)), whole);
    let only = ["__proto__".to_owned(), "Z".to_owned()];
    assert_eq!(read.narrowed(Some(&only)), bundle(&["Z", "__proto__"]));
    assert_eq!(text(&read.narrowed(Some(&[]))), "{}");
}

#[test]
fn names_are_escaped_as_json() {
    let bundle = bundle(&["a\"\\\n\u{1F511}"]);
    let read: Value = serde_json::from_slice(bundle.bytes()).unwrap();
    assert_eq!(read["a\"\\\n\u{1F511}"]["version"], 3);
}

#[test]
fn what_is_read_keeps_its_very_bytes() {
    let read = Bundle::read(b"{ \"A\": {} }\n").unwrap();
    assert_eq!(text(&read), "{ \"A\": {} }\n");
    assert_ne!(read, Bundle::read(b"{\"A\":{}}").unwrap());
    for other in [&b""[..], b"[]", b"\xff", b"{", b"{}{}"] {
        assert_eq!(Bundle::read(other).unwrap_err(), NotABundle);
    }
}

#[test]
fn one_byte_more_than_what_opens_it_takes_is_refused() {
    let of = |length: usize| {
        let entry = Map::from_iter([("a".to_owned(), Value::String("x".repeat(length)))]);
        Bundle::of([("A".to_owned(), entry)])
    };
    let around = of(0).unwrap().bytes().len();
    assert_eq!(of(LONGEST - around).unwrap().bytes().len(), LONGEST);
    let refused = of(LONGEST - around + 1).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the bundle has 16777217 bytes, and whatever opens it takes at most 16777216"
    );
    assert_eq!(refused.code().as_str(), "SECRET_BAKER_CONFIG_INVALID");
}

#[test]
fn is_ours_entry_by_entry_whichever_its_source() {
    let (ssm, other) = (
        json!({"ciphertext": "AQIC", "arn": "a"}),
        json!({"source": "kms", "ciphertext": "AQIC"}),
    );
    for ours in [
        json!({}),
        json!({"A": ssm}),
        json!({"A": other}),
        json!({"A": ssm, "B": other}),
    ] {
        assert!(is_ours(&ours), "{ours}");
    }
    for foreign in [
        json!({"A": 1}),
        json!({"A": {"arn": "a"}}),
        json!({"A": {"ciphertext": "AQIC"}}),
        json!({"A": ssm, "B": other, "C": {}}),
        json!({"A": {"source": 1}}),
    ] {
        assert!(!is_ours(&foreign), "{foreign}");
    }
}
