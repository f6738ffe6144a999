//! The functions of the process's own bundle and environment, each in a fresh process.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use secret_baker::Secrets;
use support::Fault;
use support::freeze::{frozen, until};
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

/// Opens what is sealed in a variable.
#[tokio::test]
#[ignore = "run by the others, in a process of its own"]
async fn variable_child() {
    let text = secret_baker::secret_from_env("DB")
        .await
        .map(|secret| secret.expose().to_owned());
    let bytes = secret_baker::secret_bytes_from_env("DB")
        .await
        .map(|secret| secret.expose().len());
    let unset = secret_baker::secret_from_env("NONE").await;
    let unset = unset.map_err(|error| error.code());
    println!("{text:?}\n{bytes:?}\n{unset:?}");
}

/// Opens a secret, waits for a line, and opens it again.
#[tokio::test]
#[ignore = "run by the others, in a process of its own"]
async fn waiting_child() {
    let secrets = Secrets::open().unwrap();
    println!("first: {:?}", secrets.secret("A").await);
    std::io::stdin().read_line(&mut String::new()).unwrap();
    println!("then: {:?}", secrets.fresh("A").await);
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
fn what_is_sealed_in_the_processs_environment_opens_without_a_bundle() {
    let opening = Opening::with([]);
    std::fs::remove_file(opening.file()).unwrap();
    let sealed = format!("secret-baker:{}", opening.kms.put("/v", &plaintext("DB")));
    let ended = command(&opening, "variable_child", &CREDENTIALS)
        .env("DB", sealed)
        .output()
        .unwrap();
    let printed = String::from_utf8(ended.stdout).unwrap();
    let plaintext = plaintext("DB");
    let expected = format!(
        "Ok({plaintext:?})\nOk({})\nErr(VariableInvalid)",
        plaintext.len()
    );
    assert!(printed.contains(&expected), "{printed}");
    assert_eq!(opening.kms.calls().len(), 1);
}

#[test]
fn a_bundle_that_was_not_found_is_looked_for_again() {
    let opening = Opening::with(["A"]);
    std::fs::remove_file(opening.file()).unwrap();
    let printed = run(&opening, &CREDENTIALS);
    assert_eq!(printed.matches("Err(BundleMissing").count(), 4, "{printed}");
}

/// What is printed with a profile of that secret key.
#[cfg(feature = "sdk")]
fn with_a_profile(opening: &Opening, secret: &str) -> String {
    let profile = opening.folder.path().join("profile");
    let text = format!("[mine]\naws_access_key_id = OFPROFILE\naws_secret_access_key = {secret}\n");
    std::fs::write(&profile, text).unwrap();
    let variables = [
        ("AWS_SHARED_CREDENTIALS_FILE", profile.to_str().unwrap()),
        ("AWS_PROFILE", "mine"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    run(opening, &variables)
}

#[cfg(feature = "sdk")]
#[test]
fn the_default_chain_finds_a_profile() {
    let opening = Opening::with(["A"]);
    let printed = with_a_profile(&opening, "OFPROFILE+signs");
    assert!(printed.contains(&plaintext("A")), "{printed}");
    assert!(
        opening
            .kms
            .calls()
            .iter()
            .all(|call| call.access_key == "OFPROFILE")
    );
}

#[cfg(feature = "sdk")]
#[test]
fn a_malformed_profile_is_told_by_its_part() {
    let opening = Opening::with(["A"]);
    let printed = with_a_profile(&opening, "OFPROFILE +signs");
    assert!(
        printed.contains("the secret access key of the default chain has white space"),
        "{printed}"
    );
    assert!(opening.kms.calls().is_empty() && !printed.contains("+signs"));
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
    let mut command = command(&opening, "impatient_child", &CREDENTIALS);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    until(|| !opening.kms.calls().is_empty());
    // Longer than the call may take.
    frozen(&child, || sleep(Duration::from_millis(1100)));
    let printed = child.wait_with_output().unwrap().stdout;
    assert!(
        String::from_utf8_lossy(&printed).contains("Ok([secret])"),
        "{}",
        String::from_utf8_lossy(&printed)
    );
    let calls = opening.kms.calls();
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].date, calls[1].date, "it is not signed anew");
}

#[test]
fn a_connection_that_died_in_a_freeze_is_replaced_and_the_call_signed_anew() {
    let opening = Opening::with(["A"]);
    let mut command = command(&opening, "waiting_child", &CREDENTIALS);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    while !first.contains("first: ") {
        assert_ne!(printed.read_line(&mut first).unwrap(), 0, "{first}");
    }
    frozen(&child, || opening.kms.hang_up());
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let mut then = String::new();
    printed.read_to_string(&mut then).unwrap();
    assert!(child.wait().unwrap().success(), "{then}");
    assert!(then.contains("then: Ok([secret])"), "{then}");
    let calls = opening.kms.calls();
    let connections: Vec<_> = calls.iter().map(|call| call.connection).collect();
    assert_eq!(connections, [1, 2]);
    assert_ne!(calls[0].date, calls[1].date, "it is not signed anew");
}
