//! Completions.

use clap::ValueEnum;
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

use crate::context::Context;
use crate::definition::definition;
use crate::ending::Exit;

/// What was typed.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: secret-baker completions bash > /etc/bash_completion.d/secret-baker"
)]
pub struct Arguments {
    /// The shell
    pub shell: Shell,
}

/// Those that completions are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash
    Bash,
    /// fish
    Fish,
    /// Z shell
    Zsh,
}

/// The program's name in its package for Node.js, where both are.
const OTHER_NAME: &str = "serverless-secret-baker";

/// Prints them.
pub fn run(arguments: &Arguments, context: &Context) -> Exit {
    let mut text = Vec::new();
    let mut definition = definition();
    let name = definition.get_name().to_owned();
    match arguments.shell {
        Shell::Bash => generate(Bash, &mut definition, &name, &mut text),
        Shell::Fish => generate(Fish, &mut definition, &name, &mut text),
        Shell::Zsh => generate(Zsh, &mut definition, &name, &mut text),
    }
    let text = String::from_utf8_lossy(&text);
    let text = of_both(arguments.shell, &text, &name);
    context.terminal.line(text.trim_end());
    Exit::Fine
}

/// The same for the other name: the functions that are made ask by which one they were called.
fn of_both(shell: Shell, text: &str, name: &str) -> String {
    match shell {
        Shell::Bash => {
            let other = "complete -F _NAME -o bashdefault -o default OTHER";
            format!("{text}\n{}\n", filled(other, name))
        }
        Shell::Zsh => ["#compdef NAME", "compdef _NAME NAME"]
            .iter()
            .map(|line| filled(line, name))
            .fold(text.to_owned(), |text, line| {
                text.replace(&format!("{line}\n"), &format!("{line} {OTHER_NAME}\n"))
            }),
        Shell::Fish => format!("{text}\n{}\n", filled("complete -c OTHER -w NAME", name)),
    }
}

fn filled(line: &str, name: &str) -> String {
    line.replace("OTHER", OTHER_NAME).replace("NAME", name)
}
