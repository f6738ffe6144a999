use serde_json::json;

use super::*;
use crate::failure::Caller;

const SOURCES: [Keys; 2] = [
    Keys {
        own: "path",
        fields: &[Field::text("path", "")],
        named: false,
        scheme: None,
        shows: |text, _| text.starts_with('/').then(|| text.into()),
    },
    Keys {
        own: "toy",
        fields: &[Field::text("toy", ""), Field::text("label", "")],
        named: true,
        scheme: Some("toy::"),
        shows: |_, _| None,
    },
];

/// The key of the entry's source, or all that is wrong with it.
fn read(item: &Value) -> Result<&'static str, Vec<String>> {
    let place = Place::from("x[0]");
    let entry = Entry::item(0, place, item, Written::from(Some(item)), &SOURCES);
    let (key, problems) = match entry {
        Ok(entry) => (SOURCES[entry.source].own, entry.into_problems()),
        Err(problems) => ("", problems),
    };
    if problems.is_empty() {
        return Ok(key);
    }
    Err(problems.iter().map(ToString::to_string).collect())
}

#[test]
fn an_entry_belongs_to_the_source_whose_key_it_has() {
    for (item, key) in [
        (json!("/a"), "path"),
        (json!({"name": "A", "path": "/a"}), "path"),
        (json!({"name": "A", "toy": "x", "label": "y"}), "toy"),
        (json!("toy::x"), "toy"),
        (json!("toy:x"), "path"),
    ] {
        assert_eq!(read(&item), Ok(key), "{item}");
    }
}

#[test]
fn an_entry_of_no_source_of_two_or_with_another_ones_key_is_told() {
    for (item, wanted) in [
        (
            json!({"name": "A"}),
            &["x[0]: has no `path` or `toy`"] as &[_],
        ),
        (
            json!({}),
            &["x[0]: has no `name`", "x[0]: has no `path` or `toy`"],
        ),
        (
            json!({"name": "A", "path": "/a", "toy": "x"}),
            &["x[0]: has `path` and `toy`, and a secret is kept in one place"],
        ),
        (
            json!({"name": "A", "path": "/a", "label": "y"}),
            &["x[0]: unknown key `label`"],
        ),
        (
            json!({"name": "A", "toys": "x"}),
            &["x[0]: unknown key `toys`, did you mean `toy`?"],
        ),
        (
            json!({"name": 5, "toy": "x", "lable": "y"}),
            &["x[0]: unknown key `lable`, did you mean `label`?"],
        ),
    ] {
        let wanted: Vec<_> = wanted.iter().map(ToString::to_string).collect();
        assert_eq!(read(&item), Err(wanted), "{item}");
    }
}

#[test]
fn a_text_that_is_refused_is_noted_at_its_own_place_and_hides_no_other() {
    let item = json!({"name": " ", "toy": 7, "label": "y"});
    let written = Written::from(Some(&item));
    let mut entry = Entry::item(0, Place::from("x[0]"), &item, written, &SOURCES).unwrap();
    assert_eq!(entry.name(), None);
    assert_eq!(entry.text("toy", Text::name), None);
    assert_eq!(entry.text("label", Text::name), Some(Text::public("y")));
    let problems = entry.into_problems();
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "x[0].name: must not be empty",
            "x[0].toy: must be a string, not a number"
        ]
    );
}

#[test]
fn a_text_that_is_needed_is_missed_unless_its_key_was_mistyped() {
    for (item, wanted) in [
        (json!({"name": "A", "toy": "x"}), "x[0]: has no `label`"),
        (
            json!({"name": "A", "toy": "x", "labl": "y"}),
            "x[0]: unknown key `labl`, did you mean `label`?",
        ),
    ] {
        let written = Written::from(Some(&item));
        let mut entry = Entry::item(0, Place::from("x[0]"), &item, written, &SOURCES).unwrap();
        for key in [NAME, "toy", "label"] {
            entry.must_have(key);
        }
        let problems = entry.into_problems();
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, [wanted]);
    }
}

