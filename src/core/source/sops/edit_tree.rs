//! Changes of a text of YAML or JSON: a value that is there, or a new key at the end of its map.

use std::ops::Range;

use super::edit::{Edit, line_end};
use super::path::{Path, Step};
use super::places::{self, Node, Pair, Tree, bytes};
use super::tree::METADATA;

/// A text in place of a value, in that one's own quotes.
pub fn replace(text: &str, path: &Path, new: &str) -> Option<Edit> {
    let root = places::of(text)?;
    let mut node = &root;
    let mut is_flow = false;
    for step in path.steps() {
        is_flow = is_flow || begins_flow(text, node);
        node = places::below(node, step)?;
    }
    let mut bytes = bytes(&node.referenced)?;
    let old = text.get(bytes.clone())?;
    // The line end of a block of lines is a part of it.
    bytes.end = bytes.start + old.trim_end().len();
    let text = match old.chars().next()? {
        quote @ ('"' | '\'') => format!("{quote}{new}{quote}"),
        _ if is_flow => format!("\"{new}\""),
        _ => new.to_owned(),
    };
    Some(Edit { bytes, text })
}

/// A new pair of key and ciphertext. Of the outermost map it stands before the metadata, as SOPS writes it.
pub fn add(text: &str, map: &[Step], key: &str, ciphertext: &str) -> Option<Edit> {
    let root = places::of(text)?;
    let mut node = &root;
    for step in map {
        node = places::below(node, step)?;
    }
    let Tree::Map(pairs) = &node.value else {
        return None;
    };
    let metadata = pairs
        .iter()
        .find(|(key, _)| map.is_empty() && key.value == METADATA);
    match (begins_flow(text, node), metadata) {
        (true, Some(metadata)) => before_in_flow(text, metadata, key, ciphertext),
        (true, None) => at_end_of_flow(text, node, pairs, key, ciphertext),
        (false, Some((metadata, _))) => {
            let at = bytes(&metadata.referenced)?.start;
            let pair = pair_of_block(key, ciphertext);
            Some(between(at, format!("{pair}{}", line_end(text))))
        }
        (false, None) => at_end_of_block(text, pairs, key, ciphertext),
    }
}

fn between(at: usize, text: String) -> Edit {
    let bytes = at..at;
    Edit { bytes, text }
}

/// `{` or `[`, as JSON has it.
fn begins_flow(text: &str, node: &Node) -> bool {
    let is_collection = matches!(node.value, Tree::Map(_) | Tree::List(_));
    is_collection
        && bytes(&node.referenced)
            .and_then(|bytes| text.get(bytes.start..))
            .is_some_and(|rest| rest.starts_with(['{', '[']))
}

fn in_quotes(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn before_in_flow(text: &str, next: &Pair, key: &str, ciphertext: &str) -> Option<Edit> {
    let (next_key, colon) = key_and_colon(text, next)?;
    let space = space_before(text, next_key.start)?;
    let key = in_quotes(key);
    let new = format!("{key}{colon}\"{ciphertext}\",{space}");
    Some(between(next_key.start, new))
}

fn at_end_of_flow(
    text: &str,
    map: &Node,
    pairs: &[Pair],
    key: &str,
    ciphertext: &str,
) -> Option<Edit> {
    let key = in_quotes(key);
    let Some(last) = pairs.last() else {
        let at = bytes(&map.referenced)?.end;
        return Some(between(at, format!("{key}: \"{ciphertext}\"")));
    };
    let (last_key, colon) = key_and_colon(text, last)?;
    let space = space_before(text, last_key.start)?;
    let new = format!(",{space}{key}{colon}\"{ciphertext}\"");
    Some(between(end_of(text, &last.1)?, new))
}

fn at_end_of_block(text: &str, pairs: &[Pair], key: &str, ciphertext: &str) -> Option<Edit> {
    let (first, last) = (pairs.first()?, pairs.last()?);
    let column = usize::try_from(first.0.referenced.column()).ok()?;
    let indent = " ".repeat(column.checked_sub(1)?);
    let end = end_of(text, &last.1)?;
    let line = text.get(..end)?.rfind(|c: char| !c.is_whitespace())?;
    let rest = text.get(line..)?;
    let pair = pair_of_block(key, ciphertext);
    let ends = line_end(text);
    Some(match rest.find('\n') {
        Some(more) => between(line + more + 1, format!("{indent}{pair}{ends}")),
        None => between(text.len(), format!("{ends}{indent}{pair}")),
    })
}

/// `key: ENC[...]`.
fn pair_of_block(key: &str, ciphertext: &str) -> String {
    let mut letters = key.chars();
    let is_name = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    // Words of some YAML or another.
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let is_word = words.contains(&key.to_ascii_lowercase().as_str());
    if is_name && !is_word {
        format!("{key}: {ciphertext}")
    } else {
        format!("{}: {ciphertext}", in_quotes(key))
    }
}

/// Where a key stands, and what stands between it and its value.
fn key_and_colon<'a>(text: &'a str, (key, value): &Pair) -> Option<(Range<usize>, &'a str)> {
    let key = bytes(&key.referenced)?;
    let colon = text.get(key.end..bytes(&value.referenced)?.start)?;
    Some((key, colon))
}

fn space_before(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    before.get(before.trim_end().len()..)
}

/// Where a value ends, behind its last bracket. `None`: something else stands before that.
fn end_of(text: &str, node: &Node) -> Option<usize> {
    let own = bytes(&node.referenced)?;
    let last = match &node.value {
        Tree::Scalar | Tree::Comment => return Some(own.end),
        Tree::Map(pairs) => pairs.last().map(|(_, value)| value),
        Tree::List(items) => items.last(),
    };
    let end = match last {
        Some(last) => end_of(text, last)?,
        None => own.end,
    };
    if !begins_flow(text, node) {
        return Some(end);
    }
    let rest = text.get(end..)?;
    let inner = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    let is_end = inner.starts_with(['}', ']']);
    is_end.then(|| end + rest.len() - inner.len() + 1)
}
