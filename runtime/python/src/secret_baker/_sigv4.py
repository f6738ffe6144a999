"""Signature version 4, as far as a request to `/` without a query needs it, and what signs."""

from __future__ import annotations

import hmac
from hashlib import sha256
from time import gmtime, strftime, time

from ._failure import Failure
from ._http import Request

PARTS = ("access key", "secret access key", "session token")
_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials:
    """What signs a call. Its repr shows nothing of it. `expires` is given by the container, and by nobody else.

    Raises Failure: CREDENTIALS, in which `names` says what of them is malformed.
    """

    __slots__ = ("access_key", "expires", "secret_key", "token")

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        token: str = "",
        expires: float | None = None,
        names: tuple[str, ...] = PARTS,
    ) -> None:
        self.expires = expires
        self.access_key, self.secret_key, self.token = access_key, secret_key, token
        for name, part, needed in zip(names, (access_key, secret_key, token), (True, True, False)):
            if not all("!" <= c <= "~" for c in part) or (needed and not part):
                raise Failure("CREDENTIALS", f"the {name} holds a character that none has, or is empty", "malformed")

    def are_in(self, text: str) -> bool:
        """Tell whether a text quotes a part of them."""
        return any(part in text for part in (self.access_key, self.secret_key, self.token) if part)

    def __repr__(self) -> str:
        return "<Credentials>"


def signed(request: Request, region: str, service: str, credentials: Credentials, late: float = 0) -> Request:
    """Return the request with the headers that sign it, as of now by a clock that is so many seconds late.

    Its headers have names in lower case.
    """
    now = strftime("%Y%m%dT%H%M%SZ", gmtime(time() + late))
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    headers = request.headers | {"x-amz-date": now}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    to_sign = sorted((headers | {"host": request.url.authority}).items())
    names = ";".join(name for name, _ in to_sign)
    lines = "".join(f"{name}:{value}\n" for name, value in to_sign)
    canonical = f"{request.method}\n{request.url.path}\n\n{lines}\n{names}\n{sha256(request.body).hexdigest()}"
    text = f"{_ALGORITHM}\n{now}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return Request(request.method, request.url, headers, request.body)
