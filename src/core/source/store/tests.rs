use super::*;

#[test]
fn words_that_repeat_a_value_or_a_part_of_it_are_known() {
    let value = "hunter2-not-to-be-seen";
    for said in [
        "not hunter2-not-to-be-seen",
        "not 'hunter2-...'",
        "1 validation error: aHVudGVyMi1ub3QtdG8tYmUtc2Vlbg==",
    ] {
        assert!(repeats(said, value.as_bytes()), "{said}");
    }
    assert!(repeats(r#"not "a\"b\"c\"d""#, b"a\"b\"c\"d"));
    assert!(repeats("line no is wrong", b"ab\nno\ncd"));
    assert!(!repeats("User is not authorized", value.as_bytes()));
    assert!(!repeats("", value.as_bytes()));
}
