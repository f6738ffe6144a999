//! JSON as `docs/bundle.md` has it, stricter than parsers are by themselves.

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

#[cfg(test)]
mod tests {
    use super::strict;

    fn refused(json: impl AsRef<[u8]>) -> String {
        strict(json.as_ref()).unwrap_err().to_string()
    }

    fn nested(depth: usize) -> String {
        format!(
            "{{\"a\":{}{}}}",
            "[".repeat(depth - 1),
            "]".repeat(depth - 1)
        )
    }

    #[test]
    fn a_name_twice_is_refused_however_it_is_written() {
        assert!(refused(r#"{"a":1,"a":1}"#).contains("twice"));
        assert!(refused(r#"{"a":1,"\u0061":1}"#).contains("twice"));
        assert!(refused(r#"{"x":[{"a":1,"b":{},"a":1}]}"#).contains("twice"));
        strict(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#).unwrap();
    }

    #[test]
    fn a_hundred_lists_and_objects_are_within_each_other_and_no_more() {
        strict(nested(100).as_bytes()).unwrap();
        assert!(refused(nested(101)).contains("too deep"));
        assert!(refused("[".repeat(1_000_000)).contains("no object"));
        assert!(refused(format!("{{\"a\":{}", "[".repeat(1_000_000))).contains("too deep"));
    }

    #[test]
    fn strings_are_whole_characters() {
        for lone in [
            r"\ud800",
            r"\udc00",
            r"\ud800\ud800",
            r"\udc00\ud800",
            r"\ud83dx",
        ] {
            refused(format!(r#"{{"a":"{lone}"}}"#));
            refused(format!(r#"{{"a":{{"{lone}":1}}}}"#));
        }
        strict(br#"{"a":"\ud83d\ude00"}"#).unwrap();
        refused(b"{\"a\":\"\xff\"}");
        // A surrogate in UTF-8.
        refused(b"{\"a\":\"\xed\xa0\x80\"}");
    }

    #[test]
    fn numbers_are_doubles() {
        for number in [
            "1e309",
            "-1e309",
            &"9".repeat(310),
            "NaN",
            "Infinity",
            "-Infinity",
            "01",
            "+1",
            ".5",
            "1.",
            "0x1",
        ] {
            refused(format!(r#"{{"a":{number}}}"#));
        }
        for number in ["1e308", "-0", "0e99999", "1e-99999", &"9".repeat(308)] {
            strict(format!(r#"{{"a":{number}}}"#).as_bytes()).unwrap();
        }
    }

    #[test]
    fn it_is_one_object_and_nothing_else() {
        for other in [
            "",
            " ",
            "[]",
            "null",
            "true",
            "1",
            "\"a\"",
            "{}{}",
            "{} x",
            "{}//",
            "{\"a\":1,}",
            "\u{feff}\u{feff}{}",
            "'a'",
        ] {
            refused(other);
        }
        assert_eq!(strict("\u{feff}{ }\n".as_bytes()).unwrap(), b"{ }\n");
    }

    #[test]
    fn nothing_of_the_text_is_in_the_error() {
        for json in [
            r#"["never-seen"]"#,
            r#""never-seen""#,
            r#"{"never-seen":1,"never-seen":1}"#,
            r#"{"a":"never-seen"#,
        ] {
            assert!(!refused(json).contains("never"), "{json}");
        }
    }
}
