use super::*;

/// `(iv, additional, plaintext, ciphertext, tag)`, under the key 0, 1, ... 31: made by Python's `cryptography`, which takes IVs from 8 bytes on.
const CASES: &str = include_str!("cases.json");

fn key() -> Key {
    let mut key = Key::default();
    for (byte, number) in key.iter_mut().zip(0..) {
        *byte = number;
    }
    key
}

fn cases() -> Vec<[Vec<u8>; 5]> {
    let hex = |text: &String| {
        let digits = text.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.map(byte).collect::<Vec<u8>>()
    };
    let cases: Vec<[String; 5]> = serde_json::from_str(CASES).unwrap();
    cases.iter().map(|case| case.each_ref().map(hex)).collect()
}

#[test]
fn opens_what_another_library_has_sealed_whatever_the_iv_s_length() {
    let cases = cases();
    let lengths: Vec<_> = cases.iter().map(|case| case[0].len()).collect();
    assert_eq!(lengths, [8, 12, 12, 13, 16, 32, 32, 64, 128]);
    for [iv, additional, plaintext, ciphertext, tag] in cases {
        let tag: Tag = tag.try_into().unwrap();
        let mut data = ciphertext.clone();
        open(&key(), &iv, &additional, &mut data, &tag).unwrap();
        assert_eq!(data, plaintext);
        assert_eq!(seal(&key(), &iv, &additional, &mut data), tag);
        assert_eq!(data, ciphertext);
    }
}

#[test]
fn one_bit_less_in_any_part_and_nothing_opens() {
    for [iv, additional, _, ciphertext, tag] in cases() {
        let tag: Tag = tag.try_into().unwrap();
        let refused = |iv: &[u8], additional: &[u8], ciphertext: &[u8], tag: &Tag, key: &Key| {
            let mut data = ciphertext.to_vec();
            let outcome = open(key, iv, additional, &mut data, tag);
            assert_eq!(outcome, Err(NotAuthentic));
            assert_eq!(data, ciphertext, "nothing is released");
        };
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            bytes[0] ^= 1;
            bytes
        };
        let other_tag: Tag = flipped(&tag).try_into().unwrap();
        refused(&flipped(&iv), &additional, &ciphertext, &tag, &key());
        refused(
            &iv,
            &[&additional[..], b"x"].concat(),
            &ciphertext,
            &tag,
            &key(),
        );
        refused(
            &iv,
            &additional,
            &[&ciphertext[..], b"x"].concat(),
            &tag,
            &key(),
        );
        refused(&iv, &additional, &ciphertext, &other_tag, &key());
        refused(&iv, &additional, &ciphertext, &tag, &[7; 32]);
    }
}
