use super::*;

#[track_caller]
fn pairs(text: &str, expected: &[(&str, &str)]) {
    let values = read(text).unwrap();
    let values: Vec<_> = values
        .iter()
        .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()))
        .collect();
    assert_eq!(values, expected, "{text:?}");
}

#[test]
fn values_are_read_as_the_package_dotenv_reads_them() {
    pairs("", &[]);
    pairs("\u{feff}A=1", &[("A", "1")]);
    pairs(
        "# a comment\n\n  \nA=1\r\nB = two words \n",
        &[("A", "1"), ("B", "two words")],
    );
    pairs("export A=1\nexported=2", &[("A", "1"), ("exported", "2")]);
    pairs(
        "A=a#b # c\nB=# c\nC=",
        &[("A", "a#b"), ("B", ""), ("C", "")],
    );
    pairs("A=x=y==", &[("A", "x=y==")]);
    pairs("/app/db.pass-word=1", &[("/app/db.pass-word", "1")]);
    pairs(r"A='it is $HOME \n' # c", &[("A", r"it is $HOME \n")]);
    pairs(r#"A="1\n2\t\"\\ \d""#, &[("A", "1\n2\t\"\\ \\d")]);
    pairs("A=`'\"`", &[("A", "'\"")]);
    pairs(
        "A=\"-----\nBEGIN\n-----\"\nB=2",
        &[("A", "-----\nBEGIN\n-----"), ("B", "2")],
    );
}

#[test]
fn nothing_in_a_value_is_replaced() {
    pairs("A=$HOME ${PATH} $(id)", &[("A", "$HOME ${PATH} $(id)")]);
    pairs("A=\"$HOME ${PATH}\"", &[("A", "$HOME ${PATH}")]);
}

#[test]
fn a_line_that_is_none_is_told_by_its_number_alone() {
    let said = |text| read(text).unwrap_err().to_string();
    assert_eq!(said("A=1\nhunter2"), "line 2 is no `NAME=value`");
    assert_eq!(said("=hunter2"), "line 1 is no `NAME=value`");
    assert_eq!(said("my name=hunter2"), "line 1 is no `NAME=value`");
    assert_eq!(
        said("\nA='hunter2\n"),
        "the quoted value that begins on line 2 does not end"
    );
    assert_eq!(
        said("A='x' hunter2"),
        "something stands behind the quoted value of line 1"
    );
    assert_eq!(
        said("A=1\nB='\n'\nA=hunter2"),
        "the name of line 4 stands on a line above already"
    );
}
