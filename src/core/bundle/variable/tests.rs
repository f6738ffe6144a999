use serde_json::{Map, Value};

use super::*;
use crate::failure::caller::tests::of_the_plugin;

const ENTRY: &str = r#"{"ciphertext":"AQIC","arn":"arn:aws:ssm:r:1:parameter/p","version":3}"#;

fn bundle(names: &[&str]) -> Bundle {
    let entry: Map<String, Value> = serde_json::from_str(ENTRY).unwrap();
    Bundle::of(names.iter().map(|name| ((*name).to_owned(), entry.clone()))).unwrap()
}

#[track_caller]
fn refused(names: &[&str], name: &str) -> (String, String) {
    let why = bundle(names).variable(name).unwrap_err();
    assert_eq!(why.code(), Code::ConfigInvalid);
    (why.to_string(), why.hint(&of_the_plugin()).unwrap())
}

#[test]
fn is_the_entry_with_the_same_bytes_behind_a_mark() {
    let bundle = bundle(&["A", "a/b:3"]);
    let text = bundle.variable("a/b:3").unwrap();
    assert_eq!(text, format!("secret-baker:{ENTRY}"));
    let bytes = std::str::from_utf8(bundle.bytes()).unwrap();
    assert!(bytes.contains(text.strip_prefix("secret-baker:").unwrap()));
}

#[test]
fn names_what_there_is_and_begins_with_what_may_be_meant() {
    let (text, hint) = refused(&["API_KEY", "DB_PASSWORD", "DB_PASS"], "DB_PASWORD");
    assert_eq!(
        text,
        "there is no secret `DB_PASWORD`, did you mean `DB_PASSWORD`?"
    );
    assert_eq!(hint, "custom.secretBaker has DB_PASSWORD, DB_PASS, API_KEY");
}

#[test]
fn names_no_more_than_ten() {
    let names: Vec<String> = (10..25).map(|number| format!("SECRET_{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_, hint) = refused(&names, "SECRET_10x");
    assert!(
        hint.starts_with("custom.secretBaker has SECRET_10, "),
        "{hint}"
    );
    assert!(hint.ends_with(" and 5 others"), "{hint}");
    assert_eq!(hint.matches("SECRET_").count(), 10);
}

#[test]
fn says_so_where_there_are_none() {
    let (text, hint) = refused(&[], "/app/db");
    assert_eq!(text, "there is no secret `/app/db`");
    assert_eq!(hint, "custom.secretBaker is empty: add it there");
}

#[test]
fn does_not_repeat_what_is_no_name() {
    let (text, _) = refused(&["A"], "hunter2 & more");
    assert_eq!(
        text,
        "there is no secret of that name, which is a text of 14 characters"
    );
}
