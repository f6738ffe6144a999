//! The real binary, with the real `env` and `sh` as its command.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod running;
#[path = "../../rust/tests/support/mod.rs"]
mod support;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use running::{end, ended, launcher, stopped};
use serde_json::{Value, json};
use support::freeze::{frozen, until};
use support::opening::{Opening, plaintext};
use support::pages::failures_in;
use support::unseen::says_what_to_do;
use support::vectors::contract;
use support::{Fake, Fault, PLAINTEXT, left_out};

/// An executable script.
fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}

#[test]
fn all_secrets_become_variables() {
    let opening = Opening::with(["A", "B"]);
    let ended = end(launcher(&opening).arg("env"));
    assert_eq!(ended.code, 0);
    for name in ["A", "B"] {
        assert!(
            ended
                .out
                .lines()
                .any(|line| line == format!("{name}={}", plaintext(name))),
            "{}",
            ended.out
        );
    }
    assert!(
        ended
            .out
            .lines()
            .any(|line| line.starts_with("LAMBDA_TASK_ROOT="))
    );
    assert_eq!(ended.err, "");
    assert_eq!(opening.kms.calls().len(), 2);
}

#[test]
fn only_those_that_are_chosen_are_opened() {
    let opening = Opening::with(["A", "B", "C"]);
    for chosen in ["A,C", " A  C ", "A,\n\tC,"] {
        let ended = end(launcher(&opening).env("SECRET_BAKER_ENV", chosen).args([
            "sh",
            "-c",
            "echo ${A-none}; echo ${B-none}; echo ${C-none}",
        ]));
        assert_eq!(
            ended.out,
            format!("{}\nnone\n{}\n", plaintext("A"), plaintext("C"))
        );
    }
    assert_eq!(opening.kms.calls().len(), 6);
}

#[test]
fn they_can_be_renamed() {
    let kms = Fake::new();
    let bundle = json!({
        "A": kms.put("/t/A", &plaintext("A")),
        "b=c": kms.put("/t/b", &plaintext("b=c")),
        "/app/db": kms.put("/app/db", &plaintext("/app/db")),
    });
    let opening = Opening::of(kms, &bundle);
    let print = ["sh", "-c", "echo ${A-none} ${X-none} ${Y-none} ${Z-none}"];
    let renamed = "A=X,b=c=Y,/app/db=Z";
    let ended = end(launcher(&opening)
        .env("SECRET_BAKER_ENV", renamed)
        .args(print));
    assert_eq!(
        ended.out,
        format!(
            "none {} {} {}\n",
            plaintext("A"),
            plaintext("b=c"),
            plaintext("/app/db")
        )
    );
    let ended = end(launcher(&opening)
        .env("SECRET_BAKER_ENV", "*,b=c=Y,/app/db=_9")
        .args(["sh", "-c", "echo ${A-none} ${X-none} ${Y-none} ${_9-none}"]));
    assert_eq!(
        ended.out,
        format!(
            "{} none {} {}\n",
            plaintext("A"),
            plaintext("b=c"),
            plaintext("/app/db")
        )
    );
}

