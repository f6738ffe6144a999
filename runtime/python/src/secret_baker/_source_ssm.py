"""Parameter Store: what it returns for a SecureString without decryption, and the ARN of the parameter."""

from __future__ import annotations

from ._arn import Arn
from ._bundle import text_of
from ._ciphertext import BLOB, MESSAGE, ciphertext_of, kind_of
from ._failure import Description, Failure, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._entry import Entry

_BOUND_TO = "PARAMETER_ARN"


class Parameter:
    """A parameter's ciphertext: a blob of KMS in the standard tier, an Encryption SDK message in the advanced one."""

    __slots__ = ("arn", "ciphertext", "kind")

    def __init__(self, arn: Arn, ciphertext: bytes) -> None:
        self.arn = arn
        self.ciphertext = ciphertext
        self.kind = kind_of(ciphertext)

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"parameter {self.arn.text}, region {self.arn.region.name}", {_BOUND_TO: self.arn.text})

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext, by KMS in the region of the parameter.

        Raises Failure: UNKNOWN_CIPHERTEXT, WRONG_CONTEXT, TAMPERED, and those of `_kms.decrypt`.
        """
        if self.kind == BLOB:
            from . import _kms

            return _kms.decrypt(self.arn.region, self.ciphertext, {_BOUND_TO: self.arn.text}, deadline)
        if self.kind == MESSAGE:
            from . import _message

            return _message.opened(self.ciphertext, self.arn.region, self._check, deadline)
        raise Failure("UNKNOWN_CIPHERTEXT", "it is neither a blob of KMS nor an Encryption SDK message")

    def _check(self, context: dict[str, str]) -> None:
        """Refuse the message of another parameter. Raises Failure: WRONG_CONTEXT."""
        named = context.get(_BOUND_TO)
        if named != self.arn.text:
            what = f"its message belongs to {'no parameter' if named is None else 'parameter ' + quoted(named)}"
            raise Failure("WRONG_CONTEXT", what)


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID."""
    name, base64 = text_of(fields, "arn"), text_of(fields, "ciphertext")
    try:
        arn = Arn(name, "ssm", "parameter")
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"its `arn` {quoted(name)} is not the ARN of a parameter") from None
    return Parameter(arn, ciphertext_of(base64))
