use super::*;

#[test]
fn what_is_json_is_read_as_it_is() {
    let text = r#"{"a":[1,-2,1.5,true,null,"x\u00e9"],"b":{"c":{}}}"#;
    let value = parse(text.as_bytes()).unwrap();
    assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
}

#[test]
fn what_two_readers_might_read_differently_is_refused() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"[{"x":{"a":1,"\u0061":2}}]"#,
        r#""\ud800""#,
        "NaN",
        "{} {}",
        "",
        &deep,
    ] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}
