"""Opens a message of the AWS Encryption SDK, whoever stores it.

All that can be checked without a key is checked before KMS is asked, in the order of `docs/bundle.md`. Nothing is
returned before all tags, the commitment and the signature have been verified.
"""

from __future__ import annotations

import hashlib
import hmac

from . import _contract, _kms
from ._arn import Arn
from ._base64 import decoded
from ._failure import Failure, quoted
from ._gcm import Gcm

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._arn import Region
    from ._deadline import Deadline
    from ._ecdsa import Point

_PUBLIC_KEY = "aws-crypto-public-key"
_KMS = "aws-kms"
_FRAMED = 2
_SINGLE_BLOCK = 1
_LAST_FRAME = 0xFFFFFFFF
_KEY = 32
_TAG = 16
_IV = 12
# What KMS says about one data key, so that the next one may be tried.
_REFUSALS = {f"SECRET_BAKER_{code}" for code in ("WRONG_CONTEXT", "ACCESS_DENIED", "KEY_UNUSABLE")}


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
        "iv",
        "kdf",
        "message_id",
        "point",
        "suite_id",
        "tag",
        "version",
    )

    def __init__(self, reader: _Reader) -> None:
        self.version = reader.number(1)
        if self.version == 1:
            reader.take(1)  # the type, 0x80, by which the message was recognised
        self.suite_id = reader.take(2)
        version, self.kdf, is_signed = _contract.SUITES.get(self.suite_id, (0, "", False))
        if version != self.version:
            raise Failure("UNKNOWN_CIPHERTEXT", f"its Encryption SDK message is of suite {self.suite_id.hex()}")
        self.message_id = reader.take(16 if version == 1 else 32)
        self.context = _context(reader.field())
        self.data_keys = _data_keys(reader)
        self.frame_length = _frame_length(reader, version)
        self.commitment = reader.take(32) if version == 2 else b""
        self.authenticated = reader.raw[: reader.at]
        self.iv = reader.take(_IV) if version == 1 else bytes(_IV)
        self.tag = reader.take(_TAG)
        self.point = _point(self.context.get(_PUBLIC_KEY), is_signed=is_signed)
        if not self.data_keys:
            raise Failure("UNKNOWN_CIPHERTEXT", "its message has no data key that was encrypted by KMS")


class _Part:
    """A frame or the single block."""

    __slots__ = ("ciphertext", "iv", "label", "tag")

    def __init__(self, reader: _Reader, iv: bytes, length: int, label: bytes) -> None:
        self.iv = iv
        self.ciphertext = reader.take(length)
        self.tag = reader.take(_TAG)
        self.label = label + length.to_bytes(8, "big")


class _Footer:
    """What follows the body: nothing, or a signature."""

    __slots__ = ("pair", "signed")

    def __init__(self, reader: _Reader, header: _Header) -> None:
        self.signed = reader.raw[: reader.at]
        self.pair = (0, 0)
        if header.point:
            from ._ecdsa import integers

            pair = integers(reader.field())
            if pair is None:
                raise _tampered("its signature is malformed")
            self.pair = pair
        if reader.at != len(reader.raw):
            raise _tampered("bytes follow its end")


def opened(raw: bytes, region: Region, check: Callable[[dict[str, str]], None], deadline: Deadline) -> bytes:
    """Return the plaintext of a message, whose data key KMS opens in a region.

    `check` raises Failure for an encryption context that is not right, before KMS is asked. Raises Failure: those, and
    UNKNOWN_CIPHERTEXT, TAMPERED, and those of `_kms.decrypt`.
    """
    reader = _Reader(raw)
    header = _Header(reader)
    check(header.context)
    parts = _frames(reader, header) if header.frame_length else [_single_block(reader, header)]
    footer = _Footer(reader, header)
    return _verified(header, parts, footer, _data_key(header, region, deadline), deadline)


def _context(raw: bytes) -> dict[str, str]:
    reader = _Reader(raw)
    context: dict[str, str] = {}
    count = reader.number(2) if raw else 0
    for _ in range(count):
        key = _text(reader.field(), "its encryption context")
        context[key] = _text(reader.field(), "its encryption context")
    if len(context) != count or reader.at != len(raw) or (raw and not count):
        raise _tampered("its encryption context is malformed")
    return context


def _data_keys(reader: _Reader) -> list[tuple[Arn, bytes]]:
    """Return the data keys that KMS has encrypted, each with the ARN of its key."""
    count = reader.number(2)
    if not 1 <= count <= _contract.DATA_KEYS:
        raise _tampered(f"it has {count} data keys, and {_contract.DATA_KEYS} are the most that are taken")
    found = []
    for _ in range(count):
        provider, key = (_text(reader.field(), "what it says of a data key") for _ in range(2))
        blob = reader.field()
        if provider != _KMS:
            continue
        try:
            arn = Arn(key, "kms", "key")
        except ValueError:
            raise _tampered(f"a data key of it names {quoted(key)}, which is not the ARN of a key") from None
        if not 1 <= len(blob) <= _contract.BLOB_BYTES:
            raise _tampered("a data key of it has a length that KMS never gives")
        found.append((arn, blob))
    return found


