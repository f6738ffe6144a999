"""AES-256 in counter mode: of NIST SP 800-38A, over our block cipher."""

from __future__ import annotations

from ._aes import BLOCK, Aes, xor


def opened(key: bytes, ciphertext: bytes) -> bytes:
    """Return the plaintext; nothing proves that it is the right one. The counter blocks are 1, 2, 3..., big-endian."""
    count = -(-len(ciphertext) // BLOCK)
    counters = b"".join([number.to_bytes(BLOCK, "big") for number in range(1, count + 1)])
    return xor(ciphertext, Aes(key).encrypted(counters)[: len(ciphertext)])
