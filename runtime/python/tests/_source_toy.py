"""A source that a test adds to a copy of the package: a blob of KMS, bound to a label."""

from __future__ import annotations

from ._arn import Region
from ._base64 import decoded
from ._bundle import text_of
from ._failure import Description, Failure, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._entry import Entry

_FIELDS = {"source", "label", "ciphertext"}
_REGION = Region("eu-central-1", "aws")


class Toy:
    """A blob and its label."""

    __slots__ = ("ciphertext", "context")

    def __init__(self, ciphertext: bytes, label: str) -> None:
        self.ciphertext = ciphertext
        self.context = {"TOY": label}

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"toy {quoted(self.context['TOY'])}, region {_REGION.name}", self.context)

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext. Raises Failure: those of `_kms.decrypt`."""
        from . import _kms

        return _kms.decrypt(_REGION, self.ciphertext, self.context, deadline)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID."""
    label, ciphertext = text_of(fields, "label"), decoded(text_of(fields, "ciphertext"))
    if ciphertext is None:
        raise Failure("BUNDLE_INVALID", "its `ciphertext` is not base64")
    if fields.keys() - _FIELDS:
        raise Failure("BUNDLE_INVALID", "its entry has a field that is not known")
    return Toy(ciphertext, label)
