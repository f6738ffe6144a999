"""A data key: what KMS opens, so that it opens the rest."""

from __future__ import annotations

from ._failure import Failure


def of_length(data_key: bytes, length: int) -> bytes:
    """Return a data key that has so many bytes. Raises Failure: TAMPERED."""
    if len(data_key) != length:
        raise Failure("TAMPERED", f"its data key has {len(data_key)} bytes, and not {length}")
    return data_key
