//! Opens the secrets of the bundle and of sealed environment variables, sets them as environment variables, and becomes the
//! command that it was given: for `AWS_LAMBDA_EXEC_WRAPPER`, and as the entry point of a container.

mod called;
mod opening;
mod sealed;
mod signals;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use secret_baker_launcher::command::Command;
use secret_baker_launcher::failures::Failures;
use secret_baker_launcher::shown::shown;

const HELP: &str = "\
Opens the secrets that serverless-secret-baker baked, sets them as environment variables, and becomes COMMAND.

A variable whose value begins with `secret-baker:` holds a sealed secret, and is replaced by its plaintext, too.

Usage: secret-baker-launcher [--] COMMAND [ARGUMENT...]
       secret-baker-launcher --help | --version

SECRET_BAKER_ENV           which secrets, separated by commas or white space: NAME, NAME=VARIABLE, or * for all
                           that are not named (default: *)
SECRET_BAKER_NEXT_WRAPPER  the wrapper that becomes of the process before the command does: the function's own
                           AWS_LAMBDA_EXEC_WRAPPER
SECRET_BAKER_FILE          the bundle (default: secret-baker-secrets.json in LAMBDA_TASK_ROOT, the handler's folder,
                           or the current one)

Exit codes: 1 a secret did not open, 64 no command, 126 the command cannot be run, 127 it is not there.
";

/// As in sysexits.h.
const USAGE: u8 = 64;

fn main() -> ExitCode {
    signals::end_as_others_do();
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("--help" | "-h") => {
            say(HELP);
            return ExitCode::SUCCESS;
        }
        Some("--version" | "-V") => {
            say(concat!(
                "secret-baker-launcher ",
                env!("CARGO_PKG_VERSION"),
                "\n"
            ));
            return ExitCode::SUCCESS;
        }
        Some("--") => drop(arguments.remove(0)),
        Some(option) if option.starts_with('-') => {
            let option = shown(option);
            return complain(&format!("there is no option `{option}`; see --help"), USAGE);
        }
        _ => {}
    }
    let Some(command) = Command::new(arguments, |name| std::env::var_os(name)) else {
        return complain("there is no command to run; see --help", USAGE);
    };
    match opening::opened() {
        Ok(variables) => {
            let failure = command.become_with(&variables, &called::WORDS);
            complain(&failure.sentence, failure.code)
        }
        Err(failures) => {
            say_failures(failures);
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) {
    // Nobody listening is no reason to abort, as `print!` would.
    let _ = io::stdout().write_all(text.as_bytes());
}

fn complain(sentence: &str, code: u8) -> ExitCode {
    let how = format!(", exit code {code}");
    say_failures(Failures::of_command(sentence, &how));
    ExitCode::from(code)
}

fn say_failures(failures: Failures) {
    for line in failures.lines() {
        let _ = writeln!(io::stderr(), "secret-baker-launcher: {line}");
    }
}
