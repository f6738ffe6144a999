//! A command line that `clap` does not take, or answers by itself: help and version.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use secret_baker_command::service_file;
use secret_baker_core::failure::shown::Shown;

use crate::ending::{Ending, Exit, ended};
use crate::terminal::Terminal;

/// The end of what `clap` tells.
const SEE_HELP: &str = "For more information, try '--help'.";

/// Whether a command line asks for JSON, whatever else is wrong with it. What stands behind `--` is another command's.
pub fn wants_json(arguments: &[OsString]) -> bool {
    let mut own = arguments.iter().take_while(|word| *word != "--");
    own.any(|word| word == "--json")
}

/// Tells it. Returns the exit code: help and version are no mistakes, all else is.
pub fn told(error: &clap::Error, terminal: &Terminal) -> u8 {
    let caller = service_file::caller();
    let exit = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal.styled(&error.render());
            ended(Exit::Fine, terminal, &caller)
        }
        _ if may_show_a_secret(error) => unshown().tell(terminal, &caller),
        _ => mistake(&error.render().to_string()).tell(terminal, &caller),
    };
    exit.code()
}

/// `clap` tells a mistake, what may have been meant, the usage and where all of it stands, with an empty line between each.
fn mistake(rendered: &str) -> Ending {
    let mut parts = rendered.trim().split("\n\n").map(in_one_line);
    let said = parts.next().unwrap_or_default();
    let said = said.strip_prefix("error: ").unwrap_or(&said).to_owned();
    let hint = parts.map(|part| {
        let part = part.replace("tip: ", "").replacen("Usage: ", "usage: ", 1);
        part.replace(SEE_HELP, "--help tells all")
    });
    Ending::Wrong {
        said,
        hint: hint.collect::<Vec<_>>().join("; "),
    }
}

fn unshown() -> Ending {
    Ending::Wrong {
        said: "a word begins with `-` and is no option; it is not shown, since it may be a secret"
            .into(),
        hint: "`--help` lists the options; a value is never taken from the command line".into(),
    }
}

/// Whether `clap` repeats a word that is no mistyped option: a key in PEM begins as options do.
fn may_show_a_secret(error: &clap::Error) -> bool {
    let is_option = |word: &str| {
        let name = word.trim_start_matches('-');
        word.len() <= name.len() + 2
            && name.len() <= 32
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let unknown = match error.kind() {
        ErrorKind::UnknownArgument => error.get(ContextKind::InvalidArg),
        _ => None,
    };
    matches!(unknown, Some(ContextValue::String(word)) if word.starts_with('-') && word.len() > 2 && !is_option(word))
}

fn in_one_line(part: &str) -> String {
    let lines = part.lines().map(str::trim);
    Shown::of(&lines.collect::<Vec<_>>().join(" ")).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_before_the_words_of_another_command() {
        let wants =
            |words: &[&str]| wants_json(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(wants(&["--nonsense", "--json"]));
        assert!(!wants(&["exec", "--", "curl", "--json"]));
        assert!(!wants(&["list", "--jsno"]));
    }

    #[test]
    fn a_mistake_is_one_sentence_and_one_hint() {
        let told = "error: unexpected argument '--x\u{1b}[31m' found\n\n  tip: a similar argument exists: '--y'\n\n\
                    Usage: secret-baker list --y\n\nFor more information, try '--help'.\n";
        let Ending::Wrong { said, hint } = mistake(told) else {
            panic!("another ending");
        };
        assert_eq!(said, "unexpected argument '--x\\u{1b}[31m' found");
        assert_eq!(
            hint,
            "a similar argument exists: '--y'; usage: secret-baker list --y; --help tells all"
        );
    }
}
