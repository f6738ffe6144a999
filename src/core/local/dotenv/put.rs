//! One value of a plain file of lines, put in place of another or behind all; every other byte stays, comments too.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{BadLine, line_of, name_of, read, value_of};
use crate::edit::line_end;

/// Why a value is not put there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPut {
    /// The file has a line that is none.
    #[error(transparent)]
    Line(#[from] BadLine),
    /// No such name can stand there.
    #[error("the name cannot stand before a `=`")]
    Name,
    /// No quotes can hold it.
    #[error("the value cannot be written in one line or in quotes")]
    Value,
}

/// The new text.
///
/// # Errors
/// A line that is none; a name or value that cannot be written so that it is read as it is.
pub fn put(text: &str, name: &str, value: &str) -> Result<Zeroizing<String>, NotPut> {
    if name_of(&format!("{name}=")) != Some(name) {
        return Err(NotPut::Name);
    }
    let written = written(value);
    let before = read(text)?;
    let after = Zeroizing::new(if let Some(Range { start, end }) = place(text, name)? {
        format!("{}{}{}", &text[..start], *written, &text[end..])
    } else {
        let line_end = line_end(text);
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            line_end
        };
        format!("{text}{end}{name}={}{line_end}", *written)
    });
    // Read again before anybody takes it: all others are as they were.
    let read = read(&after)?;
    let is_other = |pair: &&(String, Zeroizing<Vec<u8>>)| pair.0 != name;
    let others = before
        .iter()
        .filter(is_other)
        .eq(read.iter().filter(is_other));
    let is_right = read
        .iter()
        .any(|(one, is)| one == name && is.as_slice() == value.as_bytes());
    if others && is_right {
        Ok(after)
    } else {
        Err(NotPut::Value)
    }
}

/// Where the value of a name stands, without what follows it on its line.
fn place(text: &str, name: &str) -> Result<Option<Range<usize>>, BadLine> {
    let mut rest = text;
    while !rest.is_empty() {
        let line = line_of(text, rest);
        let (first, below) = rest.split_once('\n').unwrap_or((rest, ""));
        let trimmed = first.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            rest = below;
            continue;
        }
        let found = name_of(first.trim_start_matches('\u{feff}'));
        let after = rest.split_once('=').map_or("", |(_, after)| after);
        let below = value_of(after, line)?.1;
        if found == Some(name) {
            let start = text.len() - after.len();
            return Ok(Some(
                start..start + length(after, after.len() - below.len()),
            ));
        }
        rest = below;
    }
    Ok(None)
}

/// How long a value is that begins here, of which all that is its line's has `whole` bytes.
fn length(after: &str, whole: usize) -> usize {
    let taken = &after[..whole];
    let start = taken.trim_start_matches([' ', '\t']);
    let quote = start
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"' | '`'));
    if let Some((_, behind)) = quote.and_then(|quote| super::quoted(&start[1..], quote)) {
        return taken.len() - behind.len();
    }
    let line = taken.split('\n').next().unwrap_or_default();
    let comment = [" #", "\t#"]
        .iter()
        .filter_map(|sign| line.find(sign))
        .min();
    line[..comment.unwrap_or(line.len())].trim_end().len()
}

/// As programs that read such files read it too: nothing in single quotes is replaced by anything.
fn written(value: &str) -> Zeroizing<String> {
    let of_one = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '.' | '-' | '/' | '+' | '=' | ':' | '@' | ',' | '%')
    };
    let quoted = |quote: char| Zeroizing::new(format!("{quote}{value}{quote}"));
    if value.chars().all(of_one) {
        return Zeroizing::new(value.to_owned());
    }
    for quote in ['\'', '`'] {
        if !value.contains([quote, '\r']) {
            return quoted(quote);
        }
    }
    let mut text = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    text.push('"');
    for character in value.chars() {
        match character {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '"' | '\\' | '$' => {
                text.push('\\');
                text.push(character);
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn done(text: &str, value: &str) -> String {
        match put(text, "DB", value) {
            Ok(after) => after.to_string(),
            Err(why) => panic!("{why}"),
        }
    }

    #[test]
    fn one_value_is_replaced_and_all_else_stays() {
        let text = "# first\nexport DB = old # of the database\nOTHER='x' # y\n";
        let expected = "# first\nexport DB =new # of the database\nOTHER='x' # y\n";
        assert_eq!(done(text, "new"), expected);
        assert_eq!(
            done("A=1\nDB=\"o\nld\" # c\nB=2\n", "n"),
            "A=1\nDB=n # c\nB=2\n"
        );
        assert_eq!(done("DB=\n", "n"), "DB=n\n");
        assert_eq!(done("DB=old # c\r\nA=1\r\n", "n"), "DB=n # c\r\nA=1\r\n");
    }

    #[test]
    fn a_new_name_stands_behind_all_others() {
        assert_eq!(done("A=1", "n w"), "A=1\nDB='n w'\n");
        assert_eq!(done("", "n"), "DB=n\n");
        assert_eq!(done("A=1\r\n", "n"), "A=1\r\nDB=n\r\n");
    }

    #[test]
    fn every_value_is_read_as_it_was_given() {
        for value in [
            "a'b",
            "a'b`c",
            "a\nb",
            "a'`\n\"$\\n",
            "#x",
            " x ",
            "a\r\n'`b",
        ] {
            let text = done("DB=old\n", value);
            let read = read(&text).unwrap();
            assert_eq!(read[0].1.as_slice(), value.as_bytes(), "{value:?}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        assert_eq!(put("", "a b", "x").unwrap_err(), NotPut::Name);
        assert_eq!(
            put("no pair\n", "DB", "x").unwrap_err(),
            NotPut::Line(BadLine::NoPair { line: 1 })
        );
    }
}
