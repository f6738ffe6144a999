"""GetParameter and GetParameters straight from moto's backend.

moto's own way through routing and parsing takes 4 to 7 ms of one core for each call, so that
the benchmarks would measure moto. The answers are the same: the conformance test goes this way.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from moto.ssm.models import ssm_backends

from .calls import body_of, scope_of
from .parameter_store import MOST_NAMES, REFERENCE
from .server import App, Environ, StartResponse


class FastPath:
    """Answers what it can; hands everything else, every error too, on to moto."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a GetParameter or GetParameters call."""
        read = _READS.get(environ.get("HTTP_X_AMZ_TARGET", ""))
        _, region, _ = scope_of(environ)
        if read is None or region is None:
            return self.app(environ, start_response)
        answer = read(json.loads(body_of(environ)), region)
        if answer is None:
            return self.app(environ, start_response)
        headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", str(uuid.uuid4()))]
        start_response("200 OK", headers)
        return [json.dumps(answer, default=_as_json).encode()]


def _as_json(value: object) -> float:
    """Write a time as AWS' JSON protocol does: seconds since 1970."""
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)


def _get_parameters(request: dict[str, Any], region: str) -> dict[str, Any] | None:
    """Answer, or return None where moto has to."""
    names = request.get("Names", [])
    if not 1 <= len(names) <= MOST_NAMES or any(name.startswith(REFERENCE) for name in names):
        return None
    try:
        found = ssm_backends[DEFAULT_ACCOUNT_ID][region].get_parameters(names)
        decrypt = bool(request.get("WithDecryption", False))
        parameters = [parameter.response_object(decrypt, region) for parameter in found.values()]
    except ServiceException:
        return None
    return {"Parameters": parameters, "InvalidParameters": [name for name in names if name not in found]}


def _get_parameter(request: dict[str, Any], region: str) -> dict[str, Any] | None:
    """Answer, or return None where moto has to: it words the error."""
    answer = _get_parameters({**request, "Names": [request.get("Name", "")]}, region)
    if answer is None or not answer["Parameters"]:
        return None
    return {"Parameter": answer["Parameters"][0]}


_READS = {"AmazonSSM.GetParameter": _get_parameter, "AmazonSSM.GetParameters": _get_parameters}
