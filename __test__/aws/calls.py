"""One call, as the log and the fault rules see it: who asked for what, and never a value."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from .server import Environ

_SCOPE = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/")

Call = dict[str, Any]


def call_of(environ: Environ) -> Call:
    """Return `{"target", "t", "region", "accessKeyId", "names"}`, and for Parameter Store `withDecryption`."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    access_key_id, region, _ = scope_of(environ)
    call: Call = {
        "target": target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}",
        "t": time.time(),
        "accessKeyId": access_key_id,
        "region": region,
        "names": [],
    }
    if target is not None and target.startswith("AmazonSSM."):
        body = json.loads(body_of(environ) or b"{}")
        call["withDecryption"] = bool(body.get("WithDecryption", False))
        asked = [*body.get("Names", []), body.get("Name"), body.get("Path")]
        call["names"] = [name for name in asked if name is not None]
    return call


def scope_of(environ: Environ) -> tuple[str, str, str] | tuple[None, None, None]:
    """Return access key id, region and service of the signature, which is not verified."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[1], found[2], found[3]) if found else (None, None, None)


def body_of(environ: Environ) -> bytes:
    """Return the body, and leave it to be read again."""
    stream = environ["wsgi.input"]
    body: bytes = stream.read()
    stream.seek(0)
    return body


def bare_name(asked: str) -> str:
    """Return a parameter's name without ARN and selector: `arn:...:parameter/a/b:2` is `/a/b`."""
    if asked.startswith("arn:"):
        asked = "/" + asked.partition(":parameter/")[2]
    return asked.partition(":")[0]
