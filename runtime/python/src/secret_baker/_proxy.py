"""The proxy that the environment names, found as urllib and boto3 find it; `urllib.request` is slow to import."""

from __future__ import annotations

import os

from ._failure import Failure
from ._url import Proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._url import Url


def proxy_of(url: Url) -> Proxy | None:
    """Return the proxy on the way to a URL, if there is one. Raises Failure: UNREACHABLE."""
    name = "https_proxy" if url.tls else "http_proxy"
    text = _variable(name)
    if not text or _is_excepted(url):
        return None
    try:
        return Proxy(text, name.upper())
    except ValueError:  # which may hold a password
        what = f"{name.upper()} is not an http URL"
    raise Failure("UNREACHABLE", what, "proxy", variable=name.upper())


def _variable(name: str) -> str:
    """Return a variable's value; the name in lower case goes first, even if it is empty."""
    upper = name.upper()
    if upper == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
        upper = ""  # under CGI it is a header of the request that is served
    return os.environ.get(name, os.environ.get(upper, "")).strip()


def _is_excepted(url: Url) -> bool:
    hosts = (url.host.lower(), url.authority.lower())
    excepted = [name.strip().lower().lstrip(".") for name in _variable("no_proxy").split(",")]
    return excepted == ["*"] or any(
        host == name or host.endswith(f".{name}") for name in excepted if name for host in hosts
    )
