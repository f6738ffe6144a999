"""KMS: a ciphertext that stands in the config, such as `aws kms encrypt` gives."""

from __future__ import annotations

from ._failure import Description
from ._fields import blob_of, context_of, key_arn_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Arn
    from ._deadline import Deadline
    from ._entry import Entry


class Blob:
    """A blob, the key that encrypted it, and the context that it is bound to."""

    __slots__ = ("ciphertext", "context", "key")

    def __init__(self, ciphertext: bytes, key: Arn, context: dict[str, str]) -> None:
        self.ciphertext = ciphertext
        self.key = key
        self.context = context

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"KMS ciphertext, key {self.key.text}, region {self.key.region.name}", self.context)

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext. Raises Failure: those of `_kms.decrypt`."""
        from . import _kms

        return _kms.decrypt(self.key.region, self.ciphertext, self.context, deadline, self.key.text)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID, UNKNOWN_CIPHERTEXT."""
    return Blob(blob_of(fields, "ciphertext"), key_arn_of(fields, "key"), context_of(fields))
