"""Our verification of ECDSA signatures against what `cryptography` signs."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from secret_baker._ecdsa import CURVES, _decompressed, verified

KINDS = {"P-256": (ec.SECP256R1(), hashes.SHA256()), "P-384": (ec.SECP384R1(), hashes.SHA384())}
CURVE = pytest.mark.parametrize("name", KINDS)


def compressed(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def signed(name: str, seed: int) -> tuple[bytes, bytes, bytes]:
    """Return a public key, a signature and the message."""
    rng = random.Random(seed)
    curve, digest = KINDS[name]
    key = ec.derive_private_key(rng.randrange(1, CURVES[name].order), curve)
    message = rng.randbytes(rng.randint(0, 300))
    return compressed(key), key.sign(message, ec.ECDSA(digest)), message


@CURVE
@pytest.mark.parametrize("seed", range(40))
def test_accepts_a_signature_and_none_that_was_changed(name: str, seed: int) -> None:
    public_key, signature, message = signed(name, seed)
    curve = CURVES[name]
    assert verified(curve, public_key, signature, message)
    assert not verified(curve, public_key, signature, message + b"\0")
    assert not verified(curve, bytes([public_key[0] ^ 1]) + public_key[1:], signature, message)
    rng = random.Random(seed)
    for _ in range(3):
        changed = bytearray(signature)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        assert not verified(curve, public_key, bytes(changed), message)


@CURVE
@pytest.mark.parametrize("private", [1, 2, 3, -1, -2])
def test_accepts_keys_beside_the_base_point(name: str, private: int) -> None:
    curve, digest = KINDS[name]
    key = ec.derive_private_key(private % CURVES[name].order, curve)
    for number in range(4):
        message = bytes([number])
        assert verified(CURVES[name], compressed(key), key.sign(message, ec.ECDSA(digest)), message)


@CURVE
def test_refuses_numbers_out_of_range(name: str) -> None:
    public_key, signature, message = signed(name, 1)
    r, s = decode_dss_signature(signature)
    order = CURVES[name].order
    for pair in ((0, s), (r, 0), (0, 0), (order, s), (r, order), (r + order, s), (r, s + order), (r, order - s + 1)):
        assert not verified(CURVES[name], public_key, encode_dss_signature(*pair), message)


@CURVE
def test_refuses_what_is_no_strict_der(name: str) -> None:
    public_key, signature, message = signed(name, 2)
    r, s = decode_dss_signature(signature)
    size = CURVES[name].size
    raw_r, raw_s = r.to_bytes(size + 8, "big"), s.to_bytes(size + 8, "big")
    padded = bytes([2, len(raw_r)]) + raw_r + bytes([2, len(raw_s)]) + raw_s
    long_form = b"\x30\x81" + signature[1:]
    for der in (
        b"",
        b"\x30\x00",
        signature[:-1],
        signature + b"\0",
        b"\x31" + signature[1:],
        bytes([0x30, len(padded)]) + padded,
        long_form,
        raw_r[8:] + raw_s[8:],
        b"\x30\x06\x02\x7f\x01\x02\x01\x01",
    ):
        assert not verified(CURVES[name], public_key, der, message), der.hex()


@CURVE
def test_refuses_what_is_no_compressed_point(name: str) -> None:
    public_key, signature, message = signed(name, 3)
    curve = CURVES[name]
    beside = next(
        raw
        for x in range(1, 100)
        for raw in [b"\x02" + x.to_bytes(curve.size, "big")]
        if pow(pow(x, 3) - 3 * x + curve.b, (curve.prime - 1) // 2, curve.prime) == curve.prime - 1
    )
    assert _decompressed(curve, public_key)
    near = next(x for x in range(100) if _decompressed(curve, b"\x02" + x.to_bytes(curve.size, "big")))
    for raw in (
        b"",
        b"\x00",
        b"\x04" + public_key[1:],
        public_key[:-1],
        public_key + b"\0",
        beside,
        b"\x02" + curve.prime.to_bytes(curve.size, "big"),
        b"\x02" + (curve.prime + near).to_bytes(curve.size, "big"),
    ):
        assert _decompressed(curve, raw) is None
        assert not verified(curve, raw, signature, message), raw.hex()
