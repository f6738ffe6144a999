"""Parameter Store: SecureStrings that are really encrypted, and moto made as strict as AWS."""

from __future__ import annotations

import base64
import contextvars
import copy
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.kms.models import kms_backends
from moto.ssm import exceptions
from moto.ssm.models import Parameter, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse
from moto.ssm.utils import parameter_arn

MOST_NAMES = 10
# Of parameters that are described, and of versions.
MOST_ON_A_PAGE = 50

# Names below it are secrets of Secrets Manager, which are not ciphertext.
REFERENCE = "/aws/reference/secretsmanager/"

# A parameter is made by `put_parameter` of its region's backend, but does not know the region.
_region: contextvars.ContextVar[str | None] = contextvars.ContextVar("region", default=None)

# The size of a value in bytes, by tier.
_LIMITS = {"Standard": 4096, "Advanced": 8192}

_put = SimpleSystemManagerBackend.put_parameter
_get = SimpleSystemManagerBackend.get_parameter
_get_many = SimpleSystemManagerBackend.get_parameters
_history = SimpleSystemManagerBackend.get_parameter_history
_response_object = Parameter.response_object
_answer_get_many = SimpleSystemManagerResponse.get_parameters


def install() -> None:
    """Replace moto's functions."""
    for owner, name, function in (
        (Parameter, "encrypt", _encrypt),
        (Parameter, "decrypt", _decrypt),
        (Parameter, "response_object", _respond),
        (SimpleSystemManagerBackend, "put_parameter", _put_parameter),
        (SimpleSystemManagerBackend, "get_parameter", _get_parameter),
        (SimpleSystemManagerBackend, "get_parameters", _get_parameters),
        (SimpleSystemManagerBackend, "get_parameter_history", _get_parameter_history),
        (SimpleSystemManagerResponse, "describe_parameters", _answer_describe_parameters),
        (SimpleSystemManagerResponse, "get_parameters", _answer_get_parameters),
    ):
        setattr(owner, name, function)


def _encrypt(self: Any, value: str) -> str:
    """Encrypt as AWS documents it: moto would answer `kms:<key>:<plaintext>`."""
    self.region = _region.get()
    if self.region is None:  # a secret shown through /aws/reference/secretsmanager
        return value
    kms, context = _kms_and_context(self)
    try:
        if self.tier == "Advanced":
            sealed = _envelope(kms).seal(self.keyid, value.encode(), context)
        else:
            sealed = kms.encrypt(self.keyid, value.encode(), context)[0]
    except JsonRESTError as error:  # no such key, disabled, pending deletion
        raise exceptions.SSMException("InvalidKeyId", error.message) from error
    return base64.b64encode(sealed).decode()


def _decrypt(self: Any, value: str) -> str:
    if self.parameter_type != "SecureString" or self.region is None:
        return value
    kms, context = _kms_and_context(self)
    sealed = base64.b64decode(value)
    try:
        if self.tier == "Advanced":
            opened: bytes = _envelope(kms).open(sealed)
            return opened.decode()
        opened = kms.decrypt(sealed, context)[0]
        return opened.decode()
    except JsonRESTError as error:
        raise exceptions.SSMException("InvalidKeyId", error.message) from error


def _envelope(kms: Any) -> Any:
    # Half a second of imports, which only a parameter of the advanced tier is worth.
    from .envelope import Envelope  # noqa: PLC0415

    return Envelope(kms)


def _kms_and_context(parameter: Any) -> tuple[Any, dict[str, str]]:
    kms = kms_backends[parameter.account_id][parameter.region]
    return kms, {"PARAMETER_ARN": parameter_arn(parameter.account_id, parameter.region, parameter.name)}


def _put_parameter(self: Any, name: str, description: Any, value: str, *args: Any, **kwargs: Any) -> Any:
    """Put with AWS' limits of size; moto knows no limit."""
    asked = kwargs.pop("tier", None) or (args[6] if len(args) > 6 else None) or "Standard"
    tier = _intelligent(self, name, value) if asked == "Intelligent-Tiering" else asked
    args = (*args[:6], tier, *args[7:]) if len(args) > 6 else args
    kwargs = kwargs if len(args) > 6 else {**kwargs, "tier": tier}
    limit = _LIMITS.get(tier)
    if value and limit is not None and len(value.encode()) > limit:
        message = f"{tier} tier parameters support a maximum parameter value of {limit} characters."
        raise exceptions.ValidationException(message)
    token = _region.set(self.region_name)
    try:
        return _put(self, name, description, value, *args, **kwargs)
    finally:
        _region.reset(token)
        if name in self._parameters and not self._parameters[name]:  # left behind by a refused put
            del self._parameters[self._parameters.normalize_name(name)]


