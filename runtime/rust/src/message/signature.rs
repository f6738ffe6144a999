//! The signature over a whole message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier as _;

use super::suite::Curve;

/// Whether the signature (DER) is that of these bytes and this public key (base64 of a compressed point).
pub(super) fn is_valid(curve: Curve, public_key: &str, signed: &[u8], signature: &[u8]) -> bool {
    let Ok(point) = STANDARD.decode(public_key) else {
        return false;
    };
    match curve {
        Curve::P256 => is_of_p256(&point, signed, signature).is_ok(),
        Curve::P384 => is_of_p384(&point, signed, signature).is_ok(),
    }
}

fn is_of_p256(point: &[u8], signed: &[u8], signature: &[u8]) -> Result<(), p256::ecdsa::Error> {
    use p256::ecdsa::{Signature, VerifyingKey};
    VerifyingKey::from_sec1_bytes(point)?.verify(signed, &Signature::from_der(signature)?)
}

fn is_of_p384(point: &[u8], signed: &[u8], signature: &[u8]) -> Result<(), p384::ecdsa::Error> {
    use p384::ecdsa::{Signature, VerifyingKey};
    VerifyingKey::from_sec1_bytes(point)?.verify(signed, &Signature::from_der(signature)?)
}
