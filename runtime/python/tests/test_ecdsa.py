"""Our verification of ECDSA signatures against what `cryptography` signs."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from secret_baker import _ecdsa
from secret_baker._ecdsa import ORDER, decompressed, integers

CURVE, DIGEST = ec.SECP384R1(), hashes.SHA384()
SIZE, PRIME, B = _ecdsa._SIZE, _ecdsa._PRIME, _ecdsa._B


def verified(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Do as `_message` does: what is no point or no DER has been refused before it comes to the signature."""
    point, pair = decompressed(public_key), integers(signature)
    return point is not None and pair is not None and _ecdsa.verified(point, pair, message)


def compressed(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def signed(seed: int) -> tuple[bytes, bytes, bytes]:
    """Return a public key, a signature and the message."""
    rng = random.Random(seed)
    key = ec.derive_private_key(rng.randrange(1, ORDER), CURVE)
    message = rng.randbytes(rng.randint(0, 300))
    return compressed(key), key.sign(message, ec.ECDSA(DIGEST)), message


@pytest.mark.parametrize("seed", range(60))
def test_accepts_a_signature_and_none_that_was_changed(seed: int) -> None:
    public_key, signature, message = signed(seed)
    assert verified(public_key, signature, message)
    assert not verified(public_key, signature, message + b"\0")
    assert not verified(bytes([public_key[0] ^ 1]) + public_key[1:], signature, message)
    rng = random.Random(seed)
    for _ in range(3):
        changed = bytearray(signature)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        assert not verified(public_key, bytes(changed), message)


@pytest.mark.parametrize("private", [1, 2, 3, -1, -2])
def test_accepts_keys_beside_the_base_point(private: int) -> None:
    key = ec.derive_private_key(private % ORDER, CURVE)
    for number in range(4):
        message = bytes([number])
        assert verified(compressed(key), key.sign(message, ec.ECDSA(DIGEST)), message)


def test_refuses_numbers_out_of_range() -> None:
    public_key, signature, message = signed(1)
    r, s = decode_dss_signature(signature)
    for pair in ((0, s), (r, 0), (0, 0), (ORDER, s), (r, ORDER), (r + ORDER, s), (r, s + ORDER), (r, ORDER - s + 1)):
        assert not verified(public_key, encode_dss_signature(*pair), message)


def test_takes_strict_der_only() -> None:
    _, signature, _ = signed(2)
    r, s = decode_dss_signature(signature)
    assert integers(signature) == (r, s)
    raw_r, raw_s = r.to_bytes(SIZE + 8, "big"), s.to_bytes(SIZE + 8, "big")
    padded = bytes([2, len(raw_r)]) + raw_r + bytes([2, len(raw_s)]) + raw_s
    for der in (
        b"",
        b"\x30\x00",
        signature[:-1],
        signature + b"\0",
        b"\x31" + signature[1:],
        bytes([0x30, len(padded)]) + padded,
        b"\x30\x81" + signature[1:],
        raw_r[8:] + raw_s[8:],
        b"\x30\x06\x02\x7f\x01\x02\x01\x01",
        b"\x30\x06\x02\x01\x00\x02\x01\x01",
        b"\x30\x06\x02\x01\x01\x02\x01\x00",
        b"\x30\x06\x02\x01\x80\x02\x01\x01",
        b"\x30\x07\x02\x02\x00\x01\x02\x01\x01",
        b"\x30\x80" + signature[2:] + b"\0\0",
    ):
        assert integers(der) is None, der.hex()
    assert integers(b"\x30\x06\x02\x01\x01\x02\x01\x7f") == (1, 127)


def test_takes_compressed_points_only() -> None:
    public_key, _, _ = signed(3)
    beside = next(
        raw
        for x in range(1, 100)
        for raw in [b"\x02" + x.to_bytes(SIZE, "big")]
        if pow(pow(x, 3) - 3 * x + B, (PRIME - 1) // 2, PRIME) == PRIME - 1
    )
    assert decompressed(public_key)
    near = next(x for x in range(100) if decompressed(b"\x02" + x.to_bytes(SIZE, "big")))
    for raw in (
        b"",
        b"\x00",
        b"\x04" + public_key[1:],
        public_key[:-1],
        public_key + b"\0",
        beside,
        b"\x02" + PRIME.to_bytes(SIZE, "big"),
        b"\x02" + (PRIME + near).to_bytes(SIZE, "big"),
    ):
        assert decompressed(raw) is None, raw.hex()
