//! Printing: a table in a terminal, plain lines in a pipe, JSON where it is asked for. Results go to standard output, all else to stderr.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde_json::Value;

use crate::progress::Progress;

/// Where a command prints.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the streams"
)]
pub struct Terminal {
    json: bool,
    /// Standard output is one.
    out: bool,
    /// stderr is one.
    err: bool,
    colours: bool,
}

impl Terminal {
    /// What this process has.
    #[must_use]
    pub fn of_process(json: bool) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        // Set to anything but nothing, it forbids colours: no-color.org.
        let forbidden = env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            json,
            out,
            err,
            colours: !forbidden && !is_dumb,
        }
    }

    /// Whether JSON was asked for.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether standard output is a terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.out
    }

    /// Rows below a header: a table in a terminal; in a pipe a line each, its cells separated by tabs, without the header.
    pub fn table(&self, header: &[&str], rows: &[Vec<String>]) {
        if !self.out {
            for row in rows {
                self.line(&row.join("\t"));
            }
            return;
        }
        let mut table = Table::new();
        // A terminal that does not know its width says 0.
        let arrangement = match table.width() {
            Some(0) | None => ContentArrangement::Disabled,
            Some(_) => ContentArrangement::Dynamic,
        };
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(arrangement)
            .set_header(header.iter().map(|title| {
                let cell = Cell::new(title);
                if self.colours {
                    cell.add_attribute(Attribute::Bold)
                } else {
                    cell
                }
            }));
        if !self.colours {
            table.force_no_tty();
        }
        table.add_rows(rows.iter().cloned());
        self.line(&table.trim_fmt());
    }

    /// A line of the result.
    pub fn line(&self, text: &str) {
        // Nobody listening is no reason to abort, as `println!` would.
        let _ = writeln!(io::stdout(), "{text}");
    }

    /// Bytes of the result, as they are.
    ///
    /// # Errors
    /// Whoever reads them has gone.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// The result as JSON, on several lines in a terminal.
    pub fn json(&self, value: &Value) {
        if self.out {
            self.line(&format!("{value:#}"));
        } else {
            self.line(&value.to_string());
        }
    }

    /// What the user should know beside the result.
    pub fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// What went wrong.
    pub fn complain(&self, text: &str) {
        let (begin, end) = if self.err && self.colours {
            ("\u{1b}[31m", "\u{1b}[0m")
        } else {
            ("", "")
        };
        let _ = writeln!(io::stderr(), "{begin}secret-baker:{end} {text}");
    }

    /// What takes long tells how far it has come, on stderr if that is a terminal.
    #[must_use]
    pub fn progress(&self, what: &'static str) -> Progress {
        Progress::new(what, self.err)
    }
}
