use super::*;

fn at(way: &'static [&'static str]) -> impl Fn(&[Step]) -> bool {
    move |steps| {
        let names: Vec<String> = steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Item(index) => index.to_string(),
            })
            .collect();
        names == way
    }
}

#[track_caller]
fn replaced(text: &str, way: &'static [&'static str], value: &str) -> String {
    match replace(text, at(way), value) {
        Ok(after) => after.to_string(),
        Err(why) => panic!("{why}"),
    }
}

#[track_caller]
fn refused(text: &str, way: &'static [&'static str]) -> String {
    match replace(text, at(way), "new") {
        Ok(after) => panic!("{}", *after),
        Err(why) => why.to_string(),
    }
}

#[test]
fn one_value_is_replaced_and_every_other_byte_stays() {
    let text =
        "# first\nsecrets:   # all\n  DB:  old   # of the database\n  OTHER: 'x'\n\nlast: 1\n";
    assert_eq!(
        replaced(text, &["secrets", "DB"], "new"),
        text.replace("old", "new")
    );
    assert_eq!(
        replaced(text, &["secrets", "OTHER"], "it's"),
        text.replace("'x'", "'it''s'")
    );
}

#[test]
fn items_of_lists_are_counted_whatever_they_are() {
    let text = "s:\n- a\n- {name: N, kms: old}\n- - x\n  - y\n- name: M\n  kms: \"older\"\n";
    assert_eq!(
        replaced(text, &["s", "1", "kms"], "new"),
        text.replace("old}", "new}")
    );
    assert_eq!(
        replaced(text, &["s", "2", "1"], "z"),
        text.replace("- y", "- z")
    );
    assert_eq!(
        replaced(text, &["s", "3", "kms"], "new"),
        text.replace("older", "new")
    );
}

#[test]
fn a_value_that_needs_quotes_gets_them() {
    for (value, written) in [
        ("true", "\"true\""),
        ("123", "\"123\""),
        ("a: b", "\"a: b\""),
        ("a #b", "\"a #b\""),
        ("a\nb\u{7}", "\"a\\nb\\u0007\""),
        ("\"\\", "\"\\\"\\\\\""),
        ("AQIC+/=", "AQIC+/="),
        (
            "kms::arn:aws:kms:x:1:key/2::AQIC=",
            "kms::arn:aws:kms:x:1:key/2::AQIC=",
        ),
        ("é", "\"é\""),
    ] {
        assert_eq!(
            replaced("a: old\n", &["a"], value),
            format!("a: {written}\n")
        );
    }
    assert_eq!(replaced("a: 'x'\n", &["a"], "1\n2"), "a: \"1\\n2\"\n");
}

#[test]
fn a_block_becomes_one_line() {
    let text = "a: |\n  one\n  two\nb: c # d\n";
    assert_eq!(
        replaced(text, &["a"], "x\ny\n"),
        "a: \"x\\ny\\n\"\nb: c # d\n"
    );
}

#[test]
fn a_comment_behind_the_sign_of_a_block_is_not_lost() {
    assert_eq!(
        refused("a: | # c\n  one\n", &["a"]),
        "it is written in a way that cannot be changed at one place alone"
    );
}

#[test]
fn json_stays_json() {
    let text = "{\n  \"a\": {\"b\": \"old\"},\n  \"n\": 1.10\n}";
    assert_eq!(
        replaced(text, &["a", "b"], "n\"w"),
        text.replace("old", "n\\\"w")
    );
    assert_eq!(replaced(text, &["n"], "x"), text.replace("1.10", "\"x\""));
}

#[test]
fn what_is_not_one_text_is_refused() {
    assert_eq!(refused("a: {b: c}\n", &["a"]), "what stands there is a map");
    assert_eq!(refused("a: [b]\n", &["a"]), "what stands there is a list");
    assert_eq!(
        refused("a: &x b\nc: *x\n", &["a"]),
        "what stands there is a value with an anchor"
    );
    assert_eq!(
        refused("a: &x b\nc: *x\n", &["c"]),
        "what stands there is an alias of another"
    );
    assert_eq!(
        refused("a: !Sub b\n", &["a"]),
        "what stands there is a value with a tag"
    );
    assert_eq!(refused("a: b\n", &["c"]), "nothing stands there");
    assert_eq!(
        refused("a: b\n---\na: c\n", &["a"]),
        "line 2 is nothing that can be read"
    );
    assert_eq!(
        refused("a: [b\n", &["a"]),
        "line 1 is nothing that can be read"
    );
    assert_eq!(
        refused("a: b\na: c\n", &["a"]),
        "it is written in a way that cannot be changed at one place alone"
    );
}

