"""A ciphertext that KMS opens: a blob of its own, or an Encryption SDK message under data keys of KMS."""

from __future__ import annotations

from . import _contract
from ._base64 import decoded
from ._failure import Failure

BLOB, MESSAGE = "blob", "message"


def ciphertext_of(base64: str) -> bytes:
    """Return the field `ciphertext`, decoded. Raises Failure: BUNDLE_INVALID."""
    ciphertext = decoded(base64)
    if ciphertext is None:
        raise Failure("BUNDLE_INVALID", "its `ciphertext` is not base64")
    longest = _contract.BLOB_BYTES if kind_of(ciphertext) == BLOB else _contract.CIPHERTEXT_BYTES
    if len(ciphertext) > longest:
        raise Failure("BUNDLE_INVALID", f"its `ciphertext` has more than {longest} bytes")
    return ciphertext


def kind_of(ciphertext: bytes) -> str:
    """Return what it is, by its first bytes; an empty text where it begins like nothing that is known."""
    return _contract.CIPHERTEXTS.get(ciphertext[:2], "")
