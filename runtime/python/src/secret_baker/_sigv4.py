"""Signature version 4, as far as one POST needs it."""

from __future__ import annotations

import hmac
from hashlib import sha256
from time import gmtime, strftime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"


def signed(
    credentials: Credentials, region: str, service: str, authority: str, path: str, headers: dict[str, str], body: bytes
) -> dict[str, str]:
    """Return the headers of a POST, now signed. `headers` has names in lower case and no `host`."""
    now = strftime("%Y%m%dT%H%M%SZ", gmtime())
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    headers = headers | {"x-amz-date": now}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    to_sign = sorted((headers | {"host": authority}).items())
    names = ";".join(name for name, _ in to_sign)
    lines = "".join(f"{name}:{value}\n" for name, value in to_sign)
    request = f"POST\n{path}\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    text = f"{_ALGORITHM}\n{now}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers
