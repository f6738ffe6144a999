//! Freezing a process, as Lambda does after an answer.

use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MOMENT: Duration = Duration::from_millis(5);

/// Stops a process until the clock shows another second, so that what is signed afterwards has another date.
pub fn frozen(child: &Child, meanwhile: impl FnOnce()) {
    signal(child, "-STOP");
    let state = format!("/proc/{}/stat", child.id());
    until(|| std::fs::read_to_string(&state).unwrap().contains(") T "));
    meanwhile();
    let then = second();
    until(|| second() != then);
    signal(child, "-CONT");
}

/// Waits for what will be so.
pub fn until(so: impl Fn() -> bool) {
    while !so() {
        sleep(MOMENT);
    }
}

fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let status = kill.args([name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

fn second() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}
