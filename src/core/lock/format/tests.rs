use serde_json::json;

use super::*;

const FILE: &str = "secret-baker.lock.json";

fn lock() -> Lock {
    let line = |version: Option<&str>| Line {
        config: "0a".repeat(32),
        version: version.map(str::to_owned),
        entry: json!({"arn": "a", "ciphertext": "c"})
            .as_object()
            .cloned()
            .unwrap(),
    };
    Lock {
        region: Some("eu-central-1".into()),
        account: Some("123456789012".into()),
        is_emulator: false,
        lines: [
            ("B\n\"".to_owned(), line(None)),
            ("A".to_owned(), line(Some("3"))),
        ]
        .into(),
    }
}

#[track_caller]
fn refuses(text: &str) -> String {
    Lock::read(text.as_bytes(), FILE).unwrap_err().to_string()
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    for lock in [lock(), Lock::default()] {
        assert_eq!(Lock::read(&lock.bytes(), FILE), Ok(lock));
    }
}

#[test]
fn each_secret_has_a_line_of_its_own_by_its_name() {
    let text = String::from_utf8(lock().bytes()).unwrap();
    let config = "0a".repeat(32);
    let expected = format!(
        r#"{{
  "version": 1,
  "region": "eu-central-1",
  "account": "123456789012",
  "secrets": {{
    "A": {{"config":"{config}","version":"3","entry":{{"arn":"a","ciphertext":"c"}}}},
    "B\n\"": {{"config":"{config}","version":null,"entry":{{"arn":"a","ciphertext":"c"}}}}
  }}
}}
"#
    );
    assert_eq!(text, expected);
}

#[test]
fn what_is_no_lock_is_refused() {
    for (text, why) in [
        ("", "is damaged: it is empty"),
        (
            "\u{feff}{\"version\": 1, \"secrets\": {}}",
            "a byte order mark begins it",
        ),
        ("[]", "its `version` is not 1"),
        (
            r#"{"version": "1", "secrets": {}}"#,
            "its `version` is not 1",
        ),
        (r#"{"version": 0, "secrets": {}}"#, "its `version` is not 1"),
        (r#"{"version": 9, "odd": 1}"#, "has the format 9"),
        (r#"{"version": 1}"#, "no object `secrets`"),
        (r#"{"version": 1, "secrets": []}"#, "no object `secrets`"),
        (
            r#"{"version": 1, "secrets": {}, "odd": 1}"#,
            "its key `odd`",
        ),
        (
            r#"{"version": 1, "secrets": {}, "region": "here"}"#,
            "its `region`",
        ),
        (
            r#"{"version": 1, "secrets": {}, "account": "1"}"#,
            "its `account`",
        ),
        (
            r#"{"version": 1, "secrets": {}, "emulator": 1}"#,
            "its `emulator`",
        ),
        (r#"{"version": 1, "secrets": {"A": 1}}"#, "`A` is no object"),
        (
            r#"{"version": 1, "secrets": {"A": {}}}"#,
            "`A` has not a digest",
        ),
        (
            r#"{"version": 1, "secrets": {"A": {}, "A": {}}}"#,
            "a name stands twice in one object",
        ),
    ] {
        let said = refuses(text);
        assert!(said.starts_with(FILE) && said.contains(why), "{said}");
    }
}

#[test]
fn a_line_has_its_three_keys_and_no_others() {
    let config = "0a".repeat(32);
    for line in [
        json!({"config": "0a", "version": "1", "entry": {}}),
        json!({"config": "0A".repeat(32), "version": "1", "entry": {}}),
        json!({"config": config, "version": 1, "entry": {}}),
        json!({"config": config, "version": "1", "entry": "x"}),
        json!({"config": config, "version": "1", "entry": {}, "odd": 1}),
    ] {
        let text = json!({"version": 1, "secrets": {"A": line}}).to_string();
        assert!(refuses(&text).contains("`A` has"), "{text}");
    }
}

#[test]
fn the_conflicts_of_a_merge_are_told_by_their_line() {
    let text = "{\n  \"version\": 1,\n<<<<<<< HEAD\n=======\n>>>>>>> other\n}";
    assert!(refuses(text).ends_with("has conflicts of a merge, the first on line 3"));
}
