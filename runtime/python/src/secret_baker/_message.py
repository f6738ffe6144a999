"""Opens a message of the AWS Encryption SDK, which is what Parameter Store's advanced tier stores.

Nothing is returned before all tags, the commitment and the signature have been verified.
"""

from __future__ import annotations

import hashlib
import hmac

from . import _kms
from ._aes_gcm import AesGcm
from ._base64 import decoded
from ._failure import Failure, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._bundle import Arn, Entry
    from ._deadline import Deadline

_PUBLIC_KEY = "aws-crypto-public-key"
_FRAMED = 2
_SINGLE_BLOCK = 1
_LAST_FRAME = 0xFFFFFFFF
_TAG = 16
_IV = 12
# What KMS says about one data key, so that the next one may be tried.
_REFUSALS = {f"SECRET_BAKER_{code}" for code in ("WRONG_CONTEXT", "ACCESS_DENIED", "KEY_UNUSABLE", "SERVICE_ERROR")}


class _Suite:
    """An algorithm suite: message version, bytes of the AES key, hash of the key derivation, curve of the signature."""

    __slots__ = ("curve", "kdf", "key_length", "version")

    def __init__(self, version: int, key_length: int, kdf: str, curve: str) -> None:
        self.version, self.key_length, self.kdf, self.curve = version, key_length, kdf, curve


_SUITES = {
    0x0578: _Suite(2, 32, "sha512", "P-384"),
    0x0478: _Suite(2, 32, "sha512", ""),
    0x0378: _Suite(1, 32, "sha384", "P-384"),
    0x0346: _Suite(1, 24, "sha384", "P-384"),
    0x0214: _Suite(1, 16, "sha256", "P-256"),
    0x0178: _Suite(1, 32, "sha256", ""),
    0x0146: _Suite(1, 24, "sha256", ""),
    0x0114: _Suite(1, 16, "sha256", ""),
    0x0078: _Suite(1, 32, "", ""),
    0x0046: _Suite(1, 24, "", ""),
    0x0014: _Suite(1, 16, "", ""),
}


