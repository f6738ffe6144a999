"""SOPS: one value of a file, and the data key of that file under one key of KMS or more."""

from __future__ import annotations

from . import _contract
from ._bundle import text_of
from ._failure import Description, Failure, quoted, shown
from ._fields import blob_of, bytes_of, contents_of, context_of, key_arn_of
from ._flights import Flights
from ._own_region import own_region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline, Wish
    from ._entry import Entry

_KEY = 32
_TAG = 16
_TYPES = {"str", "int", "float", "bool", "bytes", "time"}
_OF_BOOL = {b"True": b"true", b"False": b"false"}
_OF_CREDENTIALS = "SECRET_BAKER_CREDENTIALS"
_data_keys = Flights()


class FileKey:
    """A file's data key under one key of KMS."""

    __slots__ = ("arn", "ciphertext", "context")

    def __init__(self, fields: dict[str, object]) -> None:
        self.arn = key_arn_of(fields, "arn")
        self.ciphertext = blob_of(fields, "ciphertext")
        self.context = context_of(fields)

    def name(self) -> object:
        """Return what tells it from others."""
        return self.arn.text, self.ciphertext.hex(), sorted(self.context.items())


class Value:
    """A value, its place in the file, and the keys that open the file."""

    __slots__ = ("aad", "iv", "keys", "tag", "type", "value")

    def __init__(self, fields: dict[str, object]) -> None:
        self.value = contents_of(fields, "value")
        self.iv = bytes_of(fields, "iv", _contract.IV_BYTES)
        self.tag = _tag(fields, "tag")
        self.aad = _aad(fields, "aad")
        self.type = _type(fields, "type")
        self.keys = _keys(fields, "keys")

    def describe(self) -> Description:
        """Return what sentences say of it: its key is the one that is tried first."""
        first = self._in_order()[0]
        value = f"SOPS value {shown(self.aad)}".rstrip()
        return Description(f"{value}, key {first.arn.text}, region {first.arn.region.name}", first.context)

    def open(self, wish: Wish) -> bytes:
        """Return its plaintext, by the data key that all values of the file share.

        Raises Failure: TAMPERED, and those of `_kms.decrypt`.
        """
        from ._gcm import Gcm
        from ._shared import shared

        name = repr([key.name() for key in self.keys])
        data_key = shared(_data_keys, name, lambda: _data_key(self._in_order(), wish), wish)
        plaintext = Gcm(data_key).opened(self.iv, self.value, self.tag, self.aad.encode())
        if plaintext is None:
            raise Failure("TAMPERED", "its tag does not fit")
        return _OF_BOOL.get(plaintext, plaintext) if self.type == "bool" else plaintext

    def _in_order(self) -> list[FileKey]:
        """Return the keys as they are tried: those of this process's own region first."""
        own = own_region()
        return sorted(self.keys, key=lambda key: key.arn.region.name != own)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID, UNKNOWN_CIPHERTEXT."""
    return Value(fields)


def _data_key(keys: list[FileKey], deadline: Deadline) -> bytes:
    """Return the data key by the first one that opens it. Raises Failure: that of the first one that was tried."""
    from . import _kms
    from ._data_key import of_length

    failures: list[Failure] = []
    for key in keys:
        try:
            opened = _kms.decrypt(key.arn.region, key.ciphertext, key.context, deadline, key.arn.text)
            return of_length(opened, _KEY)
        except Failure as failure:
            failures.append(failure)
        if failures[-1].code == _OF_CREDENTIALS or deadline.left() <= 0:
            break
    raise failures[0]


def _tag(fields: dict[str, object], name: str) -> bytes:
    tag = bytes_of(fields, name, _TAG)
    if len(tag) != _TAG:
        raise Failure("BUNDLE_INVALID", f"its `{name}` has not {_TAG} bytes")
    return tag


def _aad(fields: dict[str, object], name: str) -> str:
    aad = fields.get(name)
    if not isinstance(aad, str):
        raise Failure("BUNDLE_INVALID", f"its entry has no text `{name}`")
    return aad


def _type(fields: dict[str, object], name: str) -> str:
    kind = text_of(fields, name)
    if kind not in _TYPES:
        raise Failure("BUNDLE_INVALID", f"its `{name}` {quoted(kind)} is none of a value")
    return kind


def _keys(fields: dict[str, object], name: str) -> list[FileKey]:
    keys = fields.get(name)
    if not isinstance(keys, list) or not 1 <= len(keys) <= _contract.FILE_KEYS:
        raise Failure("BUNDLE_INVALID", f"its `{name}` is not a list of 1 to {_contract.FILE_KEYS} keys")
    found = []
    for key in keys:
        if not isinstance(key, dict):
            raise Failure("BUNDLE_INVALID", f"one of its `{name}` is not a JSON object")
        found.append(FileKey(key))
    return found
