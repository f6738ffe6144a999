"""Entries of each source, sealed by `cryptography` under keys that an AWS of the tests gives."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab"
SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/db-AbCdEf"
DATA_KEY = bytes(range(100, 132))
VALUE = b"a value that is sealed"
VERSION = "11111111-2222-3333-4444-555555555555"

Fields = dict[str, Any]


def base64(raw: bytes) -> str:
    return b64encode(raw).decode()


BLOB = base64(b"\1\2" + bytes(40))
CONTENTS = base64(Cipher(AES(DATA_KEY), CTR((1).to_bytes(16, "big"))).encryptor().update(VALUE))


def kms(**other: object) -> Fields:
    return {"source": "kms", "ciphertext": BLOB, "key": KEY_ARN, **other}


def kmsfile(**other: object) -> Fields:
    return {"source": "kmsfile", "key": BLOB, "contents": CONTENTS, "arn": KEY_ARN, **other}


def sops(value: bytes = VALUE, aad: str = "db:password:", **other: object) -> Fields:
    iv = bytes(range(32))
    raw = AESGCM(DATA_KEY).encrypt(iv, value, aad.encode())
    return {
        "source": "sops",
        "value": base64(raw[:-16]),
        "iv": base64(iv),
        "tag": base64(raw[-16:]),
        "aad": aad,
        "type": "str",
        "keys": [{"arn": KEY_ARN, "ciphertext": BLOB}],
        **other,
    }


def credstash(digest: str = "SHA256", algorithm: str = "sha256", **other: object) -> Fields:
    raw = Cipher(AES(DATA_KEY), CTR((1).to_bytes(16, "big"))).encryptor().update(VALUE)
    return {
        "source": "credstash",
        "key": BLOB,
        "contents": base64(raw),
        "hmac": hmac.new(DATA_KEY, raw, getattr(hashlib, algorithm)).hexdigest(),
        "digest": digest,
        "region": "eu-central-1",
        "name": "db",
        "version": "0000000000000000007",
        **other,
    }


def secrets_manager(**other: object) -> Fields:
    return {"source": "secretsManager", "arn": SECRET_ARN, "versionId": VERSION, **other}


def opens(plaintext: bytes, key: str = KEY_ARN) -> dict[str, Any]:
    """Return what KMS answers."""
    return {"Plaintext": base64(plaintext), "KeyId": key}


def holds(value: object) -> dict[str, Any]:
    """Return what Secrets Manager answers: a text, or JSON of anything else."""
    text = value if isinstance(value, str) else json.dumps(value)
    return {"ARN": SECRET_ARN, "VersionId": VERSION, "SecretString": text}


def bundle(**entries: Fields) -> bytes:
    return json.dumps(entries).encode()
