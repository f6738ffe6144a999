"""Our AES and AES-GCM against those of `cryptography`."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from secret_baker._aes import Aes
from secret_baker._gcm import Gcm

LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1000, 4096, 8192, 65_536]


@pytest.mark.parametrize("blocks", [0, 1, 2, 3, 7, 100])
def test_encrypts_blocks_as_cryptography_does(blocks: int) -> None:
    rng = random.Random(blocks)
    key, plaintext = rng.randbytes(32), rng.randbytes(16 * blocks)
    assert Aes(key).encrypted(plaintext) == Cipher(AES(key), ECB()).encryptor().update(plaintext)  # noqa: S305


@pytest.mark.parametrize("length", LENGTHS)
def test_opens_what_cryptography_has_sealed(length: int) -> None:
    rng = random.Random(length)
    key, iv, plaintext = rng.randbytes(32), rng.randbytes(12), rng.randbytes(length)
    aad = rng.randbytes(rng.choice([0, 1, 16, 100]))
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    assert Gcm(key).opened(iv, sealed[:-16], sealed[-16:], aad) == plaintext


@pytest.mark.parametrize("length", range(8, 129))
def test_opens_under_an_iv_of_any_length(length: int) -> None:
    rng = random.Random(length)
    key, iv, plaintext, aad = rng.randbytes(32), rng.randbytes(length), rng.randbytes(100), rng.randbytes(20)
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    assert Gcm(key).opened(iv, sealed[:-16], sealed[-16:], aad) == plaintext
    assert Gcm(key).opened(iv[:-1] + bytes([iv[-1] ^ 1]), sealed[:-16], sealed[-16:], aad) is None


# Of 37 bytes, under keys and IVs of other multiples: as OpenSSL seals them by way of Node.js.
KNOWN = [
    (
        1,
        "856f546d677e8b2806ad957a2e07b59d1086b6657085ddfd1c19dc516ffc538b3efa59e4aa",
        "ebe03dda6f9952e34ddf5d31bb4878e9",
    ),
    (
        2,
        "1473c15881c0588daebd334751b6e34999f5d6f380efbb854dedca1df3a07a55d91cc2bc54",
        "0bc7cb569d90a40717faf6ea187d3423",
    ),
    (
        7,
        "d5b3431c363e11f4ea2b3a6003a838e8d2adb1774019956ebe00311dd6adc28f9189950f2d",
        "231fcb56462dc4757583fc52d8ba97da",
    ),
]


@pytest.mark.parametrize(("length", "ciphertext", "tag"), KNOWN)
def test_opens_under_ivs_that_cryptography_finds_too_short(length: int, ciphertext: str, tag: str) -> None:
    key, iv, plaintext = (
        bytes((at * step + 7) % 256 for at in range(count)) for count, step in ((32, 5), (length, 3), (37, 11))
    )
    opened = Gcm(key).opened(iv, bytes.fromhex(ciphertext), bytes.fromhex(tag), b"db:password:")
    assert opened == plaintext


def product(one: int, other: int) -> int:
    """Return a product in the field of GCM, bit by bit."""
    result = 0
    for bit in range(127, -1, -1):
        result ^= one * (other >> bit & 1)
        one = one >> 1 ^ (0xE1 << 120) * (one & 1)
    return result


@pytest.mark.parametrize("length", [*range(1, 12), *range(13, 257)])
def test_an_iv_that_is_not_of_twelve_bytes_is_hashed(length: int) -> None:
    """Longer ones than 128 bytes are refused by OpenSSL, so the first counter block is made by the definition."""
    key, iv = bytes(range(32)), random.Random(length).randbytes(length)
    hash_key = int.from_bytes(Aes(key).encrypted(bytes(16)), "big")
    hashed = 0
    padded = iv + bytes(-length % 16) + bytes(8) + (8 * length).to_bytes(8, "big")
    for at in range(0, len(padded), 16):
        hashed = product(hashed ^ int.from_bytes(padded[at : at + 16], "big"), hash_key)
    assert Gcm(key)._counters(iv, 1) == hashed.to_bytes(16, "big")


def test_a_counter_that_overflows_begins_anew() -> None:
    """The IV is the one of 16 bytes whose first counter is the last there is: it takes a division by the hash key."""
    key, plaintext = bytes(range(32)), bytes(range(100))
    hash_key = int.from_bytes(Aes(key).encrypted(bytes(16)), "big")
    inverse = 1 << 127  # which is one in this field
    for _ in range(127):
        inverse = product(product(inverse, inverse), hash_key)
    inverse = product(inverse, inverse)
    first = int.from_bytes(b"twelve bytes\xff\xff\xff\xff", "big")
    iv = product(product(first, inverse) ^ 128, inverse).to_bytes(16, "big")
    sealed = AESGCM(key).encrypt(iv, plaintext, None)
    assert Gcm(key)._counters(iv, 2) == b"twelve bytes\xff\xff\xff\xfftwelve bytes\0\0\0\0"
    assert Gcm(key).opened(iv, sealed[:-16], sealed[-16:], b"") == plaintext


@pytest.mark.parametrize("seed", range(60))
def test_opens_nothing_that_was_changed(seed: int) -> None:
    rng = random.Random(seed)
    key, iv, plaintext, aad = rng.randbytes(32), rng.randbytes(12), rng.randbytes(rng.randint(1, 70)), rng.randbytes(20)
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    parts = {"iv": iv, "ciphertext": sealed[:-16], "tag": sealed[-16:], "aad": aad}
    assert Gcm(key).opened(**parts) == plaintext
    for name, raw in parts.items():
        changed = bytearray(raw)
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        assert Gcm(key).opened(**{**parts, name: bytes(changed)}) is None, name
    assert Gcm(key).opened(**{**parts, "tag": parts["tag"][:12]}) is None
    assert Gcm(key).opened(**{**parts, "aad": aad + b"\0"}) is None


def test_one_key_opens_several() -> None:
    gcm, other = Gcm(bytes(32)), AESGCM(bytes(32))
    for number in range(5):
        iv = number.to_bytes(12, "big")
        sealed = other.encrypt(iv, b"frame", None)
        assert gcm.opened(iv, sealed[:-16], sealed[-16:], b"") == b"frame"
