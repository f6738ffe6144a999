"""Our AES-GCM against that of `cryptography`."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from secret_baker._gcm import Gcm

LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1000, 4096, 8192]


@pytest.mark.parametrize("length", LENGTHS)
def test_opens_what_cryptography_has_sealed(length: int) -> None:
    rng = random.Random(length)
    key, iv, plaintext = rng.randbytes(32), rng.randbytes(12), rng.randbytes(length)
    aad = rng.randbytes(rng.choice([0, 1, 16, 100]))
    sealed = AESGCM(key).encrypt(iv, plaintext, aad)
    assert Gcm(key).opened(iv, sealed[:-16], sealed[-16:], aad) == plaintext


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
