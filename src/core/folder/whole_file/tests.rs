use std::io::Write as _;

use super::*;

#[test]
fn what_fails_leaves_the_old_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, "old").unwrap();
    let failed = replace(&path, |file| {
        file.write_all(b"ne")?;
        Err(io::Error::other("no room"))
    });
    assert_eq!(failed.unwrap_err().to_string(), "no room");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_killed_runs_have_left_is_swept_and_what_is_being_written_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let left = |name: &str| {
        let left = folder.path().join(format!("{TEMPORARY}{name}.tmp"));
        fs::write(&left, "half").unwrap();
        left
    };
    let (old, new) = (left("old"), left("new"));
    let day = Duration::from_hours(24);
    let file = File::options().write(true).open(&old).unwrap();
    file.set_modified(std::time::SystemTime::now() - day)
        .unwrap();
    drop(file);
    let staged: io::Result<Staged> = stage(&path, MODE, |file| file.write_all(b"x"));
    sweep(folder.path(), day / 2);
    assert_eq!((old.exists(), new.exists()), (false, true));
    sweep(folder.path(), Duration::ZERO);
    assert!(!new.exists());
    staged.unwrap().appear().unwrap();
    assert_eq!(fs::read(path).unwrap(), b"x");
}

#[test]
fn the_name_of_a_file_that_is_being_written_is_another_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let mut names = Vec::new();
    for _ in 0..2 {
        let written: io::Result<()> = replace(&path, |file| {
            let entries = fs::read_dir(folder.path())?.flatten();
            let mut seen = entries.map(|entry| entry.file_name().into_string().unwrap());
            names.extend(seen.find(|name| name.starts_with(TEMPORARY)));
            file.write_all(b"x")
        });
        written.unwrap();
    }
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    let pid = std::process::id().to_string();
    assert!(
        names.iter().all(|name| !name.contains(&format!(".{pid}."))),
        "{names:?}"
    );
}
