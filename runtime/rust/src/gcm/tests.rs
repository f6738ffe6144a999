use aes_gcm::aead::consts::{U1, U11, U12, U13, U16, U32, U60, U128, U256};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, AesGcm};

use super::*;

const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const PLAINTEXT: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5\
                         aa0de657ba637b39";
const DATA: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Some bytes that are not alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at * 7 + length).to_le_bytes()[0])
        .collect()
}

/// Test cases 16 to 18 of "The Galois/Counter Mode of Operation" (`McGrew` and Viega), which NIST made a standard: IVs of 12, of
/// 8 and of 60 bytes.
#[test]
fn it_opens_the_test_cases_of_the_standard() {
    for (iv, sealed, tag) in [
        (
            "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63\
             93ba7a0abcc9f662",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
        (
            "cafebabefacedbad",
            "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0feb582d33934a4f0954cc2363bc73f7862ac430e\
             64abe499f47c9b1f",
            "3a337dbf46a792c45e454913fe2ea8f2",
        ),
        (
            "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5\
             a0de6a57a637b39b",
            "5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf40fc0c3b780f244452da3ebf1c5d82cdea2418997\
             200ef82e44ae7e3f",
            "a44a8266ee1c8eb0c8b5d4cf5ae9f19a",
        ),
    ] {
        let mut text = hex(sealed);
        let (key, tag) = (hex(KEY).try_into().unwrap(), hex(tag).try_into().unwrap());
        assert_eq!(open(&key, &hex(iv), &hex(DATA), &mut text, &tag), Some(()));
        assert_eq!(text, hex(PLAINTEXT));
    }
}

/// That crate takes other lengths too, where they are known when it is compiled.
macro_rules! opens_what_aes_gcm_seals {
    ($length:ty, $key:expr, $iv:expr, $data:expr, $text:expr) => {{
        let mut sealed = $text.to_vec();
        let tag = AesGcm::<aes::Aes256, $length>::new($key.into())
            .encrypt_inout_detached(
                $iv.as_slice().try_into().unwrap(),
                $data,
                InOutBuf::from(&mut *sealed),
            )
            .unwrap();
        assert_eq!(
            open($key, &$iv, $data, &mut sealed, &tag.into()),
            Some(()),
            "an IV of {}",
            $iv.len()
        );
        assert_eq!(sealed, $text);
    }};
}

#[test]
fn it_opens_what_aes_gcm_seals() {
    let key: &[u8; 32] = &bytes(32).try_into().unwrap();
    for length in [0, 1, 15, 16, 17, 100, 5000] {
        let text = bytes(length);
        for data in [&b""[..], b"db:password:", &bytes(40)] {
            opens_what_aes_gcm_seals!(U1, key, bytes(1), data, text);
            opens_what_aes_gcm_seals!(U11, key, bytes(11), data, text);
            opens_what_aes_gcm_seals!(U12, key, bytes(12), data, text);
            opens_what_aes_gcm_seals!(U13, key, bytes(13), data, text);
            opens_what_aes_gcm_seals!(U16, key, bytes(16), data, text);
            opens_what_aes_gcm_seals!(U32, key, bytes(32), data, text);
            opens_what_aes_gcm_seals!(U60, key, bytes(60), data, text);
            opens_what_aes_gcm_seals!(U128, key, bytes(128), data, text);
            opens_what_aes_gcm_seals!(U256, key, bytes(256), data, text);
        }
    }
}

#[test]
fn what_was_changed_does_not_open_and_stays_as_it_is() {
    let key: [u8; 32] = bytes(32).try_into().unwrap();
    let (iv, data) = (bytes(12), b"db:password:");
    let mut sealed = bytes(40);
    let tag = Aes256Gcm::new((&key).into())
        .encrypt_inout_detached(
            iv.as_slice().try_into().unwrap(),
            data,
            InOutBuf::from(&mut *sealed),
        )
        .unwrap();
    let tag: [u8; 16] = tag.into();
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    let refused = |key: &[u8; 32], iv: &[u8], data: &[u8], sealed: &[u8], tag: &[u8; 16]| {
        let mut text = sealed.to_vec();
        assert_eq!(open(key, iv, data, &mut text, tag), None);
        assert_eq!(text, sealed);
    };
    for at in 0..16 {
        refused(
            &key,
            &iv,
            data,
            &sealed,
            &flipped(&tag, at).try_into().unwrap(),
        );
        refused(
            &flipped(&key, at).try_into().unwrap(),
            &iv,
            data,
            &sealed,
            &tag,
        );
        refused(&key, &iv, data, &flipped(&sealed, at), &tag);
        refused(&key, &flipped(&iv, at % 12), data, &sealed, &tag);
        refused(&key, &iv, &flipped(data, at % 12), &sealed, &tag);
    }
    refused(&key, &iv, b"db:passwor", &sealed, &tag);
    refused(&key, &iv[..11], data, &sealed, &tag);
    refused(&key, &iv, data, &sealed[..39], &tag);
    assert_eq!(open(&key, &iv, data, &mut sealed, &tag), Some(()));
}
