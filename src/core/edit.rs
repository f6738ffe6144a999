//! A text of YAML or JSON that people write, changed at one value: every other byte stays, comments and order too. What was changed is
//! read again before anybody takes it.

use std::fmt::Write as _;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

/// More than anybody writes.
const DEPTH: usize = 128;

/// One step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Of a map.
    Key(String),
    /// Of a list, counted from 0.
    Item(usize),
}

/// Why a text is not changed. Nothing of it is told: it may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEdit {
    /// It is not what it should be, or has several documents.
    #[error("line {line} is nothing that can be read")]
    Unreadable {
        /// Counted from 1.
        line: usize,
    },
    /// Nothing stands there.
    #[error("nothing stands there")]
    Missing,
    /// A map, a list, an alias, or something with a tag or an anchor stands there.
    #[error("what stands there is {what}")]
    NotAText {
        /// What it is.
        what: &'static str,
    },
    /// The change would have changed more than one value.
    #[error("it is written in a way that cannot be changed at one place alone")]
    Entangled,
}

/// A value of a text.
#[derive(Clone)]
pub struct Found {
    /// What it says.
    pub text: Zeroizing<String>,
    range: Range<usize>,
    style: ScalarStyle,
}

/// How what a text says is marked, in order: two texts that differ in one value differ in one mark.
#[derive(Clone, PartialEq, Eq)]
enum Mark {
    Text(Zeroizing<String>),
    Other(&'static str),
}

/// The map that is the whole text.
struct Root {
    style: StructureStyle,
    /// Where its last value ends, and the map itself.
    inside: Range<usize>,
    is_empty: bool,
}

struct Walked {
    marks: Vec<Mark>,
    found: Vec<Result<Found, NoEdit>>,
    root: Option<Root>,
}

/// The value at the end of a way.
///
/// # Errors
/// There is none that is a text, or the text cannot be read.
pub fn find(text: &str, way: impl Fn(&[Step]) -> bool) -> Result<Found, NoEdit> {
    one(walk(text, &way)?.found)
}

/// Puts a value in place of another, in the quotes that were there as far as they can hold it.
///
/// # Errors
/// There is none, or it cannot be changed alone.
pub fn replace(
    text: &str,
    way: impl Fn(&[Step]) -> bool,
    value: &str,
) -> Result<Zeroizing<String>, NoEdit> {
    let before = walk(text, &way)?;
    let mut found = one(before.found)?;
    if matches!(found.style, ScalarStyle::Literal | ScalarStyle::Folded) {
        found.range.start = sign(&text[..found.range.start]).ok_or(NoEdit::Entangled)?;
    }
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    let written = if is_json {
        quoted(value)
    } else {
        written(&text[found.range.clone()], found.style, value)
    };
    let mut after = Zeroizing::new(String::with_capacity(text.len() + written.len()));
    after.push_str(&text[..found.range.start]);
    after.push_str(&written);
    after.push_str(&text[found.range.end..]);
    let read = walk(&after, &way).map_err(|_| NoEdit::Entangled)?;
    let differ = before.marks.iter().zip(&read.marks);
    let differ = differ.filter(|(before, after)| before != after).count();
    let is_right = one(read.found).is_ok_and(|found| *found.text == value);
    if is_right && before.marks.len() == read.marks.len() && differ <= 1 {
        Ok(after)
    } else {
        Err(NoEdit::Entangled)
    }
}

/// Adds a value to the map that is the whole text, behind all others; an empty text becomes such a map, in JSON where `is_json`.
///
/// # Errors
/// The text is no map, or cannot be read.
pub fn insert(
    text: &str,
    key: &str,
    value: &str,
    is_json: bool,
) -> Result<Zeroizing<String>, NoEdit> {
    let way = |steps: &[Step]| matches!(steps, [Step::Key(only)] if only == key);
    let before = walk(text, &way)?;
    let pair = Zeroizing::new(format!("{}: {}", *quoted(key), *quoted(value)));
    let after = match &before.root {
        None if is_json => Zeroizing::new(format!("{{\n  {}\n}}\n", *pair)),
        Some(root) if root.style == StructureStyle::Flow => in_flow(text, root, &pair),
        _ => {
            let line_end = line_end(text);
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                line_end
            };
            let key = if is_plain(key) {
                Zeroizing::new(key.to_owned())
            } else {
                quoted(key)
            };
            Zeroizing::new(format!("{text}{end}{}: {}{line_end}", *key, *quoted(value)))
        }
    };
    let read = walk(&after, &way).map_err(|_| NoEdit::Entangled)?;
    let texts = |marks: &[Mark]| {
        let texts = marks.iter().filter(|mark| matches!(mark, Mark::Text(_)));
        texts.cloned().collect::<Vec<_>>()
    };
    let (old, new) = (texts(&before.marks), texts(&read.marks));
    let is_right = one(read.found).is_ok_and(|found| *found.text == value);
    if is_right && new.len() == old.len() + 2 && new.starts_with(&old) {
        Ok(after)
    } else {
        Err(NoEdit::Entangled)
    }
}

