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
    """Return `{"target", "service", "action", "t", "region", "accessKeyId", "names"}`.

    A call of Parameter Store has `withDecryption` too, one of DynamoDB its `table`, one of Secrets Manager the
    `versionId` that it names, one for a part of a file its `range`.
    """
    target = environ.get("HTTP_X_AMZ_TARGET")
    access_key_id, region, service = scope_of(environ)
    call: Call = {
        "target": target or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}",
        "service": service,
        "action": target.rpartition(".")[2] if target else None,
        "t": time.time(),
        "accessKeyId": access_key_id,
        "region": region,
        "names": [],
    }
    if "HTTP_RANGE" in environ:
        call["range"] = environ["HTTP_RANGE"]
    tell = next((tell for start, tell in _TELL.items() if target is not None and target.startswith(start)), None)
    return call if tell is None else call | tell(json.loads(body_of(environ) or b"{}"))


def _of_parameter_store(body: dict[str, Any]) -> Call:
    asked = [*body.get("Names", []), body.get("Name"), body.get("Path")]
    names = [name for name in asked if name is not None]
    return {"withDecryption": bool(body.get("WithDecryption", False)), "names": names}


def _of_secrets_manager(body: dict[str, Any]) -> Call:
    asked = (body.get("SecretId"), body.get("Name"))
    return {"versionId": body.get("VersionId"), "names": [name for name in asked if name is not None]}


def _of_dynamo_db(body: dict[str, Any]) -> Call:
    """Tell the names of the items that a call is about: what stands under the key `name`, or what that must be."""
    items = (body.get("Key", {}), body.get("Item", {}))
    asked = [item["name"].get("S") for item in items if "name" in item]
    # What the key's condition compares with; a version is no name, but says as little about the value.
    asked += [value.get("S") for value in body.get("ExpressionAttributeValues", {}).values()]
    return {"table": body.get("TableName"), "names": [name for name in asked if isinstance(name, str)]}


_TELL = {
    "AmazonSSM.": _of_parameter_store,
    "secretsmanager.": _of_secrets_manager,
    "DynamoDB_20120810.": _of_dynamo_db,
}


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
    """Return the name without ARN and selector: `arn:...:parameter/a/b:2` is `/a/b`.

    The ARN of a secret ends in six letters of AWS's own: `arn:...:secret:app/db-AbCdEf` is `app/db`.
    """
    if ":secretsmanager:" in asked:
        return re.sub(r"-[A-Za-z0-9]{6}$", "", asked.partition(":secret:")[2])
    if asked.startswith("arn:"):
        asked = "/" + asked.partition(":parameter/")[2]
    return asked.partition(":")[0]
