//! Running the real binary.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::process::{Command, Output};

use crate::support::opening::Opening;
use crate::support::pages::failures_in;
use crate::support::unseen::{nothing_is_seen, says_what_to_do};

/// How it ended, and what it wrote.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A launcher as Lambda starts it, but for what a test changes.
pub fn launcher(opening: &Opening) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_secret-baker-launcher"));
    command
        .env_clear()
        .current_dir("/")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command
        .env("LAMBDA_TASK_ROOT", opening.folder.path())
        .env("AWS_ENDPOINT_URL_KMS", opening.kms.url());
    command
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "AKID+signs");
    command
}

/// Runs it.
#[track_caller]
pub fn end(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

/// Whatever happens, no plaintext and no credential is on stderr.
#[track_caller]
pub fn ended(output: Output) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let err = String::from_utf8(stderr).unwrap();
    nothing_is_seen(&err);
    for never in ["panicked", "RUST_BACKTRACE"] {
        assert!(!err.contains(never), "`{never}` is in: {err}");
    }
    Ended {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err,
    }
}

/// It stopped before its command, with a failure for each of these parts.
#[track_caller]
pub fn stopped(command: &mut Command, code: i32, parts: &[&str]) {
    let ended = end(command.args(["sh", "-c", "echo it ran"]));
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (code, ""),
        "{}",
        ended.err
    );
    says_what_to_do(&ended.err);
    for line in ended.err.lines() {
        assert!(line.starts_with("secret-baker-launcher: "), "{line}");
    }
    let failures = failures_in(&ended.err);
    assert_eq!(failures.len(), parts.len(), "{}", ended.err);
    for (line, part) in failures.into_iter().zip(parts) {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
}