/// As the lines of a text end.
#[must_use]
pub fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Behind the last value, in the same line or below it as that one stands.
fn in_flow(text: &str, root: &Root, pair: &str) -> Zeroizing<String> {
    let Range { start, end } = root.inside;
    let (before, behind) = (&text[..start], &text[start..]);
    if root.is_empty {
        return Zeroizing::new(format!("{before}{pair}{behind}"));
    }
    // What stands before a closing brace of its own line tells how deep its values stand.
    let last = before.rfind('\n').map(|at| &before[at + 1..]);
    let indent = last.map(|line| &line[..line.len() - line.trim_start().len()]);
    let is_of_lines = text[start..end].contains('\n');
    let gap = match indent.filter(|_| is_of_lines) {
        Some(indent) => format!("{}{indent}", line_end(text)),
        None => " ".to_owned(),
    };
    Zeroizing::new(format!("{before},{gap}{pair}{behind}"))
}

fn one(mut found: Vec<Result<Found, NoEdit>>) -> Result<Found, NoEdit> {
    match (found.pop(), found.is_empty()) {
        (Some(found), true) => found,
        (None, _) => Err(NoEdit::Missing),
        (Some(_), false) => Err(NoEdit::Entangled),
    }
}

/// Where the sign of a block stands, whose lines begin behind `before`. `None`: a comment stands between.
fn sign(before: &str) -> Option<usize> {
    let of_sign = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-');
    let before = before.trim_end().trim_end_matches(of_sign);
    before.ends_with(['|', '>']).then(|| before.len() - 1)
}

/// What a value is written as, in place of what stands there.
fn written(before: &str, style: ScalarStyle, value: &str) -> Zeroizing<String> {
    let is_on_one_line = !value.chars().any(char::is_control);
    match style {
        ScalarStyle::Plain if is_plain(value) => Zeroizing::new(value.to_owned()),
        ScalarStyle::SingleQuoted if is_on_one_line => {
            Zeroizing::new(format!("'{}'", *Zeroizing::new(value.replace('\'', "''"))))
        }
        ScalarStyle::Literal | ScalarStyle::Folded => {
            let end = &before[before.trim_end().len()..];
            Zeroizing::new(format!("{}{end}", *quoted(value)))
        }
        _ => quoted(value),
    }
}

/// In double quotes, as both YAML and JSON read them.
fn quoted(value: &str) -> Zeroizing<String> {
    let mut quoted = Zeroizing::new(String::with_capacity(2 * value.len() + 2));
    quoted.push('"');
    for character in value.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // What YAML does not take as it is.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                // A `String` takes whatever is written to it.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a value without quotes is surely read as the text that it is.
fn is_plain(value: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let of_one =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '+' | '=' | ':');
    value.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/'))
        && value.chars().all(of_one)
        && !value.ends_with(':')
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// A map or list that is being walked.
struct Frame {
    step: Step,
    is_map: bool,
    /// Of a map: whether a key comes next.
    wants_key: bool,
    /// Whether it is itself a part of a key.
    is_key: bool,
}

fn walk(text: &str, way: &dyn Fn(&[Step]) -> bool) -> Result<Walked, NoEdit> {
    let mut walk = Walk {
        way,
        frames: Vec::new(),
        documents: 0,
        last: 0,
        walked: Walked {
            marks: Vec::new(),
            found: Vec::new(),
            root: None,
        },
    };
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|error| NoEdit::Unreadable {
            line: error.marker().line(),
        })?;
        let unreadable = || NoEdit::Unreadable {
            line: span.start.line(),
        };
        let range = span.byte_range().ok_or_else(unreadable)?;
        walk.event(event, range).ok_or_else(unreadable)?;
    }
    Ok(walk.walked)
}

