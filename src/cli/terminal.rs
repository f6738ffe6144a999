//! Printing: a table in a terminal, plain lines in a pipe, JSON where it is asked for. Results go to standard output, all else to stderr.

use std::env;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use clap::builder::StyledStr;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Table, presets};
use secret_baker_core::folder::file_error::FileError;
use serde_json::Value;

use crate::progress::Progress;

/// What commands that go through all secrets say where there are none.
pub const NO_SECRET: &str = "the config names no secret";

/// Where a command prints.
#[derive(Debug, Clone)]
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
    /// Why a part of the result could not be written.
    lost: Arc<OnceLock<FileError>>,
}

#[expect(
    clippy::unused_self,
    reason = "callers need not know what of it a print needs"
)]
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
            lost: Arc::default(),
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

    /// Why a part of the result is nowhere, such as on a disk that is full. Nobody listening is no reason: they have read enough.
    #[must_use]
    pub fn lost(&self) -> Option<&FileError> {
        self.lost.get()
    }

    /// Rows below a header: a table in a terminal; in a pipe a line each, its cells separated by tabs, without the header.
    /// Without rows the result is empty, and `nothing` says so beside it.
    pub fn table(&self, header: &[&str], rows: &[Vec<String>], nothing: &str) {
        if rows.is_empty() {
            self.note(nothing);
            return;
        }
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
                let cell = Cell::new(title.to_uppercase());
                if self.colours {
                    cell.add_attribute(Attribute::Bold)
                } else {
                    cell
                }
            }));
        table.add_rows(rows.iter().cloned());
        keep_short_columns(&mut table);
        self.line(&table.trim_fmt());
    }

    /// A line of the result.
    pub fn line(&self, text: &str) {
        let _ = self.written(writeln!(io::stdout(), "{text}"));
    }

    /// A text of `clap`'s, such as its help.
    pub fn styled(&self, text: &StyledStr) {
        let text = if self.out && self.colours {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        self.line(text.trim_end());
    }

    /// Bytes of the result, as they are.
    ///
    /// # Errors
    /// Whoever reads them has gone.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        self.written(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// Notes what was lost.
    fn written(&self, written: io::Result<()>) -> io::Result<()> {
        if let Err(error) = &written
            && error.kind() != ErrorKind::BrokenPipe
        {
            let lost = FileError::of("write", Path::new("standard output"), error);
            self.lost.get_or_init(|| lost);
        }
        written
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

/// A word is not broken where its column is short and the others have room to be broken in its place.
fn keep_short_columns(table: &mut Table) {
    const SHORT: u16 = 14;
    const ROOM: u16 = 12;
    let Some(width) = table.width() else { return };
    let widths = table.column_max_content_widths();
    let taken = |content: u16| content.saturating_add(2);
    let needed = widths
        .iter()
        .map(|content| taken(*content).min(taken(SHORT)));
    let long = widths.iter().filter(|content| **content > SHORT);
    let long = u16::try_from(long.count()).unwrap_or(u16::MAX);
    let least = needed.fold(0, u16::saturating_add);
    if least.saturating_sub(long.saturating_mul(SHORT - ROOM)) > width {
        return;
    }
    for (column, content) in table.column_iter_mut().zip(widths) {
        if content <= SHORT {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

#[cfg(test)]
mod tests {
    use comfy_table::{ContentArrangement, Table, presets};

    use super::keep_short_columns;

    fn printed(width: u16) -> String {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width)
            .add_row([
                "DB_PASSWORD",
                "/shop/production/database/password",
                "Standard",
            ]);
        keep_short_columns(&mut table);
        table.trim_fmt()
    }

    #[test]
    fn a_long_column_is_broken_and_short_ones_stay_whole() {
        let first = |width| printed(width).lines().next().unwrap_or_default().to_owned();
        assert!(printed(200).lines().count() == 1);
        let line = first(45);
        assert!(
            line.contains("DB_PASSWORD") && line.contains("Standard"),
            "{line}"
        );
        assert!(printed(45).lines().all(|line| line.chars().count() <= 45));
        // There is room for none of them.
        assert!(
            printed(20).lines().all(|line| line.chars().count() <= 20),
            "{}",
            printed(20)
        );
    }
}
