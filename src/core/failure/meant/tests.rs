use super::*;

#[test]
fn the_nearest_word_is_meant_whatever_its_case_if_it_is_near_at_all() {
    for (word, wanted) in [
        ("pth", Some("path")),
        ("PATH", Some("path")),
        ("pame", Some("name")),
        ("pate", Some("path")),
        ("secretmanager", Some("secretsManager")),
        ("value", None),
    ] {
        let known = ["name", "path", "secretsManager"];
        assert_eq!(nearest(word, known), wanted, "{word}");
    }
    assert_eq!(did_you_mean(Some("path")), ", did you mean `path`?");
    assert_eq!(did_you_mean(None), "");
}