#[test]
fn a_text_stands_for_the_own_key_of_the_source_whose_scheme_it_begins_with() {
    let map = json!({"A": "toy::x"});
    let (written, value, place) = (Written::from(Some(&map)), &map["A"], Place::from("x"));
    let text = Entry::item(0, place.clone(), value, written.key("A"), &SOURCES).unwrap();
    let pair = Entry::pair(0, &place, ("A", value), written, &SOURCES).unwrap();
    for (mut entry, name) in [(text, None), (pair, Some(Text::public("A")))] {
        assert_eq!(SOURCES[entry.source].own, "toy");
        assert_eq!(entry.text("toy", Text::name), Some(Text::public("toy::x")));
        assert_eq!(entry.text(PATH, Text::name), None);
        assert_eq!(entry.name(), name);
        entry.must_have(NAME);
        assert_eq!(entry.into_problems().is_empty(), name.is_some());
    }
}

#[test]
fn a_field_may_be_no_text() {
    let item = json!({"name": "A", "toy": "x", "label": {"of": ["any", "kind"]}});
    let written = Written::from(Some(&item));
    let entry = Entry::item(0, Place::from("x[0]"), &item, written, &SOURCES).unwrap();
    let field = |key| entry.field(key).map(|(value, _)| value);
    assert_eq!(field("label"), Some(&item["label"]));
    assert_eq!(field("other"), None);
}

#[test]
fn the_hint_for_a_pair_in_a_list_shows_what_the_source_of_paths_shows() {
    for (path, shown) in [("/a", "/a"), ("hunter2", "/path/to/parameter")] {
        let item = json!({"DATABASE": path});
        let written = Written::from(Some(&item));
        let problems = Entry::item(0, Place::from("x[0]"), &item, written, &SOURCES).err();
        let hint = problems.unwrap()[0].why.hint(&Caller::default()).unwrap();
        let end = format!("write `- {{ name: DATABASE, path: {shown} }}`");
        assert!(hint.ends_with(&end), "{hint}");
    }
}

#[test]
fn the_hint_for_a_missing_name_is_that_of_its_source() {
    for (item, hint) in [
        (json!({"toy": "x"}), "write `{ name: MY_SECRET, toy: ... }`"),
        (
            json!({"path": "/a"}),
            "write `{ name: MY_SECRET, path: /path/to/parameter }`; only a path that ends in `/*` needs no name",
        ),
    ] {
        let written = Written::from(Some(&item));
        let mut entry = Entry::item(0, Place::from("x[0]"), &item, written, &SOURCES).unwrap();
        entry.must_have(NAME);
        let problems = entry.into_problems();
        let told = problems[0].why.hint(&Caller::default());
        assert_eq!(told.as_deref(), Some(hint));
    }
}

/// As `read`, of a pair of a map.
fn read_pair(value: &Value) -> Result<(&'static str, String), Vec<String>> {
    let map = json!({ "A": value });
    let written = Written::from(Some(&map));
    let entry = Entry::pair(0, &Place::from("x"), ("A", value), written, &SOURCES);
    let (told, problems) = match entry {
        Ok(mut entry) => {
            let name = entry.name().map(|name| name.value().to_owned());
            entry.must_have(NAME);
            let told = (SOURCES[entry.source].own, name.unwrap_or_default());
            (told, entry.into_problems())
        }
        Err(problems) => (("", String::new()), problems),
    };
    if problems.is_empty() {
        return Ok(told);
    }
    Err(problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_value_of_a_map_may_be_an_object_and_its_key_is_the_name() {
    for (value, key) in [
        (json!("/a"), "path"),
        (json!({"path": "/a"}), "path"),
        (json!({"toy": "x", "label": "y"}), "toy"),
    ] {
        assert_eq!(read_pair(&value), Ok((key, "A".into())), "{value}");
    }
    for (value, wanted) in [
        (
            json!({"name": "B", "path": "/a"}),
            "x.A: has a `name`, and stands under one already",
        ),
        (json!({}), "x.A: has no `path` or `toy`"),
        (
            json!({"patt": "/a"}),
            "x.A: unknown key `patt`, did you mean `path`?",
        ),
        (
            json!({"Ref": "B"}),
            "x.A: `Ref` is resolved by CloudFormation, long after the bake",
        ),
        (json!(["/a"]), "x.A: must be a string, not a list"),
    ] {
        assert_eq!(read_pair(&value), Err(vec![wanted.to_owned()]), "{value}");
    }
}
