"""What the sources encrypt with, for any length of an initialisation vector."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16
FIRST_COUNTER = (1).to_bytes(BLOCK, "big")
# The highest bit first: the polynomial by which NIST SP 800-38D multiplies.
_POLYNOMIAL = 0xE1 << 120


def some_bytes(label: str, length: int) -> bytes:
    """Return bytes that are always the same for one label: a key of a vector, or an IV."""
    return hashlib.shake_256(label.encode()).digest(length)


def ctr(key: bytes, data: bytes, first: bytes = FIRST_COUNTER) -> bytes:
    """Encrypt, or decrypt, in counter mode; the counter is a big-endian number of 128 bits."""
    encryptor = Cipher(algorithms.AES(key), modes.CTR(first)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def mac(key: bytes, data: bytes, digest: str) -> str:
    """Return the HMAC as credstash writes it: `SHA` is SHA-1."""
    return hmac.new(key, data, "SHA1" if digest == "SHA" else digest).hexdigest()


def gcm(key: bytes, iv: bytes, plaintext: bytes, aad: bytes) -> tuple[bytes, bytes]:
    """Return ciphertext and tag. The library takes IVs of 8 to 128 bytes only, SP 800-38D any."""
    subkey = int.from_bytes(_block(key, bytes(BLOCK)), "big")
    first = iv + b"\0\0\0\1" if len(iv) == 12 else _hash(subkey, b"", iv)
    sealed = ctr(key, plaintext, _next(first))
    return sealed, ctr(key, _hash(subkey, aad, sealed), first)


def _next(counter: bytes) -> bytes:
    """Return the next counter block: only its last four bytes count."""
    return counter[:12] + ((int.from_bytes(counter[12:], "big") + 1) % 2**32).to_bytes(4, "big")


def _block(key: bytes, block: bytes) -> bytes:
    # ECB of one block: the cipher itself, of which GCM is made.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(block) + encryptor.finalize()


def _hash(subkey: int, aad: bytes, data: bytes) -> bytes:
    """GHASH of both, each padded to whole blocks, and of their lengths."""
    padded = b"".join(part + bytes(-len(part) % BLOCK) for part in (aad, data))
    lengths = b"".join((len(part) * 8).to_bytes(8, "big") for part in (aad, data))
    total = 0
    for at in range(0, len(padded) + BLOCK, BLOCK):
        total = _product(total ^ int.from_bytes((padded + lengths)[at : at + BLOCK], "big"), subkey)
    return total.to_bytes(BLOCK, "big")


def _product(left: int, right: int) -> int:
    total = 0
    for bit in range(127, -1, -1):
        if left >> bit & 1:
            total ^= right
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
    return total
