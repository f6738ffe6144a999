//! A text of maps and lists, walked value by value: no tree of it is ever built.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::path::{self, Path, Step};

/// Maps and lists within each other, the outermost counted.
pub const DEPTH: usize = 32;
/// Values of a file.
pub const LEAVES: usize = 100_000;
/// Where SOPS keeps its metadata.
pub const METADATA: &str = "sops";

/// A value that is neither a map nor a list.
#[derive(Clone, Copy)]
pub enum Scalar<'a> {
    /// A text.
    Text(&'a str),
    /// A number or a truth value.
    Other(&'a dyn fmt::Display),
    /// Nothing.
    Null,
}

/// Called with each value, in the order of the text.
pub type Tell<'w> = &'w mut dyn FnMut(&Path, Scalar<'_>);

/// Where in a text a fault is, as the end of a sentence: counted from 1, and 0 where nobody knows.
#[must_use]
pub fn at_line(line: u64) -> String {
    match line {
        0 => String::new(),
        line => format!(", in line {line}"),
    }
}

/// What is wrong with a text. Nothing of it is told: it may be a file of plaintexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A format that is not read.
    #[error("is an INI file, which is not read")]
    Ini,
    /// The format's own grammar.
    #[error("is not written as its format wants it")]
    Syntax,
    /// A text, a list or nothing in place of the outermost map.
    #[error("holds something other than a map")]
    NotAMap,
    /// A number or a list in place of a key.
    #[error("has a key that is not a text")]
    Key,
    /// One of two keys would win, and not everybody agrees which.
    #[error("has the same key twice in one map")]
    Doubled,
    /// What stands under `sops` is none of what SOPS writes there.
    #[error("has metadata that SOPS has not written so")]
    Metadata,
    /// SOPS itself has written each value once only.
    #[error("has several documents")]
    Documents,
    /// More than anybody writes.
    #[error("has maps and lists more than {DEPTH} deep")]
    Deep,
    /// The same.
    #[error("has more than {LEAVES} values")]
    Many,
    /// The same.
    #[error(
        "has keys of more than {} bytes together on the way to a value",
        path::LONGEST
    )]
    Long,
}

/// A text that is no file of secrets, and where that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// What is wrong with it.
    pub fault: Fault,
    /// Counted from 1; 0 where nobody knows.
    pub line: u64,
}

/// What is on the way through a text.
pub struct Walk<'w> {
    path: Path,
    leaves: usize,
    /// The last item of a list was a comment.
    comment: bool,
    tell: Tell<'w>,
    /// What stands under `sops` of the outermost map.
    pub metadata: Option<Value>,
    /// What was wrong, where it was not the grammar.
    pub fault: Option<Fault>,
}

impl<'w> Walk<'w> {
    /// Tells each value to `tell`.
    pub fn new(tell: Tell<'w>) -> Self {
        Self {
            path: Path::default(),
            leaves: 0,
            comment: false,
            tell,
            metadata: None,
            fault: None,
        }
    }

    fn fails<E: Error>(&mut self, fault: Fault) -> E {
        self.fault = Some(fault);
        // Of these errors YAML tells the line, of `custom` it does not.
        E::invalid_value(Unexpected::Other("it"), &"something else")
    }

    fn leaf<E: Error>(&mut self, scalar: Scalar<'_>) -> Result<(), E> {
        if self.path.depth() == 0 {
            return Err(self.fails(Fault::NotAMap));
        }
        self.leaves += 1;
        if self.leaves > LEAVES {
            return Err(self.fails(Fault::Many));
        }
        if self.path.is_long() {
            return Err(self.fails(Fault::Long));
        }
        (self.tell)(&self.path, scalar);
        Ok(())
    }

    fn below<T, E: Error>(
        &mut self,
        step: Step,
        walk: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.path.depth() >= DEPTH {
            return Err(self.fails(Fault::Deep));
        }
        self.path.push(step);
        let walked = walk(self)?;
        self.path.pop();
        Ok(walked)
    }
}

/// Whatever stands at the walk's path.
pub struct Node<'a, 'w>(pub &'a mut Walk<'w>);

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key_seed(Key(self.0))? {
            if !seen.insert(key.clone()) {
                return Err(self.0.fails(Fault::Doubled));
            }
            if self.0.path.depth() == 0 && key == METADATA {
                self.0.metadata = Some(map.next_value()?);
                continue;
            }
            self.0
                .below(Step::Key(key), |walk| map.next_value_seed(Node(walk)))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.0.path.depth() == 0 {
            return Err(self.0.fails(Fault::NotAMap));
        }
        let mut index = 0;
        loop {
            let item = |walk: &mut Walk<'_>| list.next_element_seed(Node(walk));
            if self.0.below(Step::Index(index), item)?.is_none() {
                return Ok(());
            }
            index += usize::from(!std::mem::take(&mut self.0.comment));
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if self.0.path.is_of_list() && is_comment(text) {
            self.0.comment = true;
            return Ok(());
        }
        self.0.leaf(Scalar::Text(text))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.leaf(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.0.leaf(Scalar::Other(&value))
    }
}

/// Whether an item of a list is a comment that SOPS has encrypted: who reads the file decrypted does not see it.
#[must_use]
pub fn is_comment(text: &str) -> bool {
    text.starts_with("ENC[") && text.ends_with(",type:comment]")
}

/// A key, which must be a text.
struct Key<'a, 'w>(&'a mut Walk<'w>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, '_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<String, E> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<String, E> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<String, E> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<String, E> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        Err(self.0.fails(Fault::Key))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<String, A::Error> {
        Err(self.0.fails(Fault::Key))
    }
}

#[cfg(test)]
mod tests;
