use super::*;
use crate::config::Text;

fn sealed(name: &str) -> Sealed {
    Sealed {
        name: Text::public(name),
        from: "/p".into(),
        found: "arn:aws:ssm:r:1:parameter/p".into(),
        version: Some("3".into()),
        entry: Map::from_iter([
            ("ciphertext".to_owned(), "AQIC".into()),
            ("arn".to_owned(), "arn:aws:ssm:r:1:parameter/p".into()),
            ("version".to_owned(), 3.into()),
        ]),
    }
}

#[test]
fn an_empty_config_is_an_empty_object() {
    assert_eq!(write(&[]).unwrap(), b"{}");
}

#[test]
fn entries_keep_the_order_of_the_config() {
    let bytes = write(&[sealed("Z"), sealed("10"), sealed("__proto__"), sealed("2")]).unwrap();
    let entry = r#"{"ciphertext":"AQIC","arn":"arn:aws:ssm:r:1:parameter/p","version":3}"#;
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        format!(r#"{{"Z":{entry},"10":{entry},"__proto__":{entry},"2":{entry}}}"#)
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
    let whole = write(&names.map(sealed)).unwrap();
    let read = Names::read(&whole).unwrap();
    assert_eq!(read.narrowed(None).unwrap(), whole);
    let only = ["__proto__".to_owned(), "Z".to_owned()];
    let expected = write(&[sealed("Z"), sealed("__proto__")]).unwrap();
    assert_eq!(read.narrowed(Some(&only)).unwrap(), expected);
    assert_eq!(read.narrowed(Some(&[])).unwrap(), b"{}");
}

#[test]
fn names_are_escaped_as_json() {
    let bytes = write(&[sealed("a\"\\\n\u{1F511}")]).unwrap();
    let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(read["a\"\\\n\u{1F511}"]["version"], 3);
}
