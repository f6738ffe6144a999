use serde_json::json;

use super::*;

const SOURCES: [Keys; 2] = [
    Keys {
        own: "path",
        others: &[],
    },
    Keys {
        own: "toy",
        others: &["label"],
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
