"""Base64 that is none, or another spelling of the same bytes."""

from __future__ import annotations

import base64

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def other_spellings(text: str) -> list[tuple[str, str]]:
    """Return what the text may be changed to, each with its title. It has two signs of padding."""
    assert text.endswith("==")
    loose = text[:-3] + ALPHABET[ALPHABET.index(text[-3]) + 1] + "=="
    assert base64.b64decode(loose) == base64.b64decode(text)
    middle = min(76, len(text) // 2)
    return [
        ("that is not base64", "AQIC*" + text[5:]),
        ("in base64url", "AQIC-_" + text[6:]),
        ("whose unused bits are not zero", loose),
        ("without its padding", text[:-2]),
        ("with half of its padding", text[:-1]),
        ("with more padding", text + "="),
        ("with four more signs of padding", text + "===="),
        ("with padding only", "===="),
        ("with padding in the middle", "AQI=" + text),
        ("with a line end after it", text + "\n"),
        ("with line ends within it", text[:middle] + "\r\n" + text[middle:]),
        ("with a space before it", " " + text),
        ("with a NUL after it", text + "\0"),
        ("with a letter that is not ASCII", text[:-3] + "\u00e4=="),
        ("of one letter", "A"),
    ]
