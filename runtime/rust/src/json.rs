//! JSON as `docs/bundle.md` has it, stricter than parsers are by themselves.

pub(crate) mod field;
pub(crate) mod scalar;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::contract::limit;

/// The bytes of one object, without a byte order mark, that have nothing in them which readers take in different
/// ways: no name twice, no lone surrogate, no number beyond a double, no endless nesting.
///
/// Nothing of it is kept, so a plaintext in it is left nowhere.
///
/// # Errors
/// What is wrong and where; nothing of the text.
pub(crate) fn strict(bytes: &[u8]) -> Result<&[u8], serde_json::Error> {
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut parser = serde_json::Deserializer::from_slice(json);
    Checked { depth: 0 }.deserialize(&mut parser)?;
    parser.end()?;
    Ok(json)
}

/// Any value within so many lists and objects.
#[derive(Clone, Copy)]
struct Checked {
    depth: usize,
}

impl Checked {
    fn scalar<E: Error>(self) -> Result<(), E> {
        if self.depth == 0 {
            return Err(E::custom("it is no object"));
        }
        Ok(())
    }

    fn within<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > limit::JSON_DEPTH {
            return Err(E::custom("its lists and objects are too deep"));
        }
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Checked {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checked {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        if !number.is_finite() {
            return Err(E::custom("a number is too large"));
        }
        self.scalar()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.scalar()?;
        let within = self.within()?;
        while list.next_element_seed(within)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let within = self.within()?;
        let mut names = HashSet::new();
        while let Some(name) = object.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a name is twice in one object"));
            }
            object.next_value_seed(within)?;
        }
        Ok(())
    }
}
