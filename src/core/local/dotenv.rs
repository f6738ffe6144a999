//! A plain file of lines `NAME=value`, as the package dotenv reads it: nothing in a value is replaced by anything.

pub mod put;

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::source::sops::plaintext::Values;

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// It has no name.
    #[error("line {line} is no `NAME=value`")]
    NoPair {
        /// Counted from 1.
        line: usize,
    },
    /// Its quotes do not end.
    #[error("the quoted value that begins on line {line} does not end")]
    Open {
        /// Counted from 1.
        line: usize,
    },
    /// Something stands behind its quotes.
    #[error("something stands behind the quoted value of line {line}")]
    Rest {
        /// Counted from 1.
        line: usize,
    },
    /// Its name was used before.
    #[error("the name of line {line} stands on a line above already")]
    Twice {
        /// Counted from 1.
        line: usize,
    },
}

/// All pairs, in their order.
///
/// # Errors
/// The first line that is none; never its text.
pub fn read(text: &str) -> Result<Values, BadLine> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut values, mut names) = (Values::new(), BTreeSet::new());
    let mut rest = text;
    while !rest.is_empty() {
        let line = line_of(text, rest);
        let (first, below) = rest.split_once('\n').unwrap_or((rest, ""));
        let trimmed = first.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            rest = below;
            continue;
        }
        let name = name_of(first).ok_or(BadLine::NoPair { line })?;
        let after = rest.split_once('=').map_or("", |(_, after)| after);
        let value;
        (value, rest) = value_of(after, line)?;
        if !names.insert(name) {
            return Err(BadLine::Twice { line });
        }
        values.push((name.to_owned(), value));
    }
    Ok(values)
}

fn line_of(text: &str, rest: &str) -> usize {
    text[..text.len() - rest.len()].matches('\n').count() + 1
}

fn name_of(line: &str) -> Option<&str> {
    let name = line.split_once('=')?.0.trim();
    let name = match name.strip_prefix("export") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => name,
    };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '#' | '\'' | '"' | '`');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// The value that begins here, and what follows its line.
fn value_of(after: &str, line: usize) -> Result<(Zeroizing<Vec<u8>>, &str), BadLine> {
    let start = after.trim_start_matches([' ', '\t']);
    let quote = start.chars().next();
    let Some(quote) = quote.filter(|c| matches!(c, '\'' | '"' | '`')) else {
        let (value, below) = start.split_once('\n').unwrap_or((start, ""));
        let value = value.split(" #").next().unwrap_or_default();
        let value = value.split("\t#").next().unwrap_or_default();
        let value = if value.starts_with('#') { "" } else { value };
        return Ok((Zeroizing::new(value.trim().into()), below));
    };
    let (value, behind) = quoted(&start[1..], quote).ok_or(BadLine::Open { line })?;
    let (rest, below) = behind.split_once('\n').unwrap_or((behind, ""));
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return Err(BadLine::Rest { line });
    }
    Ok((value, below))
}

/// What stands before the closing quote, and what behind it. Only double quotes know escapes.
fn quoted(text: &str, quote: char) -> Option<(Zeroizing<Vec<u8>>, &str)> {
    // As long as it can become: no copy of it is left where it has grown.
    let mut value = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut characters = text.char_indices();
    let mut buffer = [0; 4];
    while let Some((at, character)) = characters.next() {
        let character = match character {
            end if end == quote => return Some((value, &text[at + 1..])),
            // The line ends of a file are not those of its values.
            '\r' if text[at..].starts_with("\r\n") => continue,
            '\\' if quote == '"' => match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other @ ('"' | '\\' | '$') => other,
                other => {
                    value.push(b'\\');
                    other
                }
            },
            other => other,
        };
        value.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
    }
    None
}

#[cfg(test)]
mod tests;
