use super::whole_file::TEMPORARY;
use super::*;
use crate::failure::caller::tests::of_the_plugin;

struct Fixture {
    service: tempfile::TempDir,
    locks: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            service: tempfile::tempdir().unwrap(),
            locks: tempfile::tempdir().unwrap(),
        }
    }

    fn folder(&self, bundle: &[u8]) -> Folder {
        let bundle = Bundle::read(bundle).unwrap();
        Folder::new(self.dir().into(), self.locks.path().into(), bundle)
    }

    fn dir(&self) -> &Path {
        self.service.path()
    }

    fn file(&self) -> PathBuf {
        self.dir().join(bundle::FILE)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

#[test]
fn writes_and_removes_only_its_own_file() {
    let fixture = Fixture::new();
    let mut folder = fixture.folder(b"{}");
    folder.write(fixture.dir()).unwrap();
    assert_eq!(fs::read(fixture.file()).unwrap(), b"{}");
    assert_eq!(fixture.names(), [bundle::FILE]);
    assert_eq!(folder.release(false), [fixture.file()]);
    assert_eq!(
        folder.release(false),
        [] as [PathBuf; 0],
        "a second release does nothing"
    );
    assert!(fixture.names().is_empty());
}

#[test]
fn keeps_the_services_own_file_if_told_to_and_no_copy() {
    let fixture = Fixture::new();
    let built = fixture.dir().join("build");
    fs::create_dir(&built).unwrap();
    let mut folder = fixture.folder(b"{}");
    folder.write(&built).unwrap();
    folder.write(&built.join("..")).unwrap();
    assert_eq!(folder.release(true), [built.join(bundle::FILE)]);
    assert_eq!(fs::read(fixture.file()).unwrap(), b"{}");
}

#[test]
fn leaves_a_file_that_somebody_has_changed() {
    let fixture = Fixture::new();
    let mut folder = fixture.folder(b"{}");
    folder.write(fixture.dir()).unwrap();
    fs::write(fixture.file(), b"mine").unwrap();
    assert!(!folder.adopt(fixture.dir()));
    assert!(folder.release(false).is_empty());
    assert_eq!(fs::read(fixture.file()).unwrap(), b"mine");
}

#[test]
fn the_last_of_two_runs_with_the_same_secrets_removes_the_file() {
    let fixture = Fixture::new();
    let (mut long, mut short) = (fixture.folder(b"{}"), fixture.folder(b"{}"));
    long.write(fixture.dir()).unwrap();
    short.write(fixture.dir()).unwrap();
    assert!(short.release(false).is_empty());
    assert_eq!(fixture.names(), [bundle::FILE]);
    assert_eq!(long.release(false), [fixture.file()]);
}

#[test]
fn a_run_with_other_secrets_is_refused_and_changes_nothing() {
    let fixture = Fixture::new();
    let (mut one, mut other) = (fixture.folder(b"{}"), fixture.folder(b"{\"A\":1}"));
    one.write(fixture.dir()).unwrap();
    let cause = other.write(fixture.dir()).unwrap_err();
    assert_eq!(cause.code().as_str(), "SECRET_BAKER_FOLDER_BUSY");
    assert!(other.release(false).is_empty());
    assert_eq!(fs::read(fixture.file()).unwrap(), b"{}");
    one.release(false);
    other.write(fixture.dir()).unwrap();
    assert_eq!(fs::read(fixture.file()).unwrap(), b"{\"A\":1}");
}

#[test]
fn what_a_killed_run_has_left_is_replaced() {
    let fixture = Fixture::new();
    for left in [&b"{}"[..], br#"{"A":{"ciphertext":"AQIC","arn":"a"}}"#] {
        fs::write(fixture.file(), left).unwrap();
        fs::write(fixture.dir().join(format!("{TEMPORARY}1.tmp")), b"ha").unwrap();
        let mut folder = fixture.folder(b"{ }");
        folder.write(fixture.dir()).unwrap();
        assert_eq!(fixture.names(), [bundle::FILE]);
        assert_eq!(fs::read(fixture.file()).unwrap(), b"{ }");
        folder.release(false);
    }
}

#[test]
fn a_file_of_the_users_own_is_neither_replaced_nor_removed() {
    let fixture = Fixture::new();
    for own in [
        &b"mine"[..],
        b"",
        b"[]",
        br#"{"a":1}"#,
        br#"{"a":{"arn":"x"}}"#,
        b"\xff",
    ] {
        fs::write(fixture.file(), own).unwrap();
        let mut folder = fixture.folder(b"{}");
        let cause = folder.write(fixture.dir()).unwrap_err();
        assert_eq!(cause.code().as_str(), "SECRET_BAKER_FILE");
        let text = cause.to_string();
        assert!(text.ends_with("secret-baker-secrets.json is no bundle of this plugin, and the bundle must go there"), "{text}");
        assert!(
            cause
                .hint(&of_the_plugin())
                .unwrap()
                .contains("move or rename it")
        );
        assert!(folder.release(false).is_empty());
        assert_eq!(fs::read(fixture.file()).unwrap(), own);
    }
    let mut refused = fixture.folder(b"{}");
    refused.write(fixture.dir()).unwrap_err();
    fs::remove_file(fixture.file()).unwrap();
    let mut other = fixture.folder(b"{ }");
    other
        .write(fixture.dir())
        .expect("the folder is not in use");
}

#[test]
fn a_copy_that_another_tool_has_made_goes_with_the_rest() {
    let fixture = Fixture::new();
    let kept = fixture.dir().join("kept");
    fs::create_dir(&kept).unwrap();
    let mut folder = fixture.folder(b"{}");
    fs::write(kept.join(bundle::FILE), b"{}").unwrap();
    assert!(!folder.adopt(&kept), "nothing is written yet");
    folder.write(fixture.dir()).unwrap();
    fs::write(kept.join(bundle::FILE), b"{ }").unwrap();
    assert!(!folder.adopt(&kept), "other bytes");
    assert!(!folder.adopt(&fixture.dir().join("nowhere")));
    fs::write(kept.join(bundle::FILE), b"{}").unwrap();
    assert!(folder.adopt(&kept));
    assert_eq!(folder.release(true), [kept.join(bundle::FILE)]);
    assert_eq!(fixture.names().len(), 2);
}

#[cfg(unix)]
#[test]
fn nothing_is_adopted_through_a_symbolic_link() {
    let fixture = Fixture::new();
    let elsewhere = fixture.locks.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join(bundle::FILE), b"{}").unwrap();
    let (linked, link) = (fixture.dir().join("linked"), fixture.dir().join("link"));
    fs::create_dir(&linked).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
    std::os::unix::fs::symlink(elsewhere.join(bundle::FILE), linked.join(bundle::FILE)).unwrap();
    let mut folder = fixture.folder(b"{}");
    folder.write(fixture.dir()).unwrap();
    assert!(!folder.adopt(&link) && !folder.adopt(&linked));
    folder.release(false);
    assert!(elsewhere.join(bundle::FILE).exists());
}

