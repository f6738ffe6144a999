"""GetParameters straight from moto's backend.

moto's own way through routing and parsing takes some 7 ms of one core for each call, so that
the benchmarks would measure moto. The answers are the same: the conformance test goes this way.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import uuid
from collections.abc import Iterable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import JsonRESTError
from moto.ssm.models import ssm_backends

from .faults import App, Environ, StartResponse

_REGION = re.compile(r"Credential=[^/]+/[^/]+/([^/]+)/ssm/")
MOST_NAMES = 10


class FastPath:
    """Answers what it can; hands everything else, every error too, on to moto."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a GetParameters call."""
        region = _REGION.search(environ.get("HTTP_AUTHORIZATION", ""))
        if environ.get("HTTP_X_AMZ_TARGET") != "AmazonSSM.GetParameters" or region is None:
            return self.app(environ, start_response)
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = _get_parameters(json.loads(raw), region[1])
        if answer is None:
            environ["wsgi.input"] = io.BytesIO(raw)
            return self.app(environ, start_response)
        body = json.dumps(answer, default=_as_json).encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-RequestId", str(uuid.uuid4())),
            ("Content-Length", str(len(body))),
        ]
        start_response("200 OK", headers)
        return [body]


def _as_json(value: object) -> float:
    """Write a time as AWS' JSON protocol does: seconds since 1970."""
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    raise TypeError(type(value).__name__)


def _get_parameters(request: dict[str, Any], region: str) -> dict[str, Any] | None:
    names = request.get("Names", [])
    if not 1 <= len(names) <= MOST_NAMES:
        return None
    try:
        found = ssm_backends[DEFAULT_ACCOUNT_ID][region].get_parameters(names)
        decrypt = bool(request.get("WithDecryption", False))
        parameters = [parameter.response_object(decrypt, region) for parameter in found.values()]
    except JsonRESTError:
        return None
    return {"Parameters": parameters, "InvalidParameters": [name for name in names if name not in found]}
