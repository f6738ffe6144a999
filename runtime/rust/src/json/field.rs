//! One field of an object.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::scalar::Scalar;
use super::strict;

/// The field of that name, where the JSON is an object by the strict rules, and the field a text, a whole number, `true` or
/// `false`. No copy of any other field is made.
pub(crate) fn read(json: &[u8], name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let json = strict(json).ok()?;
    let mut parser = serde_json::Deserializer::from_slice(json);
    match Field(name).deserialize(&mut parser).ok()? {
        Scalar::Text(mut found) | Scalar::Word(mut found) => {
            Some(Zeroizing::new(std::mem::take(&mut *found).into_bytes()))
        }
        Scalar::None => None,
    }
}

/// The name of a field.
struct Field<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar, A::Error> {
        let mut found = Scalar::None;
        while let Some(name) = object.next_key::<String>()? {
            if name == self.0 {
                found = object.next_value()?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}
