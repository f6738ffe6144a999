"""Secrets Manager: one version of a secret, or a field of it."""

from __future__ import annotations

import re

from . import _contract
from ._arn import Arn
from ._bundle import text_of
from ._failure import Description, Failure, quoted, shown
from ._flights import Flights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline, Wish
    from ._entry import Entry

_ACTION = "secretsmanager:GetSecretValue"
_LARGEST = 2**53 - 1  # up to here a double tells all whole numbers apart
_values = Flights()


class Value:
    """What a version holds: a text, or bytes that nobody looks into."""

    __slots__ = ("is_text", "raw")

    def __init__(self, raw: bytes, *, is_text: bool) -> None:
        self.raw = raw
        self.is_text = is_text


class Version:
    """A version of a secret, and which field of its value is meant: an empty text is all of it."""

    __slots__ = ("arn", "field", "version_id")

    def __init__(self, arn: Arn, version_id: str, field: str) -> None:
        self.arn = arn
        self.version_id = version_id
        self.field = field

    def describe(self) -> Description:
        """Return what sentences say of it."""
        field = f", field {shown(self.field)}" if self.field else ""
        place = f"secret {self.arn.text}, version {self.version_id}{field}, region {self.arn.region.name}"
        return Description(place, action=_ACTION)

    def open(self, wish: Wish) -> bytes:
        """Return its plaintext, by the call that all fields of the version share.

        Raises Failure: WRONG_CONTEXT, NO_SUCH_FIELD, and those of `_aws.answered`.
        """
        from ._shared import shared

        name = f"{self.arn.text} {self.version_id}"
        value = shared(_values, name, lambda: _fetched(self.arn, self.version_id, wish), wish)
        return _field_of(value, self.field) if self.field else value.raw


def parse(fields: dict[str, object]) -> Entry:
    """Return the entry that these fields are. Raises Failure: BUNDLE_INVALID."""
    return Version(
        _arn(fields, "arn"),
        _version_id(fields, "versionId"),
        text_of(fields, "field") if "field" in fields else "",
    )


def _arn(fields: dict[str, object], name: str) -> Arn:
    text = text_of(fields, name)
    try:
        return Arn(text, "secretsmanager", "secret")
    except ValueError:
        raise Failure("BUNDLE_INVALID", f"its `{name}` {quoted(text)} is not the ARN of a secret") from None


def _version_id(fields: dict[str, object], name: str) -> str:
    text = text_of(fields, name)
    if not re.fullmatch(_contract.PATTERNS["version"], text):
        raise Failure("BUNDLE_INVALID", f"its `{name}` {quoted(text)} is not the ID of a version")
    return text


def _fetched(arn: Arn, version_id: str, deadline: Deadline) -> Value:
    """Return the value of a version, by one call. Raises Failure: WRONG_CONTEXT, those of `_aws.answered`."""
    from ._aws import NO_OBJECT, Call, answered
    from ._base64 import decoded

    def value_of(answer: dict[str, object]) -> Value:
        text, binary = answer.get("SecretString"), decoded(answer.get("SecretBinary"))
        is_other = (answer.get("ARN"), answer.get("VersionId")) != (arn.text, version_id)
        if is_other and answer is not NO_OBJECT:
            raise Failure("WRONG_CONTEXT", "its `ARN` or `VersionId` is another")
        if isinstance(text, str):
            return Value(text.encode(), is_text=True)
        if binary is None:
            raise Failure("UNREACHABLE", "what has answered HTTP 200 gave no value", "answer", again=True)
        return Value(binary, is_text=False)

    body: dict[str, object] = {"SecretId": arn.text, "VersionId": version_id}
    return answered(Call("secretsmanager", "secretsmanager.GetSecretValue", arn.region, body), value_of, deadline)


def _field_of(value: Value, name: str) -> bytes:
    """Return what stands under a name in a value that is a JSON object. Raises Failure: NO_SUCH_FIELD."""
    from ._json import parsed_object

    found = parsed_object(value.raw) if value.is_text else None
    if found is None:
        raise Failure("NO_SUCH_FIELD", "its value is not a JSON object as a bundle has it")
    if name not in found:
        raise Failure("NO_SUCH_FIELD", f"it has no field {quoted(name)}")
    return _written(found[name], name).encode()


def _written(field: object, name: str) -> str:
    """Return a field as a text. All numbers of JSON are floats here. Raises Failure: NO_SUCH_FIELD."""
    if isinstance(field, str):
        return field
    if isinstance(field, bool):
        return "true" if field else "false"
    if isinstance(field, float) and field.is_integer() and abs(field) <= _LARGEST:
        return str(int(field))
    raise Failure("NO_SUCH_FIELD", f"its field {quoted(name)} is no text, whole number, `true` or `false`")
