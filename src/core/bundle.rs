//! Sealed values -> the bytes of `secret-baker-secrets.json`. The format is `docs/bundle.md`.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::source::Sealed;

/// The bundle's file name, the same as that of 2.1.0.
pub const FILE: &str = "secret-baker-secrets.json";

/// One secret in the bundle, field by field in the order in which they are written.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Entry<'a> {
    ciphertext: &'a str,
    arn: &'a str,
    version: i64,
}

struct Bundle<'a>(&'a [Sealed]);

impl Serialize for Bundle<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for sealed in self.0 {
            let entry = Entry {
                ciphertext: &sealed.ciphertext,
                arn: &sealed.arn,
                version: sealed.version,
            };
            map.serialize_entry(&sealed.name, &entry)?;
        }
        map.end()
    }
}

/// The bundle's bytes: UTF-8 JSON without white space, in the order given, the same input
/// always giving the same bytes.
///
/// # Errors
/// None in practice: the types above always serialise.
pub fn write(sealed: &[Sealed]) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Bundle(sealed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(name: &str) -> Sealed {
        Sealed {
            name: name.into(),
            path: "/p".into(),
            ciphertext: "AQIC".into(),
            arn: "arn:aws:ssm:r:1:parameter/p".into(),
            version: 3,
        }
    }

    #[test]
    fn an_empty_config_is_an_empty_object() {
        assert_eq!(write(&[]).unwrap(), b"{}");
    }

    #[test]
    fn entries_keep_the_order_of_the_config() {
        let bytes = write(&[sealed("Z"), sealed("10"), sealed("__proto__"), sealed("2")]).unwrap();
        let entry = r#"{"ciphertext":"AQIC","arn":"arn:aws:ssm:r:1:parameter/p","version":3}"#;
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            format!(r#"{{"Z":{entry},"10":{entry},"__proto__":{entry},"2":{entry}}}"#)
        );
    }

    #[test]
    fn names_are_escaped_as_json() {
        let bytes = write(&[sealed("a\"\\\n\u{1F511}")]).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read["a\"\\\n\u{1F511}"]["version"], 3);
    }
}
