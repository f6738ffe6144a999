//! Whether two entries of one secret are sealed under different keys, as far as they tell it themselves. Nothing is asked.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secret_baker_core::gather::Gather as _;
use secret_baker_core::source::ciphertext::Ciphertext;
use serde_json::Value;

use super::differences::Entry;

/// What an entry tells of its key.
struct Keys {
    /// The ARNs that it names: any of them opens it. `None`: it names none.
    named: Option<BTreeSet<String>>,
    /// What stands for the key's material in a blob of KMS. `None`: there is no such blob, or there are several.
    material: Option<Vec<u8>>,
}

/// Whether the entries are of different keys. Where a key's material is rotated, a blob that names no key looks as if it were of another one.
pub(super) fn are_different(built: &Entry, now: &Entry) -> bool {
    let (Some(built), Some(now)) = (keys_of(built), keys_of(now)) else {
        return false;
    };
    let is_named_otherwise = match (&built.named, &now.named) {
        (Some(built), Some(now)) => Some(built != now),
        _ => None,
    };
    match (&built.material, &now.material) {
        (Some(built), Some(now)) if built == now => false,
        (Some(_), Some(_)) => is_named_otherwise != Some(false) || built.names_an_alias(),
        _ => is_named_otherwise == Some(true),
    }
}

impl Keys {
    /// An alias may have been given to another key since.
    fn names_an_alias(&self) -> bool {
        let mut named = self.named.iter().flatten();
        named.any(|arn| arn.contains(":alias/"))
    }
}

/// `None`: its source has no key, or the entry is damaged.
fn keys_of(entry: &Entry) -> Option<Keys> {
    let text = |field: &str| entry.get(field).and_then(Value::as_str);
    let one = |field: &str| Some([text(field)?.to_owned()].into_iter().into_set());
    let of_blob = |named, field: &str| {
        let material = material_in(&STANDARD.decode(text(field)?).ok()?);
        Some(Keys { named, material })
    };
    match entry.get("source") {
        None => {
            let bytes = STANDARD.decode(text("ciphertext")?).ok()?;
            Some(Keys {
                named: named_in(&bytes),
                material: material_in(&bytes),
            })
        }
        Some(source) => match source.as_str()? {
            "kms" => of_blob(one("key"), "ciphertext"),
            "kmsfile" => of_blob(one("arn"), "key"),
            "credstash" => of_blob(None, "key"),
            "sops" => {
                let keys = entry.get("keys")?.as_array()?.iter();
                let arns = keys.map(|key| Some(key.get("arn")?.as_str()?.to_owned()));
                Some(Keys {
                    named: Some(arns.collect::<Option<_>>()?),
                    material: None,
                })
            }
            _ => None,
        },
    }
}

/// 32 bytes behind a header of five, or of two as KMS wrote it until 2016: the same in all blobs of one key's material.
fn material_in(blob: &[u8]) -> Option<Vec<u8>> {
    if Ciphertext::of_bytes(blob)? != Ciphertext::Kms {
        return None;
    }
    let at = if blob.starts_with(&[0x0a]) { 2 } else { 5 };
    blob.get(at..at + 32).map(<[u8]>::to_vec)
}

/// The keys of an Encryption SDK message's data keys, out of its header.
fn named_in(message: &[u8]) -> Option<BTreeSet<String>> {
    if Ciphertext::of_bytes(message)? != Ciphertext::EncryptionSdk {
        return None;
    }
    // Version, in the first format a type, suite and message id.
    let id = if message.starts_with(&[1]) {
        2 + 2 + 16
    } else {
        1 + 2 + 32
    };
    let mut rest = message.get(id..)?;
    taken(&mut rest)?;
    let count = number(&mut rest)?;
    let mut arns = BTreeSet::new();
    for _ in 0..count {
        let (_provider, arn, _data_key) = (taken(&mut rest)?, taken(&mut rest)?, taken(&mut rest)?);
        arns.insert(str::from_utf8(arn).ok()?.to_owned());
    }
    Some(arns)
}

/// Two bytes as a number.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let (bytes, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u16::from_be_bytes(*bytes).into())
}

