//! The service's folder while this process has its bundle in it: claimed, written, released.
//!
//! Two runs may use one folder at once as long as their bundles are the same: a short
//! `invoke local` beside a long `offline`. Each holds a shared lock for its life, which the
//! kernel drops even when the process is killed; the last one removes the bundle. A run with
//! other secrets is refused, so that two stages never swap theirs.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::bundle;
use crate::error::Cause;
use crate::locks;
use crate::shown::Shown;
use crate::whole_file::{self, TEMPORARY, has_mode};

/// A folder in use.
#[derive(Debug)]
pub struct Folder {
    service: PathBuf,
    locks: PathBuf,
    bundle: Vec<u8>,
    in_use: Option<File>,
    /// Each file, and the bytes that we put there.
    written: Vec<(PathBuf, Vec<u8>)>,
}

impl Folder {
    /// Touches nothing yet. `locks` is a folder that only this user can write to.
    #[must_use]
    pub fn new(service: PathBuf, locks: PathBuf, bundle: Vec<u8>) -> Self {
        Self {
            service,
            locks,
            bundle,
            in_use: None,
            written: Vec::new(),
        }
    }

    /// Writes the bundle into `dir`, the service's folder or one that a tool packages from.
    ///
    /// The file appears whole or not at all, with mode 0644 whatever the umask (bundlers copy
    /// the mode, and Lambda's user must read it); a symbolic link in its place is replaced, not
    /// followed. A file that already holds these bytes is left alone, and so is one of the user's own.
    ///
    /// # Errors
    /// Another live run uses the folder with other secrets; a file that is no bundle lies there; the file cannot be written.
    pub fn write(&mut self, dir: &Path) -> Result<(), Cause> {
        self.write_narrowed(dir, self.bundle.clone())
    }

    /// Writes another bundle into `dir`: the part that the function of an image carries. As `write`.
    ///
    /// # Errors
    /// As `write`.
    pub fn write_narrowed(&mut self, dir: &Path, bundle: Vec<u8>) -> Result<(), Cause> {
        let _turn = self.turn().map_err(|error| self.cannot_lock(&error))?;
        if self.in_use.is_none() {
            let in_use = self.claim()?;
            // The service's own copy is what other runs compare theirs with. Without it the folder is not in use.
            let (service, whole) = (self.service.clone(), self.bundle.clone());
            self.put(&service, whole)?;
            self.in_use = Some(in_use);
        }
        self.put(dir, bundle)
    }

    /// Counts a copy as ours that another tool has made in `dir`, so that it goes with the rest. Whether there is one: a plain file,
    /// in a folder that is no symbolic link, with bytes that this process has written.
    pub fn adopt(&mut self, dir: &Path) -> bool {
        let path = dir.join(bundle::FILE);
        let is_folder = fs::symlink_metadata(dir).is_ok_and(|found| found.is_dir());
        if self.in_use.is_none() || !is_folder || self.written.iter().any(|(own, _)| *own == path) {
            return false;
        }
        let same = self.written.iter().find(|(_, bytes)| holds(&path, bytes));
        let Some(bytes) = same.map(|(_, bytes)| bytes.clone()) else {
            return false;
        };
        self.written.push((path, bytes));
        true
    }

    /// Ends the use of the folder and removes what was written, unless another live run uses
    /// it or it no longer holds our bytes. `keep` leaves the service's own file: copies elsewhere
    /// would be packed by the next run. Returns what was removed.
    ///
    /// May be called again, and at any time: it never fails.
    pub fn release(&mut self, keep: bool) -> Vec<PathBuf> {
        let Some(in_use) = self.in_use.take() else {
            return Vec::new();
        };
        // Without the turn another run might look for its file while we remove it; that is told to it as any other removal.
        let _turn = self.turn();
        let others =
            in_use.unlock().is_ok() && matches!(in_use.try_lock(), Err(TryLockError::WouldBlock));
        let written = std::mem::take(&mut self.written);
        let removed = if others {
            Vec::new()
        } else {
            self.remove(written, keep)
        };
        // Before our turn ends: the next one would take what we hold for another run.
        drop(in_use);
        removed
    }

