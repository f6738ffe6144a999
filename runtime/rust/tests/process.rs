//! The functions of the process's own bundle and environment, each in a fresh process.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use secret_baker::Secrets;
use support::Fault;
use support::opening::{Opening, plaintext};

/// What a fresh process does; the test of that name starts one.
#[tokio::test]
#[ignore = "run by the others, in a process of its own"]
async fn child() {
    let all = secret_baker::secrets().await;
    let text = secret_baker::secret("A")
        .await
        .map(|secret| secret.expose().to_owned());
    let bytes = secret_baker::secret_bytes("A")
        .await
        .map(|secret| secret.expose().len());
    let fresh = secret_baker::fresh("A")
        .await
        .map(|secret| secret.expose().to_owned());
    println!("{all:?}\n{text:?}\n{bytes:?}\n{fresh:?}");
}

/// The same, with little patience.
#[tokio::test]
#[ignore = "run by the others, in a process of its own"]
async fn impatient_child() {
    let secrets = Secrets::builder()
        .attempt_timeout(Duration::from_millis(300))
        .call_timeout(Duration::from_secs(1))
        .open()
        .unwrap();
    println!("{:?}", secrets.secret("A").await);
}

fn command(opening: &Opening, what: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", what, "--ignored", "--nocapture"])
        .env_clear()
        .current_dir(&opening.folder);
    command
        .env("AWS_ENDPOINT_URL_KMS", opening.kms.url())
        .envs(variables.iter().copied());
    command
}

fn run(opening: &Opening, variables: &[(&str, &str)]) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command(opening, "child", variables).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

const CREDENTIALS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKID"),
    ("AWS_SECRET_ACCESS_KEY", "AKID+signs"),
];

#[test]
fn the_process_has_a_bundle_of_its_own() {
    let opening = Opening::with(["A"]);
    let printed = run(&opening, &CREDENTIALS);
    let plaintext = plaintext("A");
    assert!(
        printed.contains(&format!(
            "Ok({{\"A\": [secret]}})\nOk({plaintext:?})\nOk({})\nOk({plaintext:?})",
            plaintext.len()
        )),
        "{printed}"
    );
    assert_eq!(opening.kms.calls().len(), 2);
}

#[test]
fn a_bundle_that_was_not_found_is_looked_for_again() {
    let opening = Opening::with(["A"]);
    std::fs::remove_file(opening.file()).unwrap();
    let printed = run(&opening, &CREDENTIALS);
    assert_eq!(printed.matches("Err(BundleMissing").count(), 4, "{printed}");
}

#[cfg(feature = "sdk")]
#[test]
fn the_default_chain_finds_a_profile() {
    let opening = Opening::with(["A"]);
    let profile = opening.folder.path().join("profile");
    std::fs::write(
        &profile,
        "[mine]\naws_access_key_id = OFPROFILE\naws_secret_access_key = OFPROFILE+signs\n",
    )
    .unwrap();
    let variables = [
        ("AWS_SHARED_CREDENTIALS_FILE", profile.to_str().unwrap()),
        ("AWS_PROFILE", "mine"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let printed = run(&opening, &variables);
    assert!(printed.contains(&plaintext("A")), "{printed}");
    assert!(
        opening
            .kms
            .calls()
            .iter()
            .all(|call| call.access_key == "OFPROFILE")
    );
}

#[test]
fn a_failure_of_the_process_is_not_remembered() {
    let opening = Opening::with(["A"]);
    opening
        .kms
        .faults([Fault::Error(400, "AccessDeniedException", "")]);
    let printed = run(&opening, &CREDENTIALS);
    assert!(
        printed.contains("Err(NotOpened") && printed.contains(&format!("Ok({:?})", plaintext("A"))),
        "{printed}"
    );
}

/// Lambda freezes a process after its answer; what was under way goes on with the next event.
#[test]
fn a_freeze_takes_nothing_from_the_time_of_a_call() {
    let opening = Opening::with(["A"]);
    opening.kms.faults([Fault::Hang]);
    let mut frozen = command(&opening, "impatient_child", &CREDENTIALS);
    let child = frozen.stdout(Stdio::piped()).spawn().unwrap();
    let signal = |name: &str| {
        Command::new("kill")
            .args([name, &child.id().to_string()])
            .status()
            .unwrap()
    };
    while opening.kms.calls().is_empty() {
        sleep(Duration::from_millis(5));
    }
    signal("-STOP");
    sleep(Duration::from_millis(1500));
    signal("-CONT");
    let printed = child.wait_with_output().unwrap().stdout;
    assert!(
        String::from_utf8_lossy(&printed).contains("Ok([secret])"),
        "{}",
        String::from_utf8_lossy(&printed)
    );
}
