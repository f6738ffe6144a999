use super::*;

#[cfg(unix)]
#[test]
fn a_shell_reads_back_what_was_written() {
    for text in [
        "a.yaml", "", "it's", "$(id)", "a b", "`id`", "a\nb", "-x", "é\"\\",
    ] {
        let echo = format!("printf %s {}", of(text));
        let said = std::process::Command::new("sh")
            .args(["-c", &echo])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(said.stdout).unwrap(), text);
    }
}

#[test]
fn a_plain_word_is_left_as_it_is() {
    assert_eq!(of("secrets/prod.yaml"), "secrets/prod.yaml");
    assert_eq!(of("it's"), r"'it'\''s'");
}
