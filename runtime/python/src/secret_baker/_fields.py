"""Fields that the entries of several sources have. Each function takes one wholly, and raises Failure."""

from __future__ import annotations

from . import _contract
from ._arn import Arn
from ._base64 import decoded
from ._bundle import text_of
from ._ciphertext import BLOB, kind_of
from ._failure import Failure, quoted


def key_arn_of(fields: dict[str, object], name: str) -> Arn:
    """Return the ARN of a key of KMS, or of an alias. BUNDLE_INVALID."""
    text = text_of(fields, name)
    try:
        return Arn(text, "kms", "key")
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"its `{name}` {quoted(text)} is not the ARN of a key") from None


def blob_of(fields: dict[str, object], name: str) -> bytes:
    """Return a blob of KMS. BUNDLE_INVALID, UNKNOWN_CIPHERTEXT."""
    blob = bytes_of(fields, name, _contract.BLOB_BYTES)
    if kind_of(blob) != BLOB:
        raise Failure("UNKNOWN_CIPHERTEXT", f"its `{name}` is no blob of KMS")
    return blob


def contents_of(fields: dict[str, object], name: str) -> bytes:
    """Return what is encrypted under a data key. BUNDLE_INVALID."""
    return bytes_of(fields, name, _contract.CIPHERTEXT_BYTES)


def bytes_of(fields: dict[str, object], name: str, longest: int) -> bytes:
    """Return the bytes of a field in base64: one of them or more. BUNDLE_INVALID."""
    raw = decoded(text_of(fields, name))
    if raw is None:
        raise Failure("BUNDLE_INVALID", f"its `{name}` is not base64")
    if len(raw) > longest:
        raise Failure("BUNDLE_INVALID", f"its `{name}` has more than {longest} bytes")
    return raw


def context_of(fields: dict[str, object]) -> dict[str, str]:
    """Return the encryption context, an empty one where there is none. BUNDLE_INVALID."""
    context = fields.get("context", {})
    if not isinstance(context, dict) or not all(isinstance(value, str) for value in context.values()):
        raise Failure("BUNDLE_INVALID", "its `context` is not an object of texts")
    return context
