use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};

use super::*;

const KEY: [u8; 32] = *b"0123456789abcdef0123456789abcdef";

/// Each block is masked by its number, in 16 bytes, encrypted: the byte before the last one counts on after 255, and the one
/// before that after 65,535 blocks.
#[test]
fn the_counter_begins_at_one_and_carries_to_the_left() {
    let blocks = 65_540_u128;
    let mut text = vec![0; usize::try_from(blocks).unwrap() * 16];
    apply(&KEY, &mut text);
    let aes = Aes256::new((&KEY).into());
    for number in (1..=3_u128).chain(254..=258).chain(65_534..=65_538) {
        let mut mask = number.to_be_bytes();
        aes.encrypt_block((&mut mask).into());
        let at = usize::try_from(number - 1).unwrap() * 16;
        assert_eq!(text[at..at + 16], mask, "block {number}");
    }
}

#[test]
fn what_is_no_whole_block_is_masked_as_far_as_it_goes() {
    let mut whole = [7; 48];
    apply(&KEY, &mut whole);
    for length in [0, 1, 15, 16, 17, 47] {
        let mut text = vec![7; length];
        apply(&KEY, &mut text);
        assert_eq!(text, whole[..length]);
        apply(&KEY, &mut text);
        assert_eq!(text, vec![7; length]);
    }
}
