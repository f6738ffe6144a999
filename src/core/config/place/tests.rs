use super::*;

#[test]
fn a_place_is_one_line_whatever_its_keys_are() {
    let place = Place::from("a\nb").key("c\nd").item(2).nth_key(0);
    assert_eq!(place.to_string(), "a\\nb[\"c\\nd\"][2][key 1]");
    let long = Place::from("custom.secretBaker")
        .key(&"x".repeat(5000))
        .to_string();
    assert!(long.len() < 700, "{}", long.len());
}
