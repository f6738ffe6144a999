use std::path::PathBuf;

use super::*;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("five"), "12345").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    folder
}

fn refused(path: &str, most: usize) -> (&'static str, String) {
    let why = read(folder().path(), &Text::public(path), most).unwrap_err();
    (why.code().as_str(), why.to_string())
}

#[test]
fn a_file_is_read_from_the_folder_or_by_its_whole_path() {
    let folder = folder();
    assert_eq!(
        read(folder.path(), &Text::public("five"), 5).unwrap(),
        b"12345"
    );
    assert_eq!(
        read(folder.path(), &Text::public("sub/../five"), 5).unwrap(),
        b"12345"
    );
    let whole = folder.path().join("five");
    assert_eq!(
        read(
            &PathBuf::from("/nowhere"),
            &Text::public(whole.to_str().unwrap()),
            5
        )
        .unwrap(),
        b"12345"
    );
}

#[test]
fn what_is_no_file_is_told_apart() {
    assert_eq!(
        refused("six", 5),
        (
            "SECRET_BAKER_FILE",
            "there is no file `six` in the service's folder".into()
        )
    );
    assert_eq!(
        refused("five/six", 5),
        (
            "SECRET_BAKER_FILE",
            "there is no file `five/six` in the service's folder".into()
        )
    );
    assert_eq!(
        refused("sub", 5),
        ("SECRET_BAKER_FILE", "`sub` is a folder, and no file".into())
    );
    assert_eq!(
        refused("five", 4),
        (
            "SECRET_BAKER_FILE_INVALID",
            "`five` has more than 4 bytes".into()
        )
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_and_a_device_are_not_waited_for() {
    let folder = folder();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let why = read(folder.path(), &Text::public("pipe"), 5).unwrap_err();
    assert_eq!(why.to_string(), "`pipe` is a device or a pipe, and no file");
    let why = read(folder.path(), &Text::public("/dev/zero"), 5).unwrap_err();
    assert_eq!(
        why.to_string(),
        "`/dev/zero` is a device or a pipe, and no file"
    );
}

#[test]
fn a_path_looks_like_none_of_a_password() {
    for path in ["secrets/prod.yaml", "a.env", "../x/y", "/a"] {
        assert!(is_path(path), "{path}");
    }
    for text in ["hunter2", "a b.yaml", "p4$$.x", &"a/".repeat(200)] {
        assert!(!is_path(text), "{text}");
    }
}