/// So many bytes as the two before them say.
fn taken<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(rest)?;
    let (taken, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn blob(material: u8, rest: u8) -> String {
        let mut bytes = vec![1, 2, 2, 0, 0x78];
        bytes.extend([material; 32]);
        bytes.push(rest);
        STANDARD.encode(bytes)
    }

    fn message(version: u8, arn: &str) -> String {
        let mut bytes = if version == 1 {
            [&[1, 0x80, 3, 0x78][..], &[0; 16]].concat()
        } else {
            [&[2, 5, 0x78][..], &[0; 32]].concat()
        };
        bytes.extend([0, 2, 0, 0, 0, 1]);
        for part in ["aws-kms", arn, "blob"] {
            bytes.extend([0, u8::try_from(part.len()).unwrap()]);
            bytes.extend(part.bytes());
        }
        STANDARD.encode(bytes)
    }

    fn different(built: Value, now: Value) -> bool {
        let entry = |value: Value| match value {
            Value::Object(entry) => entry,
            _ => panic!("no entry"),
        };
        are_different(&entry(built), &entry(now))
    }

    const ARN: &str = "arn:aws:kms:eu-central-1:123456789012:key/1";

    #[test]
    fn a_parameters_key_is_told_by_its_material() {
        let of = |ciphertext: String| json!({"arn": "a", "ciphertext": ciphertext});
        assert!(different(of(blob(1, 1)), of(blob(2, 1))));
        assert!(!different(of(blob(1, 1)), of(blob(1, 2))));
        let old = |material: u8| {
            let bytes = [&[0x0a, 0x20][..], &[material; 32], &[0]].concat();
            of(STANDARD.encode(bytes))
        };
        assert!(different(old(1), old(2)));
        assert!(!different(old(1), of(blob(1, 1))));
    }

    #[test]
    fn a_message_names_its_key() {
        let of = |ciphertext: String| json!({"arn": "a", "ciphertext": ciphertext});
        for version in [1, 2] {
            assert!(different(
                of(message(version, "one")),
                of(message(version, "two"))
            ));
            assert!(!different(
                of(message(version, "one")),
                of(message(version, "one"))
            ));
        }
        assert!(!different(of(message(1, "one")), of(blob(1, 1))));
    }

    #[test]
    fn messages_of_aws_library_name_their_keys() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../__test__/vectors/encryption-sdk.json"
        );
        let vectors: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for vector in &vectors {
            let text = |field: &str| vector[field].as_str().unwrap();
            let message = STANDARD.decode(text("message_b64")).unwrap();
            let named = named_in(&message);
            let expected = Some(BTreeSet::from([text("kms_key_arn").to_owned()]));
            assert_eq!(named, expected, "{}", text("name"));
        }
        assert!(vectors.len() > 4);
    }

    #[test]
    fn what_is_damaged_tells_no_key() {
        let of = |bytes: &[u8]| json!({"ciphertext": STANDARD.encode(bytes)});
        let whole = STANDARD.decode(message(2, "one")).unwrap();
        for length in 0..whole.len() {
            assert!(!different(
                of(&whole[..length]),
                of(&STANDARD.decode(message(2, "two")).unwrap())
            ));
        }
        assert!(!different(json!({"ciphertext": "?"}), of(&whole)));
        assert!(!different(json!({"source": 1}), of(&whole)));
        assert!(!different(of(&[1, 2, 2]), of(&whole)));
    }

    #[test]
    fn entries_that_name_their_keys_are_compared_by_these_and_by_the_material() {
        let kms =
            |key: &str, blob: String| json!({"source": "kms", "key": key, "ciphertext": blob});
        assert!(different(kms("one", blob(1, 1)), kms("two", blob(2, 1))));
        // An alias and the ARN of one key.
        assert!(!different(kms("one", blob(1, 1)), kms("two", blob(1, 2))));
        // The material of a key is rotated; an alias is given to another key.
        assert!(!different(kms(ARN, blob(1, 1)), kms(ARN, blob(2, 1))));
        let alias = "arn:aws:kms:eu-central-1:123456789012:alias/app";
        assert!(different(kms(alias, blob(1, 1)), kms(alias, blob(2, 1))));
        let sops = |arn: &str| json!({"source": "sops", "keys": [{"arn": arn}]});
        assert!(different(sops("one"), sops("two")));
        assert!(!different(sops("one"), sops("one")));
        let credstash = |key: String| json!({"source": "credstash", "key": key});
        assert!(different(credstash(blob(1, 1)), credstash(blob(2, 1))));
        let file = |arn: &str, key: String| json!({"source": "kmsfile", "arn": arn, "key": key});
        assert!(different(file("one", blob(1, 1)), file("two", blob(2, 1))));
    }
}
