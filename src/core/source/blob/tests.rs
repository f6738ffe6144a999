use super::*;

#[test]
fn blobs_of_kms() {
    for header in [[1, 1], [1, 2], [0x0a, 0x20]] {
        assert_eq!(check(&STANDARD.encode(header)), Ok(()), "{header:?}");
    }
}

#[test]
fn all_else_is_none() {
    for (text, why) in [
        ("", NoBlob::Unknown),
        ("AQI", NoBlob::NotBase64),
        ("AQJ=", NoBlob::NotBase64),
        (" AQI=", NoBlob::NotBase64),
        ("AQ-_", NoBlob::NotBase64),
        ("AYAD", NoBlob::Message),
        ("AgV4", NoBlob::Message),
        ("aHVudGVyMg==", NoBlob::Unknown),
    ] {
        assert_eq!(check(text), Err(why), "{text}");
    }
}
