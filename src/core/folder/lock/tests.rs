use super::*;

#[test]
fn one_packages_and_the_next_is_refused_until_it_ends() {
    let (service, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut one, mut other) = (Packaging::default(), Packaging::default());
    let claim = |packaging: &mut Packaging| packaging.claim(service.path(), locks.path());
    claim(&mut one).unwrap();
    claim(&mut one).unwrap();
    let cause = claim(&mut other).unwrap_err();
    assert_eq!(cause.code().as_str(), "SECRET_BAKER_FOLDER_BUSY");
    other.release();
    claim(&mut other).unwrap_err();
    one.release();
    claim(&mut other).unwrap();
}

#[test]
fn lock_files_stay_and_are_named_by_the_sha_256_of_the_folder() {
    let (service, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut packaging = Packaging::default();
    packaging.claim(service.path(), locks.path()).unwrap();
    packaging.release();
    let folder = fs::canonicalize(service.path()).unwrap();
    let digest = bundle::digest(folder.to_str().unwrap().as_bytes());
    let names: Vec<_> = fs::read_dir(locks.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [format!("{digest}.package").as_str()]);
}

#[test]
fn of_many_at_once_there_is_never_more_than_one() {
    let (service, locks) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let inside = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let mut packaging = Packaging::default();
                    if packaging.claim(service.path(), locks.path()).is_ok() {
                        let before = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        assert_eq!(before, 0);
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        packaging.release();
                    }
                }
            });
        }
    });
}
