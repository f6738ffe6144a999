//! Messages that no library writes: whole and authentic, but for one thing.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use sha2::{Sha256, Sha512};
use zeroize::ZeroizeOnDrop;

use std::collections::BTreeMap;

use super::Message;
use crate::contract::Code;
use crate::error::Problem;

const ID: [u8; 32] = [7; 32];
const ARN: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter/a";
const BOUND_TO: &str = "PARAMETER_ARN";
const KEY_ARN: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234";

fn counted(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap().to_be_bytes();
    [&length, text.as_bytes()].concat()
}

/// A message of one frame, its AES key derived from the data key, whatever the length of that.
fn message(suite: u16, data_key: &[u8], commitment: Option<[u8; 32]>) -> Vec<u8> {
    let number = suite.to_be_bytes();
    let id = if commitment.is_some() {
        &ID[..]
    } else {
        &ID[..16]
    };
    let mut key = [0; 32];
    let derived = match commitment {
        Some(_) => Hkdf::<Sha512>::new(Some(id), data_key)
            .expand(&[&number, &b"DERIVEKEY"[..]].concat(), &mut key),
        None => Hkdf::<Sha256>::new(None, data_key).expand(&[&number, id].concat(), &mut key),
    };
    derived.unwrap();
    let seal = |iv: [u8; 12], msg: &[u8], aad: &[u8]| {
        let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
        cipher
            .encrypt(&Nonce::from(iv), Payload { msg, aad })
            .unwrap()
    };

    let data_keys = [
        &b"\0\x01\0\x07aws-kms"[..],
        &counted(KEY_ARN),
        b"\0\x04blob",
    ]
    .concat();
    let pair = [counted(BOUND_TO), counted(ARN)].concat();
    let pairs = [&b"\0\x01"[..], &pair].concat();
    let length = u16::try_from(pairs.len()).unwrap().to_be_bytes();
    let context = [&length[..], &pairs].concat();
    let start = if commitment.is_some() {
        &b"\x02"[..]
    } else {
        &b"\x01\x80"[..]
    };
    let mut header = [start, &number, id, &context, &data_keys, b"\x02"].concat();
    match commitment {
        Some(commitment) => header.extend([&4096_u32.to_be_bytes()[..], &commitment].concat()),
        None => header.extend([&b"\0\0\0\0\x0c"[..], &4096_u32.to_be_bytes()].concat()),
    }
    let tag = seal([0; 12], b"", &header);
    let iv = if commitment.is_some() {
        &[][..]
    } else {
        &[0; 12]
    };
    let aad = [
        id,
        b"AWSKMSEncryptionClient Final Frame",
        &1_u32.to_be_bytes(),
        &5_u64.to_be_bytes(),
    ]
    .concat();
    let frame = [
        &b"\xff\xff\xff\xff\0\0\0\x01"[..],
        &[1; 12],
        &5_u32.to_be_bytes(),
        &seal([1; 12], b"plain", &aad),
    ]
    .concat();
    [header, iv.to_vec(), tag, frame].concat()
}

fn commitment_to(data_key: &[u8]) -> [u8; 32] {
    let mut commitment = [0; 32];
    Hkdf::<Sha512>::new(Some(&ID), data_key)
        .expand(b"COMMITKEY", &mut commitment)
        .unwrap();
    commitment
}

/// The rule of a source.
fn is_bound(context: &BTreeMap<String, String>) -> Result<(), Problem> {
    let is_right = context.get(BOUND_TO).is_some_and(|arn| arn == ARN);
    let wrong = || Problem::new(Code::WrongContext, "");
    is_right.then_some(()).ok_or_else(wrong)
}

fn open(message: &[u8], data_key: &[u8]) -> Result<Vec<u8>, Problem> {
    Message::read(message, is_bound)?
        .open(data_key)
        .map(|plaintext| plaintext.to_vec())
}

fn tampered(what: &str) -> Result<Vec<u8>, Problem> {
    Err(Problem::new(Code::Tampered, what))
}

#[test]
fn they_open_when_nothing_is_wrong() {
    let key = [3; 32];
    assert_eq!(
        open(&message(0x0178, &key, None), &key),
        Ok(b"plain".to_vec())
    );
    assert_eq!(
        open(&message(0x0478, &key, Some(commitment_to(&key))), &key),
        Ok(b"plain".to_vec())
    );
}

#[test]
fn plaintext_and_derived_key_are_zeroed_and_never_grew() {
    fn is_zeroed(_: &impl ZeroizeOnDrop) {}
    let key = [3; 32];
    let bytes = message(0x0178, &key, None);
    let message = Message::read(&bytes, is_bound).unwrap();
    is_zeroed(&message.derived(&key).unwrap());
    let plaintext = message.open(&key).unwrap();
    is_zeroed(&plaintext);
    assert_eq!(plaintext.capacity(), plaintext.len());
}

#[test]
fn a_commitment_to_another_key_is_refused_though_all_tags_are_right() {
    let key = [3; 32];
    for other in [commitment_to(&[4; 32]), [0; 32]] {
        assert_eq!(
            open(&message(0x0478, &key, Some(other)), &key),
            tampered("its commitment is to another key")
        );
    }
}

#[test]
fn a_data_key_of_another_length_is_refused_though_all_tags_are_right() {
    for key in [&[3; 16][..], &[3; 24], &[3; 33], &[]] {
        assert_eq!(
            open(&message(0x0178, key, None), key),
            tampered("its data key has not the length of its suite")
        );
    }
}

#[test]
fn no_message_that_is_cut_anywhere_is_read() {
    for whole in [
        message(0x0178, &[3; 32], None),
        message(0x0478, &[3; 32], Some([0; 32])),
    ] {
        for length in 0..whole.len() {
            assert!(
                Message::read(&whole[..length], is_bound)
                    .is_err_and(|problem| problem.code == Code::Tampered),
                "{length}"
            );
        }
    }
}

#[test]
fn no_message_with_another_bit_opens() {
    let key = [3; 32];
    for whole in [
        message(0x0178, &key, None),
        message(0x0478, &key, Some(commitment_to(&key))),
    ] {
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&changed, &key).is_err(), "{bit}");
        }
    }
}