struct Walk<'w> {
    way: &'w dyn Fn(&[Step]) -> bool,
    frames: Vec<Frame>,
    documents: usize,
    /// Where the last value ended.
    last: usize,
    walked: Walked,
}

impl Walk<'_> {
    /// `None`: this is nothing that can be changed.
    fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Option<()> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                return (self.documents == 1).then_some(());
            }
            Event::Alias(_) => {
                self.mark("alias");
                self.node(Err("an alias of another"), None);
                self.last = range.end;
            }
            Event::Scalar(said, style, anchor, tag) => {
                self.walked
                    .marks
                    .push(Mark::Text(Zeroizing::new(said.to_string())));
                let what = match (anchor, &tag) {
                    (_, Some(_)) => Err("a value with a tag"),
                    (0, None) => Ok(()),
                    _ => Err("a value with an anchor"),
                };
                let found = what.map(|()| Found {
                    text: Zeroizing::new(said.to_string()),
                    range: range.clone(),
                    style,
                });
                self.node(found, Some(&said));
                self.last = range.end;
            }
            Event::SequenceStart(..) => self.open(false, "list")?,
            Event::MappingStart(style, ..) => {
                if self.frames.is_empty() {
                    self.walked.root = Some(Root {
                        style,
                        inside: range.end..range.end,
                        is_empty: true,
                    });
                    self.last = range.end;
                }
                self.open(true, "map")?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.start, range.end),
            _ => {}
        }
        Some(())
    }

    fn mark(&mut self, what: &'static str) {
        self.walked.marks.push(Mark::Other(what));
    }

    /// Something that has no parts, or the beginning of something that has.
    fn node(&mut self, found: Result<Found, &'static str>, text: Option<&str>) {
        let is_inside_a_key = self.frames.iter().any(|frame| frame.is_key);
        if let Some(frame) = self.frames.last_mut().filter(|frame| frame.is_map) {
            if frame.wants_key {
                frame.wants_key = false;
                // A key that is no text is none that anybody asks for.
                frame.step = Step::Key(text.unwrap_or("\0").to_owned());
                return;
            }
            frame.wants_key = true;
        }
        let steps: Vec<Step> = self.frames.iter().map(|frame| frame.step.clone()).collect();
        if !is_inside_a_key && (self.way)(&steps) {
            let found = found.map_err(|what| NoEdit::NotAText { what });
            self.walked.found.push(found);
        }
        if let Some(Frame {
            step: Step::Item(next),
            ..
        }) = self.frames.last_mut()
        {
            *next += 1;
        }
    }

    fn open(&mut self, is_map: bool, what: &'static str) -> Option<()> {
        self.mark(what);
        let is_key = self
            .frames
            .last()
            .is_some_and(|frame| frame.is_map && frame.wants_key);
        let index = self.frames.last().map(|frame| frame.step.clone());
        let told = if is_map { "a map" } else { "a list" };
        self.node(Err(told), None);
        // What is inside stands below this item, not below the next one.
        if let (Some(Step::Item(at)), Some(frame)) = (index, self.frames.last_mut()) {
            frame.step = Step::Item(at);
        }
        let step = if is_map {
            Step::Key(String::new())
        } else {
            Step::Item(0)
        };
        self.frames.push(Frame {
            step,
            is_map,
            wants_key: is_map,
            is_key,
        });
        (self.frames.len() <= DEPTH).then_some(())
    }

    fn close(&mut self, start: usize, end: usize) {
        self.mark("end");
        self.frames.pop();
        if let Some(Frame {
            step: Step::Item(next),
            ..
        }) = self.frames.last_mut()
        {
            *next += 1;
        }
        if self.frames.is_empty()
            && let Some(root) = &mut self.walked.root
        {
            root.is_empty = self.last == root.inside.start;
            root.inside = self.last..start.max(self.last);
        }
        self.last = self.last.max(end);
    }
}

#[cfg(test)]
mod tests;