#[test]
fn line_ends_stay_as_they_are() {
    let text = "\u{feff}# c\r\na: old # d\r\nb: 'old'\r\nc:\r\n  - d: \"old\"";
    assert_eq!(
        replaced(text, &["a"], "new"),
        text.replacen("old", "new", 1)
    );
    assert_eq!(
        replaced(text, &["b"], "new"),
        text.replace("'old'", "'new'")
    );
    assert_eq!(
        replaced(text, &["c", "0", "d"], "new"),
        text.replace("\"old\"", "\"new\"")
    );
    assert_eq!(
        replaced("a: |\r\n  one\r\n  two\r\nb: c\r\n", &["a"], "x"),
        "a: \"x\"\r\nb: c\r\n"
    );
    assert_eq!(
        replaced("a:\r\n  b: >-\r\n    one\r\n    two", &["a", "b"], "x"),
        "a:\r\n  b: \"x\""
    );
    assert_eq!(inserted("a: b\r\n", false), "a: b\r\nNEW: \"v 1\"\r\n");
    assert_eq!(
        inserted("{\r\n  \"a\": 1\r\n}\r\n", true),
        "{\r\n  \"a\": 1,\r\n  \"NEW\": \"v 1\"\r\n}\r\n"
    );
}

#[test]
fn aliases_elsewhere_and_keys_that_are_merged_stay() {
    let text = "x: &key {keyArn: k}\nsecrets:\n  A:\n    <<: *key\n    kms: old\n  B: {<<: *key, kms: old2}\n";
    assert_eq!(
        replaced(text, &["secrets", "A", "kms"], "new"),
        text.replace("old\n", "new\n")
    );
    assert_eq!(
        replaced(text, &["secrets", "B", "kms"], "new"),
        text.replace("old2", "new")
    );
}

#[test]
fn a_value_over_several_lines_becomes_one_of_its_quotes() {
    assert_eq!(
        replaced("a: 'one\n  two' # c\nb: c\n", &["a"], "x"),
        "a: 'x' # c\nb: c\n"
    );
    assert_eq!(
        replaced("a: one\n  two # c\nb: c\n", &["a"], "x"),
        "a: x # c\nb: c\n"
    );
}

#[test]
fn nothing_below_a_key_that_is_a_list_is_meant() {
    assert_eq!(refused("? [a]\n: b\n", &["", "0"]), "nothing stands there");
}

#[track_caller]
fn inserted(text: &str, is_json: bool) -> String {
    match insert(text, "NEW", "v 1", is_json) {
        Ok(after) => after.to_string(),
        Err(why) => panic!("{why}"),
    }
}

#[test]
fn a_new_value_stands_behind_all_others() {
    assert_eq!(inserted("a: b # c", false), "a: b # c\nNEW: \"v 1\"\n");
    assert_eq!(inserted("# only\n", false), "# only\nNEW: \"v 1\"\n");
    assert_eq!(inserted("", true), "{\n  \"NEW\": \"v 1\"\n}\n");
    assert_eq!(inserted("{}", true), "{\"NEW\": \"v 1\"}");
    assert_eq!(
        inserted("{\"a\": \"b\"}\n", true),
        "{\"a\": \"b\", \"NEW\": \"v 1\"}\n"
    );
    assert_eq!(
        inserted("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", true),
        "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"NEW\": \"v 1\"\n}\n"
    );
}

#[test]
fn nothing_is_added_to_what_is_no_map() {
    for text in ["- a\n", "a: b\n...\n", "just a text"] {
        assert!(insert(text, "NEW", "v", false).is_err(), "{text}");
    }
}
