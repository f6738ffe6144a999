use super::*;

#[test]
fn a_generated_value_has_its_length_and_is_printable() {
    let value = generate(4096).unwrap();
    assert_eq!(value.len(), 4096);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    assert!(value.iter().all(is_plain));
    // Of 64 characters none is missing in 4096: that would be so once in e^58 times.
    let seen: std::collections::BTreeSet<u8> = value.iter().copied().collect();
    assert_eq!(seen.len(), 64);
    assert_ne!(*value, *generate(4096).unwrap());
}

#[test]
fn a_file_of_lines_gives_its_values_and_never_shows_a_line_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), "A='x y'\n# c\nB=1\n").unwrap();
    let found = of_lines(folder.path(), Path::new("a")).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.name.as_str(), one.value.as_slice()))
        .collect();
    assert_eq!(found, [("A", b"x y".as_slice()), ("B", b"1")]);
    std::fs::write(folder.path().join("a"), "A=1\nhunter2\n").unwrap();
    let failure = of_lines(folder.path(), Path::new("a")).err().unwrap();
    assert_eq!(
        failure.problems[0].to_string(),
        "`a`: line 2 is no `NAME=value`"
    );
}
