"""Opens one secret a line by the package for Python, for those who compare.

In: `{"id", "file", "secret"}`. Out, in the same order: `{"id", "text"}`, `{"id", "bytes"}` in base64 for what is no
text, or `{"id", "code"}`.
"""

from __future__ import annotations

import base64
import json
import sys

from secret_baker import SecretBakerError, configure, secret_bytes


def opened(file: str, secret: str) -> dict[str, str]:
    """Open one; whatever is raised besides the package's own error is told, not swallowed."""
    try:
        configure(file=file)
        raw = secret_bytes(secret)
    except SecretBakerError as error:
        return {"code": error.code}
    except BaseException as error:  # noqa: BLE001
        return {"code": f"RAISED {type(error).__name__}: {error}"}
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(raw).decode()}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"id": asked["id"], **opened(asked["file"], asked["secret"])}), flush=True)  # noqa: T201
