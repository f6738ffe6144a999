"""AES-256-GCM: the mode of NIST SP 800-38D over our block cipher."""

from __future__ import annotations

import hmac

from ._aes import BLOCK, Aes, xor

_COUNTER = 2**32  # the last four bytes of a block count, and no others


class Gcm:
    """AES-256-GCM under one key, with IVs of any length and tags of 16 bytes. Only opens."""

    __slots__ = ("_aes", "_multiples")

    def __init__(self, key: bytes) -> None:
        self._aes = Aes(key)
        self._multiples = _multiples(int.from_bytes(self._aes.encrypted(bytes(BLOCK)), "big"))

    def opened(self, iv: bytes, ciphertext: bytes, tag: bytes, aad: bytes) -> bytes | None:
        """Return the plaintext, or None if the tag does not fit."""
        stream = self._aes.encrypted(self._counters(iv, 1 - (-len(ciphertext) // BLOCK)))
        hashed = self._hashed(_padded(aad) + _padded(ciphertext) + _bits(aad) + _bits(ciphertext))
        if not hmac.compare_digest(xor(hashed, stream[:BLOCK]), tag):
            return None
        return xor(ciphertext, stream[BLOCK : BLOCK + len(ciphertext)])

    def _counters(self, iv: bytes, count: int) -> bytes:
        """Return so many blocks: the one for the tag, then those for the text."""
        first = iv + b"\0\0\0\1" if len(iv) == 12 else self._hashed(_padded(iv) + bytes(8) + _bits(iv))
        start = int.from_bytes(first[12:], "big")
        return b"".join([first[:12] + ((start + at) % _COUNTER).to_bytes(4, "big") for at in range(count)])

    def _hashed(self, data: bytes) -> bytes:
        """GHASH: each block, added to what there is, times the hash key; byte by byte, by tables."""
        multiples, reductions = self._multiples, _REDUCTIONS
        result = 0
        for at in range(0, len(data), BLOCK):
            block = result ^ int.from_bytes(data[at : at + BLOCK], "big")
            result = 0
            for byte in block.to_bytes(BLOCK, "little"):
                result = result >> 8 ^ reductions[result & 0xFF] ^ multiples[byte]
        return result.to_bytes(BLOCK, "big")


def _multiples(element: int) -> list[int]:
    """Return the products of an element of GCM's field and each byte. The highest bit is the power 0."""
    products = [0] * 256
    power = 0x80
    while power:
        products[power] = element
        element = element >> 1 ^ (0xE1 << 120 if element & 1 else 0)
        power >>= 1
    for byte in range(256):
        lowest = byte & -byte
        products[byte] = products[lowest] ^ products[byte ^ lowest] if byte != lowest else products[byte]
    return products


def _reduction(byte: int) -> int:
    """Return what a byte becomes that was shifted out."""
    for _ in range(8):
        byte = byte >> 1 ^ (0xE1 << 120 if byte & 1 else 0)
    return byte


_REDUCTIONS = [_reduction(byte) for byte in range(256)]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def _bits(data: bytes) -> bytes:
    """Return the length of a text in bits."""
    return (len(data) * 8).to_bytes(8, "big")
