"""Base64, without the leniency of Python's own."""

from __future__ import annotations

import binascii


def decoded(text: object) -> bytes | None:
    """Return the bytes of standard, padded base64, or None for anything else.

    Python skips characters that do not belong; only what encodes to the same text was base64.
    """
    if not isinstance(text, str) or not text.isascii():
        return None
    try:
        raw = binascii.a2b_base64(text)
    except ValueError:
        return None
    return raw if encoded(raw) == text else None


def encoded(raw: bytes) -> str:
    """Return standard, padded base64 on one line."""
    return binascii.b2a_base64(raw, newline=False).decode()