def _intelligent(self: Any, name: str, value: str) -> str:
    """Choose the tier by size; a parameter never leaves the advanced one."""
    versions: list[Any] = self._parameters.get(name) or []
    is_advanced = bool(versions) and versions[-1].tier == "Advanced"
    return "Advanced" if is_advanced or len(value.encode()) > _LIMITS["Standard"] else "Standard"


def _bare(self: Any, name: str) -> tuple[str, str]:
    """Split a name or ARN into the bare name and `:selector` or nothing."""
    prefix = f":{self.region_name}:{self.account_id}:parameter/"
    if name.startswith("arn:") and prefix in name:
        name = name.split(prefix, 1)[1]
        hierarchy = "/" in name or "/" + name.split(":", maxsplit=1)[0] in self._parameters
        name = "/" + name if hierarchy else name
    bare, colon, selector = name.partition(":")
    return bare, colon + selector


def _get_parameter(self: Any, asked: str) -> Any:
    """Get by name or ARN, with AWS' own error for a version that is not there."""
    if asked.startswith(REFERENCE):
        return _get(self, asked)
    name, selector = _bare(self, asked)
    found = _get(self, name + selector)
    if found is None and selector and name in self._parameters:
        message = f"Systems Manager could not find version {selector[1:]} of {name}. Verify the version and try again."
        raise exceptions.ParameterVersionNotFound(message)
    if found is None:
        return None
    answer: Any = copy.copy(found)
    answer.selector = selector
    return answer


def _get_parameters(self: Any, names: list[str]) -> dict[str, Any]:
    """Get many, in alphabetical order as AWS answers."""
    if len(names) > MOST_NAMES:
        return _get_many(self, names)  # moto's own error
    found = {}
    for name in names:
        try:
            parameter = self.get_parameter(name)
        except exceptions.ParameterVersionNotFound:
            continue
        if parameter is not None:
            found[name] = parameter
    return dict(sorted(found.items(), key=lambda item: item[1].name))


def _answer_get_parameters(self: Any) -> Any:
    """Refuse to show a secret of Secrets Manager undecrypted; moto refuses it for GetParameter alone."""
    if self._get_param("WithDecryption") is not True and any(
        name.startswith(REFERENCE) for name in self._get_param("Names")
    ):
        message = "WithDecryption flag must be True for retrieving a Secret Manager secret."
        raise exceptions.ValidationException(message)
    return _answer_get_many(self)


def _get_parameter_history(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """Tell the versions of a name or ARN; moto knows names alone."""
    return _history(self, _bare(self, name)[0], *args, **kwargs)


def _answer_describe_parameters(self: Any) -> ActionResult:
    """Describe pages of as many as are asked for, with ARNs. moto has ten a page, no ARN, and shows the value."""
    most = self._get_param("MaxResults", MOST_ON_A_PAGE)
    if not 1 <= most <= MOST_ON_A_PAGE:
        message = (
            f"1 validation error detected: Value '{most}' at 'maxResults' failed to satisfy constraint: "
            f"Member must have value less than or equal to {MOST_ON_A_PAGE}"
        )
        raise exceptions.ValidationException(message)
    asked = self._get_param("Filters"), self._get_param("ParameterFilters")
    found = self.ssm_backend.describe_parameters(*asked)
    begin = int(self._get_param("NextToken") or 0)
    answer: dict[str, Any] = {"Parameters": [_described(self, one) for one in found[begin : begin + most]]}
    if begin + most < len(found):
        answer["NextToken"] = str(begin + most)
    return ActionResult(answer)


def _described(self: Any, parameter: Any) -> dict[str, Any]:
    described: dict[str, Any] = parameter.describe_response_object(decrypt=False)
    described.pop("Value", None)
    return {**described, "ARN": parameter_arn(parameter.account_id, self.region, parameter.name)}


def _respond(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Answer with the selector that was asked for, which moto leaves out, and without the tier, which AWS does."""
    answer = _response_object(self, *args, **kwargs)
    if "ARN" in answer:  # a Get call: what DescribeParameters says of a parameter has no ARN here
        answer.pop("Tier", None)
    if getattr(self, "selector", ""):
        answer["Selector"] = self.selector
    return answer