    fn remove(&self, written: Vec<(PathBuf, Vec<u8>)>, keep: bool) -> Vec<PathBuf> {
        // Another spelling of its path may have been written too.
        let own = self.service.join(bundle::FILE).canonicalize().ok();
        let kept = |path: &Path| keep && path.canonicalize().ok() == own;
        let ours = |(path, bytes): &(PathBuf, Vec<u8>)| {
            !kept(path) && holds(path, bytes) && fs::remove_file(path).is_ok()
        };
        let removed = written.into_iter().filter(ours);
        removed.map(|(path, _)| path).collect()
    }

    /// The shared lock, unless another live run has put other secrets here.
    fn claim(&self) -> Result<File, Cause> {
        let failed = |error: io::Error| self.cannot_lock(&error);
        let in_use = self.open_lock("use").map_err(failed)?;
        match in_use.try_lock() {
            // Nobody else: a bundle that lies here is what a killed run has left.
            Ok(()) => in_use.unlock().map_err(failed)?,
            Err(TryLockError::WouldBlock)
                if is_written(&self.service.join(bundle::FILE), &self.bundle) => {}
            Err(TryLockError::WouldBlock) => {
                let folder = Shown::path(&self.service);
                return Err(Cause::FolderBusy { folder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        in_use.lock_shared().map_err(failed)?;
        Ok(in_use)
    }

    /// Writes one copy. To be called in our turn: then a temporary file that lies there was
    /// left by a killed run, and would be packaged.
    fn put(&mut self, dir: &Path, bytes: Vec<u8>) -> Result<(), Cause> {
        let path = dir.join(bundle::FILE);
        sweep(dir);
        if !is_written(&path, &bytes) {
            if is_foreign(&path) {
                let path = Shown::path(&path);
                return Err(Cause::ForeignFile { path });
            }
            whole_file::replace(&path, |file| file.write_all(&bytes))
                .map_err(|error| Cause::of_file("write", &path, &error))?;
        }
        self.written.retain(|(other, _)| *other != path);
        self.written.push((path, bytes));
        Ok(())
    }

    fn cannot_lock(&self, error: &io::Error) -> Cause {
        Cause::of_file("lock", &self.service, error)
    }

    /// Held for a moment only, by one process at a time.
    fn turn(&self) -> io::Result<File> {
        let turn = self.open_lock("turn")?;
        turn.lock()?;
        Ok(turn)
    }

    fn open_lock(&self, what: &str) -> io::Result<File> {
        locks::open(&locks::path(&self.locks, &self.service, what)?)
    }
}

/// Whether a regular file with just these bytes and a fitting mode lies at `path`.
fn is_written(path: &Path, bytes: &[u8]) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| has_mode(&found)) && holds(path, bytes)
}

/// Whether a regular file with just these bytes lies at `path`.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let fits = fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_file() && found.len() == bytes.len() as u64);
    fits && fs::read(path).is_ok_and(|found| found == bytes)
}

/// Whether a file of the user's own lies at `path`: no bundle, which a killed run may have left. A symbolic link is not followed, and
/// what cannot be read is not known to be ours.
fn is_foreign(path: &Path) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let mut bytes = Vec::new();
    let most = bundle::LONGEST as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    let is_bundle = bundle::Names::read(&bytes).is_ok_and(|names| names.is_bundle());
    read.is_err() || bytes.len() > bundle::LONGEST || !is_bundle
}

fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(TEMPORARY))
        {
            // What cannot be removed cannot be written either: `replace` reports it.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Folder::new(self.dir().into(), self.locks.path().into(), bundle.into())
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
        assert_eq!(cause.code(), "SECRET_BAKER_FOLDER_BUSY");
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
            assert_eq!(cause.code(), "SECRET_BAKER_FILE");
            let text = cause.to_string();
            assert!(text.ends_with("secret-baker-secrets.json is no bundle of this plugin, and the bundle must go there"), "{text}");
            assert!(cause.hint().unwrap().contains("move or rename it"));
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
        std::os::unix::fs::symlink(elsewhere.join(bundle::FILE), linked.join(bundle::FILE))
            .unwrap();
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
        assert_eq!(cause.code(), "SECRET_BAKER_FILE");
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
        assert_eq!(cause.code(), "SECRET_BAKER_FILE");
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
}
