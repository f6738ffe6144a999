"""What is sealed in an environment variable: an entry, or a bare blob of KMS."""

from __future__ import annotations

import os

from . import _contract, _sources
from ._arn import region_named
from ._base64 import decoded
from ._ciphertext import BLOB, kind_of
from ._failure import Description, Failure, quoted
from ._json import parsed_object
from ._own_region import own_region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._arn import Region
    from ._deadline import Deadline
    from ._entry import Entry

_CONTEXT = "LambdaFunctionName"
_INVALID = "VARIABLE_INVALID"
_OF_ENTRY = "SECRET_BAKER_BUNDLE_INVALID"
_OF_CONTEXT = "SECRET_BAKER_WRONG_CONTEXT"


class Blob:
    """A bare blob. Where it was made nobody tells: by Lambda's console, under the function's name, or by hand."""

    __slots__ = ("ciphertext", "region")

    def __init__(self, ciphertext: bytes, region: Region) -> None:
        self.ciphertext = ciphertext
        self.region = region

    def describe(self) -> Description:
        """Return what sentences say of it."""
        return Description(f"KMS ciphertext, region {self.region.name}")

    def open(self, deadline: Deadline) -> bytes:
        """Return its plaintext. Raises Failure: those of `_kms.decrypt`."""
        function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        if function:
            try:
                return self._opened({_CONTEXT: function}, deadline)
            except Failure as failure:
                if failure.code != _OF_CONTEXT:
                    raise
        return self._opened({}, deadline)

    def _opened(self, context: dict[str, str], deadline: Deadline) -> bytes:
        from . import _kms

        try:
            return _kms.decrypt(self.region, self.ciphertext, context, deadline)
        except Failure as failure:
            failure.context = context
            raise


def value_of(name: str) -> str:
    """Return what a variable holds. Raises Failure: VARIABLE_INVALID."""
    try:
        value = os.environ.get(name)
    except UnicodeEncodeError:  # no variable can be called so
        value = None
    if not value:
        raise Failure(_INVALID, "" if value is None else "it is empty", "unset")
    return value


def parsed(value: str) -> Entry:
    """Return what is sealed in a value. Raises Failure: VARIABLE_INVALID, and those of a source but BUNDLE_INVALID."""
    if not value.startswith(_contract.SEALED):
        return Blob(_blob(value), _region())
    try:
        fields = parsed_object(value[len(_contract.SEALED) :].encode())
    except UnicodeEncodeError:  # its bytes were no UTF-8
        fields = None
    if fields is None:
        raise Failure(_INVALID, f"what follows `{_contract.SEALED}` is not a JSON object as a bundle has it")
    try:
        return _sources.parsed(fields)
    except Failure as failure:
        if failure.code != _OF_ENTRY:
            raise
        why = failure.what
    raise Failure(_INVALID, why)


def _blob(value: str) -> bytes:
    blob = decoded(value)
    if blob is None:
        raise Failure(_INVALID, f"it does not begin with `{_contract.SEALED}`, and is not base64")
    if len(blob) > _contract.BLOB_BYTES:
        raise Failure(_INVALID, f"its ciphertext has more than {_contract.BLOB_BYTES} bytes")
    if kind_of(blob) != BLOB:
        raise Failure("UNKNOWN_CIPHERTEXT", "it is no blob of KMS")
    return blob


def _region() -> Region:
    name = own_region()
    try:
        return region_named(name)
    except ValueError:
        what = (
            f"AWS_REGION or AWS_DEFAULT_REGION is {quoted(name)}"
            if name
            else "neither AWS_REGION nor AWS_DEFAULT_REGION is set"
        )
        raise Failure(_INVALID, f"{what}, so it is not known where KMS is asked") from None