/// Shells such as dash drop variables of such names without a word.
#[test]
fn a_name_that_no_shell_takes_has_to_be_renamed() {
    for name in ["/shop/db/password", "a-b", "a.b", "9A", "\u{e4}", "A=B", ""] {
        let opening = Opening::with(["A"]);
        let bundle = fs::read_to_string(opening.file()).unwrap();
        let bundle = bundle.replacen("\"A\"", &json!(name).to_string(), 1);
        fs::write(opening.file(), bundle).unwrap();
        let line = format!(
            "secret `{name}`: it cannot be an environment variable: `{name}` has other characters than letters, digits and `_`, \
             or a digit first; rename the secret, or where it is set (in SECRET_BAKER_ENV, `{name}=VARIABLE` renames it) \
             [SECRET_BAKER_NOT_A_VARIABLE]"
        );
        for chosen in [None, Some("*")] {
            let mut launcher = launcher(&opening);
            launcher.envs(chosen.map(|chosen| ("SECRET_BAKER_ENV", chosen)));
            stopped(&mut launcher, 1, &[&line]);
        }
        if !name.is_empty() && !name.contains('=') {
            stopped(
                launcher(&opening).env("SECRET_BAKER_ENV", name),
                1,
                &[&line],
            );
        }
        assert!(opening.kms.calls().is_empty());
        let ended = end(launcher(&opening)
            .env("SECRET_BAKER_ENV", format!("{name}=VARIABLE"))
            .args(["sh", "-c", "echo \"$VARIABLE\""]));
        assert_eq!(ended.out, format!("{}\n", plaintext("A")));
    }
    // Between commas and white space such a name cannot be written.
    let opening = Opening::of(Fake::new(), &json!({"a b": {}, "c,d": {}, "e\nf": {}}));
    let hint = "so list the others there) [SECRET_BAKER_NOT_A_VARIABLE]";
    stopped(&mut launcher(&opening), 1, &[hint, hint, r"secret `e\nf`"]);
}

#[test]
fn an_empty_choice_is_a_mistake() {
    let opening = Opening::with(["A"]);
    for empty in ["", " ", ",", " ,\n"] {
        stopped(
            launcher(&opening).env("SECRET_BAKER_ENV", empty),
            1,
            &["SECRET_BAKER_ENV is empty; unset it or write `*`"],
        );
    }
    assert!(opening.kms.calls().is_empty());
}

#[test]
fn a_star_is_all_of_them() {
    let opening = Opening::with(["A", "B"]);
    let print = ["sh", "-c", "echo \"$A|$B\""];
    let ended = end(launcher(&opening).env("SECRET_BAKER_ENV", "*").args(print));
    assert_eq!(
        ended.out,
        format!("{}|{}\n", plaintext("A"), plaintext("B"))
    );
}

#[test]
fn interpreters_find_the_variables() {
    let opening = Opening::with(["A"]);
    for [interpreter, option, program] in [
        ["python3", "-c", "import os; print(os.environ['A'])"],
        ["node", "-e", "console.log(process.env.A)"],
        ["ruby", "-e", "puts ENV['A']"],
    ] {
        if Command::new(interpreter).arg("--version").output().is_err() {
            left_out(&format!("{interpreter}, which is not installed here"));
            continue;
        }
        let mut launcher = launcher(&opening);
        launcher.env("PATH", std::env::var("PATH").unwrap());
        let ended = end(launcher.args([interpreter, option, program]));
        assert_eq!(
            (ended.code, ended.out),
            (0, format!("{}\n", plaintext("A"))),
            "{interpreter}: {}",
            ended.err
        );
    }
}

#[test]
fn what_passes_is_no_failure() {
    let throttled = Fault::Error(400, "ThrottlingException", "Rate exceeded");
    for (faults, calls) in [
        (vec![throttled.clone(), throttled], 3),
        (vec![Fault::Late(Duration::from_millis(200))], 1),
        (vec![Fault::Reset, Fault::Reset], 3),
        (vec![Fault::Close, Fault::Truncate], 3),
    ] {
        let opening = Opening::with(["A"]);
        opening.kms.faults(faults.clone());
        let ended = end(launcher(&opening).args(["sh", "-c", "echo \"$A\""]));
        assert_eq!(
            (ended.code, ended.out),
            (0, format!("{}\n", plaintext("A"))),
            "{faults:?}: {}",
            ended.err
        );
        assert_eq!(opening.kms.calls().len(), calls, "{faults:?}");
    }
}

