"""Credentials of the container, which Lambda gives with SnapStart."""

from __future__ import annotations

import os
import time

from . import _contract
from ._dates import of_rfc3339
from ._failure import Failure, Lost
from ._file import content
from ._http import Request, exchange
from ._json import parsed_object
from ._retry import retried
from ._sigv4 import PARTS, Credentials
from ._url import Url, is_loopback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline

_LONGEST_TOKEN = 65_536


def fetched(text: str, deadline: Deadline) -> Credentials:
    """Return those that a URL of the container gives, which end. Raises Failure: CREDENTIALS."""
    request = Request("GET", _checked(text), {"accept": "application/json"})
    token = _authorization_token()
    if token:
        request.headers["authorization"] = token

    def attempt() -> Credentials:
        try:
            answer = exchange(request, deadline)
        except Lost as lost:
            if lost.stale:
                raise
            what = f"those of the container cannot be fetched: {lost.why}"
            raise Failure("CREDENTIALS", what, "container", again=not lost.hopeless) from None
        found = _parsed(answer.body) if answer.status == 200 else None
        if found is None:
            what = f"what gives those of the container has answered HTTP {answer.status} without any"
            again = answer.status >= 500 or answer.status in {200, 429}
            raise Failure("CREDENTIALS", what, "container", again=again)
        return found

    return retried(attempt, deadline)


def _checked(text: str) -> Url:
    """Return the URL of the container, if a token may go there."""
    try:
        url = Url(text)
    except ValueError:
        url = None
    if url is None or not (url.tls or is_loopback(url.host) or url.host in _contract.CREDENTIALS_HOSTS):
        what = "the URL of the container's is neither https nor of this machine"
        raise Failure("CREDENTIALS", what, "container")
    return url


def _authorization_token() -> str:
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "")
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    try:
        if path:
            token = content(path, _LONGEST_TOKEN).decode("ascii").rstrip("\r\n")
        readable = token.isascii() and token.isprintable() and len(token) <= _LONGEST_TOKEN
    except (OSError, ValueError):
        readable = False
    if not readable:
        what = f"AWS_CONTAINER_AUTHORIZATION_TOKEN{'_FILE' if path else ''} gives no token"
        raise Failure("CREDENTIALS", what, "container")
    return token


def _parsed(body: bytes) -> Credentials | None:
    found = parsed_object(body) or {}
    access_key, secret_key, token = found.get("AccessKeyId"), found.get("SecretAccessKey"), found.get("Token") or ""
    if not (isinstance(access_key, str) and isinstance(secret_key, str) and isinstance(token, str)):
        return None
    if not (access_key and secret_key):
        return None
    expires = of_rfc3339(found.get("Expiration"))
    if expires is None:
        expires = time.time() + _contract.CREDENTIALS_WITHOUT_END_S + _contract.CREDENTIALS_EARLY_S
    return Credentials(access_key, secret_key, token, expires, tuple(f"container's {part}" for part in PARTS))
