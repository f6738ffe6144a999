use super::*;

#[track_caller]
fn assert_is(value: &str, before: Option<Kind>, kind: Kind, spelled: &str) {
    let (found, plaintext) = of(value.as_bytes(), before);
    assert_eq!((found, &**plaintext), (kind, spelled.as_bytes()));
}

#[test]
fn a_type_stays_where_the_value_is_one_of_it() {
    assert_is("false", Some(Kind::Bool), Kind::Bool, "False");
    assert_is("-7", Some(Kind::Int), Kind::Int, "-7");
    assert_is("0.25", Some(Kind::Float), Kind::Float, "0.25");
    assert_is("5433", Some(Kind::Float), Kind::Float, "5433");
}

#[test]
fn what_sops_would_spell_anew_is_a_text() {
    for (value, before) in [
        ("yes", Kind::Bool),
        ("007", Kind::Int),
        ("+1", Kind::Int),
        ("9223372036854775808", Kind::Int),
        ("1e6", Kind::Float),
        ("1.0", Kind::Float),
        ("NaN", Kind::Float),
        ("2026-11-26T05:00:00Z", Kind::Time),
        ("text", Kind::Bytes),
    ] {
        assert_is(value, Some(before), Kind::Str, value);
    }
    assert_is("true", None, Kind::Str, "true");
}

#[test]
fn bytes_stay_bytes() {
    let (kind, plaintext) = of(b"\xff\x00", Some(Kind::Bytes));
    assert_eq!((kind, &**plaintext), (Kind::Bytes, &b"\xff\x00"[..]));
}
