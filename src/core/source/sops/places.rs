//! Where in a text of YAML or JSON its values stand. To this reader JSON is YAML.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::path::Step;
use super::tree::{METADATA, is_comment};
use super::yaml;

/// A value and its place.
pub type Node = Spanned<Tree>;
/// A key of a map, its value, and where each stands.
pub type Pair = (Spanned<String>, Node);

/// What stands at a place.
pub enum Tree {
    /// A map, in its order.
    Map(Vec<Pair>),
    /// A list; comments that SOPS has encrypted are items of it.
    List(Vec<Node>),
    /// A comment among the items of a list.
    Comment,
    /// Any other value.
    Scalar,
}

/// The places of a text that has been walked, and so is within all bounds. `None`: this reader does not read it.
#[must_use]
pub fn of(text: &str) -> Option<Node> {
    serde_saphyr::from_str_with_options(text, yaml::options()).ok()
}

/// The bytes of a place. `None`: nobody knows them.
#[must_use]
pub fn bytes(location: &Location) -> Option<Range<usize>> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    Some(start..start.checked_add(length)?)
}

/// What stands below a key or an index, counted as SOPS counts: without comments.
#[must_use]
pub fn below<'a>(node: &'a Node, step: &Step) -> Option<&'a Node> {
    match (&node.value, step) {
        (Tree::Map(pairs), Step::Key(key)) => {
            let mut pairs = pairs.iter();
            let (_, value) = pairs.find(|(found, _)| found.value == *key)?;
            Some(value)
        }
        (Tree::List(items), Step::Index(index)) => {
            let is_item = |item: &&Node| !matches!(item.value, Tree::Comment);
            items.iter().filter(is_item).nth(*index)
        }
        _ => None,
    }
}

/// Whether a value of the outermost map, but for the metadata, stands there by an alias: then one place is several values.
#[must_use]
pub fn has_alias(root: &Node) -> bool {
    let Tree::Map(pairs) = &root.value else {
        return false;
    };
    let mut values = pairs.iter().filter(|(key, _)| key.value != METADATA);
    values.any(|(key, value)| key.referenced != key.defined || is_aliased(value))
}

fn is_aliased(node: &Node) -> bool {
    let is_below = match &node.value {
        Tree::Map(pairs) => pairs
            .iter()
            .any(|(key, value)| key.referenced != key.defined || is_aliased(value)),
        Tree::List(items) => items.iter().any(is_aliased),
        Tree::Comment | Tree::Scalar => false,
    };
    is_below || node.referenced != node.defined
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Tree::Map(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Ok(if is_comment(text) {
            Tree::Comment
        } else {
            Tree::Scalar
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }
}
