//! The signature over a whole message.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p384::ecdsa::signature::Verifier as _;
use p384::ecdsa::{Signature, VerifyingKey};

/// A compressed point: which half of the curve, and one coordinate.
const POINT: usize = 49;

/// The key of canonical base64 of a compressed point, if that lies on the curve.
pub(super) fn key(text: &str) -> Option<VerifyingKey> {
    let point = STANDARD.decode(text).ok()?;
    if point.len() != POINT || !matches!(point.first(), Some(2 | 3)) {
        return None;
    }
    VerifyingKey::from_sec1_bytes(&point).ok()
}

/// Whether the signature is that of these bytes and this key.
pub(super) fn is_valid(key: &VerifyingKey, signed: &[u8], signature: &[u8]) -> bool {
    Signature::from_der(signature)
        .and_then(|signature| key.verify(signed, &signature))
        .is_ok()
}

/// Whether it is a list of two positive integers, each in its shortest form, and nothing after them.
pub(super) fn is_der(bytes: &[u8]) -> bool {
    let whole = || {
        let (list, after) = element(bytes, 0x30)?;
        let (first, rest) = element(list, 0x02)?;
        let (second, rest) = element(rest, 0x02)?;
        (after.is_empty() && rest.is_empty()).then_some([first, second])
    };
    whole().is_some_and(|both| both.into_iter().all(is_positive))
}

/// The content of an element with that tag, and what comes after it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (head, length, rest) = match bytes {
        [head, length @ 0..=0x7f, rest @ ..] | [head, 0x81, length @ 0x80..=0xff, rest @ ..] => {
            (*head, usize::from(*length), rest)
        }
        [head, 0x82, high @ 1..=0xff, low, rest @ ..] => {
            (*head, usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    if head != tag {
        return None;
    }
    rest.split_at_checked(length)
}

fn is_positive(integer: &[u8]) -> bool {
    match integer {
        [0] | [] => false,
        [0, second, ..] => *second >= 0x80,
        [first, ..] => *first < 0x80,
    }
}