/// Nor is a plaintext shown that came with what failed.
#[test]
fn what_stays_is_said_after_five_attempts() {
    let throttled = Fault::Error(400, "ThrottlingException", "Rate exceeded");
    let cases = [
        (throttled, "SECRET_BAKER_THROTTLED"),
        (Fault::Reset, "reset"),
        (Fault::Truncate, "SECRET_BAKER_UNREACHABLE"),
        (
            Fault::Raw(200, r#"{"Plaintext":"<base64>"}<text>"#),
            "SECRET_BAKER_UNREACHABLE",
        ),
        (
            Fault::Raw(400, r#"{"Plaintext":"<base64>","message":5}"#),
            "SECRET_BAKER_UNREACHABLE",
        ),
        (
            Fault::Raw(
                500,
                r#"{"__type":"KMSInternalException","Plaintext":"<base64>"}"#,
            ),
            "SECRET_BAKER_SERVICE_ERROR",
        ),
    ];
    thread::scope(|scope| {
        for (fault, words) in cases {
            scope.spawn(move || {
                let opening = Opening::with(["A"]);
                opening.kms.always(fault);
                stopped(&mut launcher(&opening), 1, &[words]);
                assert_eq!(opening.kms.calls().len(), 5);
            });
        }
    });
}

#[test]
fn expired_credentials_are_said() {
    let opening = Opening::with(["A"]);
    opening
        .kms
        .always(Fault::Error(400, "ExpiredTokenException", "a-token"));
    stopped(
        &mut launcher(&opening),
        1,
        &["KMS answered ExpiredTokenException; they have expired: renew them"],
    );
    assert_eq!(opening.kms.calls().len(), 1);
}

#[test]
fn expired_credentials_of_a_container_are_fetched_again() {
    let opening = Opening::with(["A"]);
    opening.credentials_that_expire();
    let url = format!("{}/credentials", opening.kms.url());
    let mut launcher = launcher(&opening);
    launcher
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    let ended = end(launcher.args(["sh", "-c", "echo \"$A\""]));
    assert_eq!(ended.out, format!("{}\n", plaintext("A")), "{}", ended.err);
    let calls = opening.kms.calls();
    let keys: Vec<_> = calls.iter().map(|call| call.access_key.as_str()).collect();
    assert_eq!(keys, ["FIRST", "SECOND"]);
}

#[test]
fn a_call_that_was_frozen_is_made_again_and_signed_anew() {
    let opening = Opening::with(["A"]);
    opening.kms.faults([Fault::Hang]);
    let mut launcher = launcher(&opening);
    let child = launcher
        .args(["sh", "-c", "echo \"$A\""])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(|| !opening.kms.calls().is_empty());
    frozen(&child, || opening.kms.hang_up());
    let ended = ended(child.wait_with_output().unwrap());
    assert_eq!(ended.out, format!("{}\n", plaintext("A")), "{}", ended.err);
    let calls = opening.kms.calls();
    assert_eq!(calls.len(), 2);
    assert_ne!(calls[0].date, calls[1].date, "it is not signed anew");
}

#[test]
fn what_cannot_be_a_variable_is_refused_before_any_call() {
    let reserved = "is reserved; that variable belongs to the runtime, a loader or AWS";
    for (name, why) in [
        ("A\0B", "other characters than letters"),
        ("PATH", reserved),
        ("LD_PRELOAD", reserved),
        ("AWS_SESSION_TOKEN", reserved),
        ("AWS_LAMBDA_EXEC_WRAPPER", reserved),
        ("LAMBDA_TASK_ROOT", reserved),
        ("_HANDLER", reserved),
        ("NODE_OPTIONS", reserved),
        ("OPENSSL_CONF", reserved),
        ("SSL_CERT_FILE", reserved),
        ("ERL_AFLAGS", reserved),
        ("SECRET_BAKER_NEXT_WRAPPER", reserved),
        ("HTTPS_PROXY", "set only where it is chosen by its name"),
        ("ENV", "set only where it is chosen by its name"),
    ] {
        let opening = Opening::of(Fake::new(), &json!({name: {}}));
        stopped(&mut launcher(&opening), 1, &[why]);
        assert!(opening.kms.calls().is_empty());
    }
    let opening = Opening::with(["A"]);
    stopped(
        launcher(&opening).env("SECRET_BAKER_ENV", "A=PATH"),
        1,
        &["secret `A`: it cannot be an environment variable: `PATH` is reserved"],
    );
    stopped(
        launcher(&opening).env("SECRET_BAKER_ENV", "A="),
        1,
        &["secret `A`: it cannot be an environment variable: ``"],
    );
    stopped(
        launcher(&opening).env("SECRET_BAKER_ENV", "A,B=A"),
        1,
        &["`A and B`: it cannot be an environment variable: both would be `A`"],
    );
}

#[test]
fn some_are_set_where_they_are_named() {
    for (name, chosen) in [
        ("HTTPS_PROXY", "HTTPS_PROXY"),
        ("A", "*,A=no_proxy"),
        ("ENV", "ENV"),
    ] {
        let opening = Opening::with([name]);
        let ended = end(launcher(&opening)
            .env("SECRET_BAKER_ENV", chosen)
            .arg("env"));
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert!(ended.out.contains(&format!("={}", plaintext(name))));
    }
}

#[test]
fn a_choice_that_is_not_utf_8_is_a_mistake() {
    let opening = Opening::with(["A"]);
    let chosen = OsString::from_vec(b"A,\xff".to_vec());
    stopped(
        launcher(&opening).env("SECRET_BAKER_ENV", chosen),
        1,
        &["SECRET_BAKER_ENV is not UTF-8"],
    );
}

/// A list that is built in here as well would be another one some day.
#[test]
fn all_that_the_contract_reserves_is_refused() {
    let contract = contract();
    let patterns = contract["variables"]["reserved"].as_array().unwrap();
    let names = patterns
        .iter()
        .map(|pattern| pattern.as_str().unwrap().replace('*', "X"));
    let bundle: serde_json::Map<_, _> = names.map(|name| (name, json!({}))).collect();
    let opening = Opening::of(Fake::new(), &Value::Object(bundle.clone()));
    let ended = end(launcher(&opening).arg("true"));
    assert_eq!(ended.code, 1);
    assert_eq!(ended.err.matches("is reserved").count(), bundle.len());
}

/// Lambda ends the init phase after ten seconds; then nobody reads what it says.
#[test]
fn all_secrets_of_a_silent_kms_end_in_eight_seconds() {
    let names: Vec<String> = (0..48).map(|number| format!("N{number}")).collect();
    let opening = Opening::with(names.iter().map(String::as_str));
    opening.kms.always(Fault::Hang);
    let begun = Instant::now();
    let ended = end(launcher(&opening).arg("true"));
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    let told = |part| ended.err.lines().filter(|line| line.contains(part)).count();
    assert_eq!(told("no answer within"), 16, "{}", ended.err);
    assert_eq!(told("; open fewer secrets at once"), 32, "{}", ended.err);
    // Three rounds of attempts for each would take thirty.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn names_that_only_look_reserved_are_not() {
    let names = ["PATHS", "MY_AWS_KEY", "LDAP", "HOMEPAGE", "ENVIRONMENT"];
    let opening = Opening::with(names);
    let ended = end(launcher(&opening).arg("env"));
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(
        names
            .iter()
            .all(|name| ended.out.contains(&format!("{name}={}", plaintext(name))))
    );
}

#[test]
fn a_value_with_a_nul_is_refused() {
    let kms = Fake::new();
    let entry = kms.put("/t/A", &format!("{PLAINTEXT}\0rest"));
    stopped(
        &mut launcher(&Opening::of(kms, &json!({"A": entry}))),
        1,
        &["secret `A`: it cannot be an environment variable: its value holds NUL"],
    );
}

#[test]
fn line_ends_and_other_letters_arrive_as_they_are() {
    let kms = Fake::new();
    let value = " a\r\n\"b\" $HOME `c` ä\u{1F511}\t";
    let entry = kms.put("/t/A", value);
    let ended = end(launcher(&Opening::of(kms, &json!({"A": entry}))).args([
        "sh",
        "-c",
        "printf %s \"$A\"",
    ]));
    assert_eq!(ended.out, value);
}

#[test]
fn each_failure_is_one_line() {
    let opening = Opening::with(["A", "B", "C"]);
    let denied = Fault::Error(400, "AccessDeniedException", "not\nallowed");
    opening.kms.faults([denied.clone(), denied]);
    stopped(
        launcher(&opening).env("SECRET_BAKER_ENV", "A B C MISSING"),
        1,
        &[
            "SECRET_BAKER_ACCESS_DENIED",
            "SECRET_BAKER_ACCESS_DENIED",
            "SECRET_BAKER_NOT_IN_BUNDLE",
        ],
    );
}

#[test]
fn a_missing_bundle_is_said_with_its_places() {
    let opening = Opening::with(["A"]);
    fs::remove_file(opening.file()).unwrap();
    stopped(
        &mut launcher(&opening),
        1,
        &[opening.file().to_str().unwrap()],
    );
}

#[test]
fn a_bundle_without_secrets_needs_nothing() {
    let opening = Opening::of(Fake::new(), &json!({}));
    let mut launcher = launcher(&opening);
    let ended = end(launcher
        .env_remove("AWS_ACCESS_KEY_ID")
        .args(["sh", "-c", "echo it ran"]));
    assert_eq!((ended.code, ended.out.as_str()), (0, "it ran\n"));
}

#[test]
fn missing_credentials_are_said() {
    let opening = Opening::with(["A"]);
    let mut launcher = launcher(&opening);
    stopped(
        launcher.env_remove("AWS_ACCESS_KEY_ID"),
        1,
        &["AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not"],
    );
    launcher.env_remove("AWS_SECRET_ACCESS_KEY");
    stopped(&mut launcher, 1, &["is set; in Lambda they come from"]);
}

#[test]
fn arguments_and_the_exit_code_pass_through() {
    let opening = Opening::with(["A"]);
    let ended = end(launcher(&opening).args([
        "sh",
        "-c",
        "printf '%s|' \"$@\"; exit 42",
        "name",
        "--help",
        "a b",
        "",
        "*",
        "ä",
    ]));
    assert_eq!((ended.code, ended.out.as_str()), (42, "--help|a b||*|ä|"));
    let ended = end(launcher(&opening).args(["--", "sh", "-c", "echo \"$0\"", "--"]));
    assert_eq!(ended.out, "--\n");
}

#[test]
fn the_command_takes_the_launchers_place() {
    let opening = Opening::with(["A"]);
    let child = launcher(&opening)
        .args(["sh", "-c", "echo $$"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let printed = child.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(printed).unwrap().trim(), id.to_string());
}

#[test]
fn the_command_inherits_no_socket() {
    let opening = Opening::with(["A", "B"]);
    let ended = end(launcher(&opening).args(["sh", "-c", "ls -l /proc/$$/fd"]));
    assert!(
        !ended.out.contains("socket:") && !ended.out.contains("eventpoll"),
        "{}",
        ended.out
    );
}

#[test]
fn the_command_has_its_signals_as_without_us() {
    let opening = Opening::with(["A"]);
    let signals = ["grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"];
    let direct = Command::new(signals[0])
        .args(&signals[1..])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(
        end(launcher(&opening).args(signals)).out,
        String::from_utf8(direct).unwrap()
    );
}

#[test]
fn nobody_reading_is_no_crash() {
    let text = "\"$0\" --help >/dev/full; echo $?; \"$0\" 2>/dev/full; echo $?";
    let mut shell = Command::new("sh");
    let ended = end(shell.args(["-c", text, env!("CARGO_BIN_EXE_secret-baker-launcher")]));
    assert_eq!(ended.out, "0\n64\n");
}

#[test]
fn the_next_wrapper_comes_first_and_gets_its_variable_back() {
    let opening = Opening::with(["A"]);
    let text = "#!/bin/sh\necho \"wrapper $AWS_LAMBDA_EXEC_WRAPPER ${SECRET_BAKER_NEXT_WRAPPER-gone} $A\"\nexec \"$@\"\n";
    let wrapper = script(opening.folder.path(), "wrapper", text);
    let mut launcher = launcher(&opening);
    launcher
        .env("AWS_LAMBDA_EXEC_WRAPPER", "/opt/secret-baker-launcher")
        .env("SECRET_BAKER_NEXT_WRAPPER", &wrapper);
    let ended = end(launcher.args(["sh", "-c", "echo \"command $1\"", "sh", "an argument"]));
    let expected = format!(
        "wrapper {} gone {}\ncommand an argument\n",
        wrapper.display(),
        plaintext("A")
    );
    assert_eq!((ended.code, ended.out), (0, expected), "{}", ended.err);
}

#[test]
fn without_a_next_wrapper_the_variable_stays() {
    let opening = Opening::with(["A"]);
    let mut launcher = launcher(&opening);
    launcher
        .env("AWS_LAMBDA_EXEC_WRAPPER", "/opt/ours")
        .env("SECRET_BAKER_NEXT_WRAPPER", "");
    assert_eq!(
        end(launcher.args(["sh", "-c", "echo $AWS_LAMBDA_EXEC_WRAPPER"])).out,
        "/opt/ours\n"
    );
}

/// It did not become its command, and said so on one line.
#[track_caller]
fn did_not_run(command: &mut Command, code: i32, parts: &[&str]) {
    let ended = end(command);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (code, ""),
        "{}",
        ended.err
    );
    let failures = failures_in(&ended.err);
    assert_eq!(failures.len(), 1, "{}", ended.err);
    assert!(
        failures[0].starts_with("secret-baker-launcher: ")
            && failures[0].ends_with(&format!(" [SECRET_BAKER_COMMAND, exit code {code}]")),
        "{}",
        ended.err
    );
    says_what_to_do(&ended.err);
    for part in parts {
        assert!(
            ended.err.contains(part),
            "`{part}` is not in: {}",
            ended.err
        );
    }
}

#[test]
fn a_command_that_is_not_there_is_127() {
    let opening = Opening::with(["A"]);
    for (command, shown) in [
        ("no-such-command", "no-such-command"),
        ("/no/such/command", "/no/such/command"),
        ("", ""),
        ("no\nsuch\u{2028}command", r"no\nsuch\u{2028}command"),
    ] {
        let line = format!(
            "there is no command `{shown}`; check its path, and that it is in the artefact or the image"
        );
        did_not_run(launcher(&opening).arg(command), 127, &[&line]);
    }
    let wrapper = ("SECRET_BAKER_NEXT_WRAPPER", "/no/such/wrapper");
    let mut launcher = launcher(&opening);
    did_not_run(
        launcher.envs([wrapper]).arg("env"),
        127,
        &["/no/such/wrapper"],
    );
}

#[test]
fn a_command_that_cannot_run_is_126() {
    let opening = Opening::with(["A"]);
    for command in [opening.file(), opening.folder.path().to_owned()] {
        did_not_run(
            launcher(&opening).arg(&command),
            126,
            &["cannot be run: Permission denied"],
        );
    }
}

#[test]
fn a_script_whose_interpreter_is_not_there_is_told_apart_from_one_that_is_not_there() {
    let opening = Opening::with(["A"]);
    let folder = opening.folder.path();
    for (text, words) in [
        (
            "#!/bin/sh\r\necho never\r\n",
            r"its first line `#!/bin/sh\r` ends with a carriage return",
        ),
        ("#!/usr/bin/env sh\r\n", "No such file"),
        (
            "#!/no/such/interpreter -x\n",
            "the interpreter of its first line `#!/no/such/interpreter -x` is not there",
        ),
    ] {
        let file = script(folder, "script", text);
        if words == "No such file" {
            // `env` runs, and says so itself.
            assert_eq!(end(launcher(&opening).arg(&file)).code, 127);
            continue;
        }
        did_not_run(launcher(&opening).arg(&file), 126, &[words]);
        // Found by its name, too.
        let path = format!("/no/such/folder:{}", folder.display());
        did_not_run(
            launcher(&opening).env("PATH", path).arg("script"),
            126,
            &[words],
        );
    }
}

#[test]
fn variables_that_are_too_large_are_told() {
    let kms = Fake::new();
    let entry = kms.put("/t/A", &"x".repeat(200 * 1024));
    let opening = Opening::of(kms, &json!({"A": entry}));
    did_not_run(
        launcher(&opening).arg("env"),
        126,
        &[
            "environment variables that are too large",
            "; choose fewer secrets",
        ],
    );
}

/// The kernel ends the first process of a container by no signal that it does not handle.
#[test]
fn the_first_process_of_a_container_ends_by_a_signal() {
    let opening = Opening::with(["A"]);
    opening.kms.always(Fault::Hang);
    let mut inside = launcher(&opening);
    inside.arg("env");
    for (signal, code) in [("-TERM", 143), ("-INT", 130), ("-QUIT", 131), ("-HUP", 129)] {
        let calls = opening.kms.calls().len();
        let mut container = Command::new("unshare");
        container.env_clear().envs(
            inside
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        container.args([
            "--user",
            "--map-root-user",
            "--pid",
            "--fork",
            "--kill-child",
        ]);
        container.arg(inside.get_program()).args(inside.get_args());
        let mut child = match container.stderr(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => return left_out(&format!("a launcher as the first process: {error}")),
        };
        while opening.kms.calls().len() == calls {
            if child.try_wait().unwrap().is_some() {
                return left_out(
                    "a launcher as the first process, which this machine does not allow",
                );
            }
            thread::sleep(Duration::from_millis(5));
        }
        let begun = Instant::now();
        let list = format!("/proc/{0}/task/{0}/children", child.id());
        let first = fs::read_to_string(list).unwrap();
        assert!(
            Command::new("kill")
                .args([signal, first.trim()])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "it waited for its call"
        );
    }
}

#[test]
fn no_command_is_64() {
    let opening = Opening::with(["A"]);
    for arguments in [&[][..], &["--"], &["--no-such-option", "env"]] {
        let ended = end(launcher(&opening).args(arguments));
        assert_eq!(ended.code, 64, "{}", ended.err);
        assert!(
            ended
                .err
                .contains("see --help [SECRET_BAKER_COMMAND, exit code 64]\n"),
            "{}",
            ended.err
        );
        says_what_to_do(&ended.err);
    }
    let ended = end(launcher(&opening).arg("-a\nb"));
    assert_eq!(failures_in(&ended.err).len(), 1, "{}", ended.err);
    assert!(opening.kms.calls().is_empty());
}

#[test]
fn version_and_help_need_nothing() {
    let run = |option: &str| {
        end(Command::new(env!("CARGO_BIN_EXE_secret-baker-launcher"))
            .env_clear()
            .arg(option))
    };
    assert_eq!(
        run("--version").out,
        format!("secret-baker-launcher {}\n", env!("CARGO_PKG_VERSION"))
    );
    let help = run("--help").out;
    for part in [
        "Usage:",
        "SECRET_BAKER_ENV",
        "SECRET_BAKER_NEXT_WRAPPER",
        "126",
    ] {
        assert!(help.contains(part), "{help}");
    }
}
