use super::*;

#[test]
fn what_would_forge_a_line_or_hide_is_escaped_and_all_else_stays() {
    let wicked = "a\nb\r\tc\u{1b}[31m\u{2028}\u{2029}\u{202e}\0";
    assert_eq!(
        Shown::of(wicked).as_str(),
        "a\\nb\\r\\tc\\u{1b}[31m\\u{2028}\\u{2029}\\u{202e}\\0"
    );
    let plain = "it's \"fine\" – C:\\a ä 🔑";
    assert_eq!(Shown::of(plain).as_str(), plain);
}

#[test]
fn what_is_too_long_is_cut() {
    assert_eq!(Shown::of(&"x".repeat(600)).as_str(), "x".repeat(600));
    let cut = format!("{}…", "x".repeat(600));
    assert_eq!(Shown::of(&"x".repeat(601)).as_str(), cut);
}