def _frame_length(reader: _Reader, version: int) -> int:
    """Return the length of a frame; 0 for a single block."""
    content = reader.number(1)
    if version == 1 and (reader.take(4) != bytes(4) or reader.number(1) != _IV):
        raise _tampered("its header is malformed")
    length = reader.number(4)
    if content not in {_FRAMED, _SINGLE_BLOCK} or (content == _FRAMED) != (length > 0):
        raise _tampered("its kind of body does not exist")
    return length


def _point(text: str | None, *, is_signed: bool) -> Point | None:
    """Return the public key of a message that is signed."""
    if (text is not None) != is_signed:
        raise _tampered("its public key and its suite contradict each other")
    if text is None:
        return None
    from ._ecdsa import decompressed

    point = decompressed(decoded(text) or b"")
    if point is None:
        raise _tampered("its public key is not a compressed point of P-384")
    return point


def _frames(reader: _Reader, header: _Header) -> list[_Part]:
    parts: list[_Part] = []
    last = False
    while not last:  # each takes bytes, so there is an end
        number = reader.number(4)
        last = number == _LAST_FRAME
        if last:
            number = reader.number(4)
        if number != len(parts) + 1:
            raise _tampered("its frames are not in order")
        iv = reader.take(_IV)
        length = reader.number(4) if last else header.frame_length
        if length > header.frame_length:
            raise _tampered("its last frame is too long")
        label = b"AWSKMSEncryptionClient Final Frame" if last else b"AWSKMSEncryptionClient Frame"
        parts.append(_Part(reader, iv, length, header.message_id + label + number.to_bytes(4, "big")))
    return parts


def _single_block(reader: _Reader, header: _Header) -> _Part:
    iv = reader.take(_IV)
    label = b"AWSKMSEncryptionClient Single Block" + (1).to_bytes(4, "big")
    return _Part(reader, iv, reader.number(8), header.message_id + label)


def _data_key(header: _Header, region: Region, deadline: Deadline) -> bytes:
    """Return what KMS makes of the first data key that it opens."""
    refused: Failure | None = None
    for key, blob in header.data_keys:
        try:
            data_key = _kms.decrypt(region, blob, header.context, deadline, key.text)
        except Failure as failure:
            failure.key, failure.context = failure.key or key.text, header.context
            if failure.code not in _REFUSALS:
                raise
            refused = refused or failure
            continue
        if len(data_key) != _KEY:
            raise _tampered("its data key has not the length of its suite")
        return data_key
    raise refused or _tampered("it has no data key")


def _verified(header: _Header, parts: list[_Part], footer: _Footer, data_key: bytes, deadline: Deadline) -> bytes:
    """Return the plaintext, after the commitment, all tags and the signature were compared."""
    gcm = Gcm(_derived(header, data_key))
    if gcm.opened(header.iv, b"", header.tag, header.authenticated) is None:
        raise _tampered("its header's tag does not fit")
    plaintexts = []
    for part in parts:
        if deadline.left() <= 0:
            raise Failure("UNREACHABLE", "timed out after KMS had answered")
        plaintext = gcm.opened(part.iv, part.ciphertext, part.tag, part.label)
        if plaintext is None:
            raise _tampered("a tag of its body does not fit")
        plaintexts.append(plaintext)
    if header.point:
        from ._ecdsa import verified

        if not verified(header.point, footer.pair, footer.signed):
            raise _tampered("its signature does not fit")
    return b"".join(plaintexts)


def _derived(header: _Header, data_key: bytes) -> bytes:
    """Return the key of the body, after the commitment to it was compared."""
    if header.version == 1:
        salt = bytes(hashlib.new(header.kdf).digest_size)
        return _hkdf(header.kdf, data_key, salt, header.suite_id + header.message_id)
    commitment = _hkdf(header.kdf, data_key, header.message_id, b"COMMITKEY")
    if not hmac.compare_digest(commitment, header.commitment):
        raise _tampered("its commitment to the data key does not fit")
    return _hkdf(header.kdf, data_key, header.message_id, header.suite_id + b"DERIVEKEY")


def _hkdf(name: str, key: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF of RFC 5869, of 32 bytes: no more than the hash has, so there is but one step of expansion."""
    return hmac.digest(hmac.digest(salt, key, name), info + b"\x01", name)[:_KEY]


def _text(raw: bytes, what: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _tampered(f"{what} is not UTF-8") from None


def _tampered(why: str) -> Failure:
    return Failure("TAMPERED", why)
