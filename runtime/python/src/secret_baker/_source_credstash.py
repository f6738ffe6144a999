"""credstash: contents under a data key of KMS, proved by an HMAC."""

from __future__ import annotations

import re

from ._arn import region_named
from ._bundle import text_of
from ._failure import Description, Failure, quoted, shown
from ._fields import blob_of, contents_of, context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Region
    from ._deadline import Deadline
    from ._entry import Entry

_KEY = 32  # of the cipher, and as much again for the HMAC
# What credstash calls a digest, what Python does, and how many bytes it has.
_DIGESTS = {
    "SHA256": ("sha256", 32),
    "SHA384": ("sha384", 48),
    "SHA512": ("sha512", 64),
    "SHA224": ("sha224", 28),
    "SHA1": ("sha1", 20),
    "SHA": ("sha1", 20),
    "MD5": ("md5", 16),
}


class Credential:
    """One version of a credential: a row of credstash's table."""

    __slots__ = ("contents", "context", "digest", "hmac", "key", "name", "region", "version")

    def __init__(self, fields: dict[str, object]) -> None:
        self.key = blob_of(fields, "key")
        self.contents = contents_of(fields, "contents")
        hmac = _hexadecimal(fields, "hmac")
        self.digest, length = _digest(fields, "digest")
        self.context = context_of(fields)
        self.region = _region(fields, "region")
        self.name = text_of(fields, "name")
        self.version = text_of(fields, "version")
        if len(hmac) != 2 * length:
            raise Failure("BUNDLE_INVALID", "its `hmac` is not as long as its `digest`")
        self.hmac = bytes.fromhex(hmac)

    def describe(self) -> Description:
        """Return what sentences say of it."""
        place = f"credential {shown(self.name)}, version {shown(self.version)}, region {self.region.name}"
        return Description(place, self.context)

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext, after the HMAC was compared. Raises Failure: TAMPERED, those of `_kms.decrypt`."""
        import hmac

        from . import _ctr, _kms
        from ._data_key import of_length

        keys = of_length(_kms.decrypt(self.region, self.key, self.context, deadline), 2 * _KEY)
        if not hmac.compare_digest(_hmac(keys[_KEY:], self.contents, self.digest), self.hmac):
            raise Failure("TAMPERED", "its HMAC does not fit")
        return _ctr.opened(keys[:_KEY], self.contents)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID, UNKNOWN_CIPHERTEXT."""
    return Credential(fields)


def _hexadecimal(fields: dict[str, object], name: str) -> str:
    text = text_of(fields, name)
    if not re.fullmatch(r"[0-9a-f]+", text):
        raise Failure("BUNDLE_INVALID", f"its `{name}` is not lowercase hexadecimal")
    return text


def _digest(fields: dict[str, object], name: str) -> tuple[str, int]:
    text = text_of(fields, name)
    if text not in _DIGESTS:
        raise Failure("UNKNOWN_CIPHERTEXT", f"its `{name}` {quoted(text)} is not known")
    return _DIGESTS[text]


def _region(fields: dict[str, object], name: str) -> Region:
    text = text_of(fields, name)
    try:
        return region_named(text)
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"its `{name}` {quoted(text)} is not a region") from None


def _hmac(key: bytes, contents: bytes, digest: str) -> bytes:
    """Return the HMAC, by MD5 and SHA-1 too where the standard FIPS 140 does not take them: nothing is signed here."""
    import hashlib
    import hmac

    def hashed(raw: bytes = b"") -> hashlib._Hash:
        return hashlib.new(digest, raw, usedforsecurity=False)

    try:
        return hmac.new(key, contents, hashed).digest()
    except ValueError:
        raise Failure("UNKNOWN_CIPHERTEXT", f"this build of Python has no {digest}") from None
