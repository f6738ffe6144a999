use super::*;
use crate::source::sops::leaf::Value;

const KEY: gcm::Key = [7; 32];

fn encrypted(text: &str) -> Encrypted {
    let Value::Encrypted(encrypted) = Value::of(text) else {
        panic!("{text}");
    };
    encrypted
}

#[test]
fn a_sealed_value_opens_at_its_place_only() {
    let text = seal("päss".as_bytes(), Kind::Str, "db:password:", &KEY).unwrap();
    let encrypted = encrypted(&text);
    assert_eq!(encrypted.kind, Kind::Str);
    let opened = open(&encrypted, "db:password:", &KEY).unwrap();
    assert_eq!(**opened, *"päss".as_bytes());
    assert!(open(&encrypted, "db:user:", &KEY).is_none());
    assert!(open(&encrypted, "db:password:", &[8; 32]).is_none());
}

#[test]
fn each_has_an_iv_of_its_own_as_long_as_sops_makes_it() {
    let [one, two] = [(); 2].map(|()| encrypted(&seal(b"x", Kind::Str, "a:", &KEY).unwrap()));
    assert_ne!(one.iv, two.iv);
    assert_eq!(STANDARD.decode(one.iv).unwrap().len(), 32);
}
