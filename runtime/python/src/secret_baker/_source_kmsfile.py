"""KMS files of 2016: contents under a data key of KMS. Nothing proves their integrity."""

from __future__ import annotations

from ._failure import Description
from ._fields import blob_of, contents_of, key_arn_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Arn
    from ._deadline import Deadline
    from ._entry import Entry

_KEY = 32


class File:
    """The contents of a file, their data key, and the key that encrypted that."""

    __slots__ = ("arn", "contents", "key")

    def __init__(self, key: bytes, contents: bytes, arn: Arn) -> None:
        self.key = key
        self.contents = contents
        self.arn = arn

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"KMS file, key {self.arn.text}, region {self.arn.region.name}")

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext. Raises Failure: TAMPERED, and those of `_kms.decrypt`."""
        from . import _ctr, _kms
        from ._data_key import of_length

        data_key = of_length(_kms.decrypt(self.arn.region, self.key, {}, deadline, self.arn.text), _KEY)
        return _ctr.opened(data_key, self.contents)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID, UNKNOWN_CIPHERTEXT."""
    return File(blob_of(fields, "key"), contents_of(fields, "contents"), key_arn_of(fields, "arn"))