class _Reader:
    """Takes bytes from the front. Raises Failure: TAMPERED where there are too few."""

    __slots__ = ("at", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0

    def take(self, count: int) -> bytes:
        """Return so many bytes."""
        if count > len(self.raw) - self.at:
            raise _tampered("it ends too early")
        self.at += count
        return self.raw[self.at - count : self.at]

    def number(self, count: int) -> int:
        """Return an unsigned integer of so many bytes, big-endian."""
        return int.from_bytes(self.take(count), "big")

    def field(self) -> bytes:
        """Return bytes that follow their own length of two bytes."""
        return self.take(self.number(2))


class _Header:
    """A header, checked as far as it can be without a key."""

    __slots__ = (
        "authenticated",
        "commitment",
        "context",
        "data_keys",
        "frame_length",
        "framed",
        "iv",
        "message_id",
        "suite",
        "suite_id",
        "tag",
    )

    def __init__(self, reader: _Reader) -> None:
        version = reader.number(1)
        if version == 1:
            reader.take(1)  # the type, 0x80, by which the message was recognised
        self.suite_id = reader.take(2)
        suite = _SUITES.get(int.from_bytes(self.suite_id, "big"))
        if suite is None or suite.version != version:
            what = f"its Encryption SDK message is of suite {self.suite_id.hex()}, which is not known"
            raise Failure("UNKNOWN_CIPHERTEXT", what, "a newer secret-baker may know it: upgrade the package")
        self.suite = suite
        self.message_id = reader.take(16 if version == 1 else 32)
        self.context = _context(reader.field())
        self.data_keys = [tuple(reader.field() for _ in range(3)) for _ in range(reader.number(2))]
        content = reader.number(1)
        if version == 1 and (reader.take(4) != bytes(4) or reader.number(1) != _IV):
            raise _tampered("its header is malformed")
        self.frame_length = reader.number(4)
        self.framed = content == _FRAMED
        if content not in {_FRAMED, _SINGLE_BLOCK} or self.framed != (self.frame_length > 0):
            raise _tampered("its kind of body does not exist")
        self.commitment = reader.take(32) if version == 2 else b""
        self.authenticated = reader.raw[: reader.at]
        self.iv = reader.take(_IV) if version == 1 else bytes(_IV)
        self.tag = reader.take(_TAG)
        if (_PUBLIC_KEY in self.context) != bool(suite.curve):
            raise _tampered("its public key and its suite contradict each other")


def opened(entry: Entry, deadline: Deadline) -> bytes:
    """Return the plaintext of an entry that holds a message.

    Raises Failure: UNKNOWN_CIPHERTEXT, WRONG_CONTEXT, TAMPERED, and those of `_kms.decrypt`.
    """
    reader = _Reader(entry.ciphertext)
    header = _Header(reader)
    named = header.context.get("PARAMETER_ARN")
    if named != entry.arn.text:
        what = f"its message belongs to {'no parameter' if named is None else 'parameter ' + quoted(named)}"
        raise Failure("WRONG_CONTEXT", what, "entries were mixed up, or the file is damaged: package the service again")
    gcm = AesGcm(_derived(header, _data_key(header, entry.arn, deadline)))
    if gcm.opened(header.iv, b"", header.tag, header.authenticated) is None:
        raise _tampered("its header's tag does not fit")
    body = _frames(reader, header, gcm) if header.framed else _single_block(reader, header, gcm)
    _check_signature(reader, header)
    return body


def _context(raw: bytes) -> dict[str, str]:
    reader = _Reader(raw)
    context: dict[str, str] = {}
    count = reader.number(2) if raw else 0
    for _ in range(count):
        try:
            key, value = reader.field().decode(), reader.field().decode()
        except UnicodeDecodeError:
            raise _tampered("its encryption context is not UTF-8") from None
        context[key] = value
    if len(context) != count or reader.at != len(raw):
        raise _tampered("its encryption context is malformed")
    return context


def _data_key(header: _Header, arn: Arn, deadline: Deadline) -> bytes:
    """Return what KMS makes of the first data key that it opens."""
    refused: Failure | None = None
    for provider, key_arn, blob in header.data_keys:
        if provider != b"aws-kms":
            continue
        try:
            key = _kms.decrypt(arn, blob, header.context, deadline)
        except Failure as failure:
            failure.key = failure.key or key_arn.decode(errors="replace")
            if failure.code not in _REFUSALS:
                raise
            refused = refused or failure
            continue
        if len(key) != header.suite.key_length:
            raise _tampered("its data key has not the length of its suite")
        return key
    if refused:
        raise refused
    what = "its message has no data key that was encrypted by KMS"
    raise Failure("UNKNOWN_CIPHERTEXT", what, "it was not encrypted by Parameter Store: package the service again")


def _derived(header: _Header, data_key: bytes) -> bytes:
    """Return the key of the body, after the commitment to it was compared."""
    suite = header.suite
    if not suite.kdf:
        return data_key
    if suite.version == 1:
        salt = bytes(hashlib.new(suite.kdf).digest_size)
        return _hkdf(suite.kdf, data_key, salt, header.suite_id + header.message_id, suite.key_length)
    commitment = _hkdf(suite.kdf, data_key, header.message_id, b"COMMITKEY", 32)
    if not hmac.compare_digest(commitment, header.commitment):
        raise _tampered("its commitment to the data key does not fit")
    return _hkdf(suite.kdf, data_key, header.message_id, header.suite_id + b"DERIVEKEY", suite.key_length)


def _hkdf(name: str, key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF of RFC 5869; no length asked for here exceeds that of the hash, so there is but one step of expansion."""
    return hmac.digest(hmac.digest(salt, key, name), info + b"\x01", name)[:length]


def _frames(reader: _Reader, header: _Header, gcm: AesGcm) -> bytes:
    plaintext = []
    number = 0
    last = False
    while not last:
        number += 1
        found = reader.number(4)
        last = found == _LAST_FRAME
        if last:
            found = reader.number(4)
        if found != number:
            raise _tampered("its frames are not in order")
        iv = reader.take(_IV)
        length = reader.number(4) if last else header.frame_length
        if length > header.frame_length:
            raise _tampered("its last frame is too long")
        label = b"AWSKMSEncryptionClient Final Frame" if last else b"AWSKMSEncryptionClient Frame"
        plaintext.append(_part(reader, gcm, iv, length, header.message_id + label + number.to_bytes(4, "big")))
    return b"".join(plaintext)


def _single_block(reader: _Reader, header: _Header, gcm: AesGcm) -> bytes:
    iv = reader.take(_IV)
    length = reader.number(8)
    label = b"AWSKMSEncryptionClient Single Block" + (1).to_bytes(4, "big")
    return _part(reader, gcm, iv, length, header.message_id + label)


def _part(reader: _Reader, gcm: AesGcm, iv: bytes, length: int, label: bytes) -> bytes:
    ciphertext = reader.take(length)
    plaintext = gcm.opened(iv, ciphertext, reader.take(_TAG), label + length.to_bytes(8, "big"))
    if plaintext is None:
        raise _tampered("a tag of its body does not fit")
    return plaintext


def _check_signature(reader: _Reader, header: _Header) -> None:
    """Check what follows the body, after which nothing may follow."""
    signed = reader.raw[: reader.at]
    signature = reader.field() if header.suite.curve else b""
    if reader.at != len(reader.raw):
        raise _tampered("bytes follow its end")
    if not header.suite.curve:
        return
    from ._ecdsa import CURVES, verified

    curve = CURVES[header.suite.curve]
    if not verified(curve, decoded(header.context[_PUBLIC_KEY]) or b"", signature, signed):
        raise _tampered("its signature does not fit")


def _tampered(why: str) -> Failure:
    what = f"its Encryption SDK message was changed or damaged: {why}"
    return Failure("TAMPERED", what, "package the service again, and find out who can write to the artefact")
