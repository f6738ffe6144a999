"""Opens one secret a line by the package for Python, for those who compare.

In: `{"id", "file", "secret", "environment"}` for one of a bundle, `{"id", "variable", "environment"}` for what stands
in a variable. Out, in the same order: `{"id", "text"}`, `{"id", "bytes"}` in base64 for what is no text, or
`{"id", "code", "pages"}`.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from typing import Any

from secret_baker import SecretBakerError, configure, secret_bytes, secret_bytes_from_env

# Of these the process has those that a line names.
CHANGING = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME", "DB")


def bytes_of(asked: dict[str, Any]) -> bytes:
    """Open one, in the environment that it is to have."""
    for name in CHANGING:
        os.environ.pop(name, None)
    os.environ.update(asked["environment"])
    if "file" in asked:
        configure(file=asked["file"])
        return secret_bytes(asked["secret"])
    os.environ["DB"] = asked["variable"]
    return secret_bytes_from_env("DB", fresh=True)


def opened(asked: dict[str, Any]) -> dict[str, object]:
    """Open one; whatever is raised besides the package's own error is told, not swallowed."""
    try:
        raw = bytes_of(asked)
    except SecretBakerError as error:
        return {"code": error.code, "pages": str(error).split("\n  more: ")[1:]}
    except BaseException as error:  # noqa: BLE001
        return {"code": f"RAISED {type(error).__name__}: {error}"}
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(raw).decode()}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], **opened(asked)}), flush=True)  # noqa: T201
