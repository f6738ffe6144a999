"""Our counter mode against that of `cryptography`, and what credstash itself has written."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from fake_aws import ROOT

from secret_baker import _ctr

ROWS: list[dict[str, Any]] = json.loads((ROOT / "__test__/vectors/credstash.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 33, 16 * 254, 16 * 255, 16 * 256, 16 * 257, 65_535, 65_536])
def test_opens_what_cryptography_has_sealed(length: int) -> None:
    """The counter has two bytes from block 256 on, and counts in big-endian order."""
    rng = random.Random(length)
    key, plaintext = rng.randbytes(32), rng.randbytes(length)
    sealed = Cipher(AES(key), CTR((1).to_bytes(16, "big"))).encryptor().update(plaintext)
    assert _ctr.opened(key, sealed) == plaintext


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_opens_what_credstash_has_sealed(row: dict[str, Any]) -> None:
    key = bytes.fromhex(row["kms_plaintext_64_hex"])[:32]
    assert _ctr.opened(key, b64decode(row["item"]["contents"])).decode() == row["plaintext"]
