"""A source that a test adds to a copy of the package: several fields of one secret, by one call of another service."""

from __future__ import annotations

from . import _json
from ._arn import Region
from ._aws import Call, answered
from ._bundle import text_of
from ._failure import Description, Failure, quoted
from ._flights import Flights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._entry import Entry

_REGION = Region("eu-central-1", "aws")
_secrets = Flights()


class Field:
    """One field of a secret."""

    __slots__ = ("field", "secret")

    def __init__(self, secret: str, field: str) -> None:
        self.secret = secret
        self.field = field

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"secret {quoted(self.secret)}", action="secretsmanager:GetSecretValue")

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext."""

        def fetched() -> bytes | Failure:
            call = Call("secretsmanager", "secretsmanager.GetSecretValue", _REGION, {"SecretId": self.secret})
            try:
                return answered(call, lambda answer: str(answer["SecretString"]).encode(), deadline)
            except Failure as failure:
                return failure

        whole = _secrets.taken(self.secret, fetched, deadline, fresh=False)
        if not isinstance(whole, bytes):
            raise whole or Failure("UNREACHABLE", "timed out while others were opened", "waiting")
        return str((_json.parsed_object(whole) or {})[self.field]).encode()


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID."""
    return Field(text_of(fields, "secret"), text_of(fields, "field"))