#[test]
fn lock_files_stay_and_no_others_are_made() {
    let fixture = Fixture::new();
    for _ in 0..2 {
        let mut folder = fixture.folder(b"{}");
        folder.write(fixture.dir()).unwrap();
        folder.release(false);
        assert_eq!(fs::read_dir(fixture.locks.path()).unwrap().count(), 2);
    }
}

#[test]
fn many_runs_that_come_and_go_at_once_never_fail_and_leave_nothing() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let mut folder = fixture.folder(b"{}");
                    folder.write(fixture.dir()).unwrap();
                    assert_eq!(fs::read(fixture.file()).unwrap(), b"{}");
                    folder.release(false);
                }
            });
        }
    });
    assert!(fixture.names().is_empty());
}

#[test]
fn other_folders_of_the_service_are_cleaned_too() {
    let fixture = Fixture::new();
    let built = fixture.dir().join("build");
    fs::create_dir(&built).unwrap();
    let mut folder = fixture.folder(b"{}");
    folder.write(&built).unwrap();
    assert_eq!(
        folder.release(false),
        [fixture.file(), built.join(bundle::FILE)]
    );
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_with_its_path() {
    let fixture = Fixture::new();
    let missing = fixture.dir().join("missing");
    let mut folder = fixture.folder(b"{}");
    let cause = folder.write(&missing).unwrap_err();
    assert_eq!(cause.code().as_str(), "SECRET_BAKER_FILE");
    assert!(
        cause
            .to_string()
            .contains("missing/secret-baker-secrets.json"),
        "{cause}"
    );
}

#[test]
fn a_folder_in_the_files_place_is_an_error_and_leaves_no_temporary_file() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.file()).unwrap();
    let cause = fixture.folder(b"{}").write(fixture.dir()).unwrap_err();
    assert_eq!(cause.code().as_str(), "SECRET_BAKER_FILE");
    assert_eq!(fixture.names(), [bundle::FILE]);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_replaced_and_not_followed() {
    let fixture = Fixture::new();
    let target = fixture.locks.path().join("target");
    fs::write(&target, b"precious").unwrap();
    std::os::unix::fs::symlink(&target, fixture.file()).unwrap();
    fixture.folder(b"{}").write(fixture.dir()).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert!(fs::symlink_metadata(fixture.file()).unwrap().is_file());
}

#[cfg(unix)]
#[test]
fn the_mode_is_0644_even_if_the_same_bytes_were_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    fs::write(fixture.file(), b"{}").unwrap();
    fs::set_permissions(fixture.file(), fs::Permissions::from_mode(0o600)).unwrap();
    fixture.folder(b"{}").write(fixture.dir()).unwrap();
    let mode = fs::metadata(fixture.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}
