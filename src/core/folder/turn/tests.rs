use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[cfg(unix)]
#[test]
fn two_never_act_at_once_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (within, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                alone(folder.path(), || {
                    most.fetch_max(within.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(PAUSE);
                    within.fetch_sub(1, Ordering::SeqCst);
                });
            });
        }
    });
    assert_eq!(most.into_inner(), 1);
}

#[test]
fn who_cannot_have_a_folder_acts_nevertheless() {
    assert_eq!(alone(Path::new("no such folder"), || 7), 7);
}
