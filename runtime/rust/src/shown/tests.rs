use super::Shown;

#[test]
fn it_is_one_line_and_not_endless() {
    let shown = |text: &str| Shown(text).to_string();
    assert_eq!(
        shown("a\nb\r\0\u{1b}[0m\u{85}\u{2028}\u{2029}\u{7f}ä"),
        r"a\nb\r\u{0}\u{1b}[0m\u{85}\u{2028}\u{2029}\u{7f}ä"
    );
    assert_eq!(shown(&"ä".repeat(600)), "ä".repeat(600));
    assert_eq!(shown(&"ä".repeat(601)), "ä".repeat(600) + "…");
}
