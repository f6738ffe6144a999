//! One value somewhere in JSON.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// The largest whole number that doubles tell from its neighbours.
const LARGEST: i64 = (1 << 53) - 1;

/// A value that may be a plaintext: no copy of it stays behind.
#[derive(Default)]
pub(crate) enum Scalar {
    Text(Zeroizing<String>),
    /// `true`, `false` or a whole number, in decimal digits.
    Word(Zeroizing<String>),
    /// Anything else.
    #[default]
    None,
}

impl Scalar {
    fn word(word: String) -> Self {
        Self::Word(Zeroizing::new(word))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, is_true: bool) -> Result<Scalar, E> {
        Ok(Scalar::word(is_true.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        i64::try_from(number).map_or(Ok(Scalar::None), |number| self.visit_i64(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        if (-LARGEST..=LARGEST).contains(&number) {
            return Ok(Scalar::word(number.to_string()));
        }
        Ok(Scalar::None)
    }

    /// One that is written with a point or an exponent, or `-0`.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what has a fraction is told from it, and what is beyond is cut to the end of the range, which is beyond, too"
        )]
        let whole = number as i64;
        if number.fract() == 0.0 {
            return self.visit_i64(whole);
        }
        Ok(Scalar::None)
    }

    fn visit_unit<E: Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::None)
    }
}
