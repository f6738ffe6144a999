"""Where a request goes: a URL, and the proxy on the way there."""

from __future__ import annotations

import socket

from ._base64 import encoded

_HEX = "0123456789abcdefABCDEF"
_NO_LETTERS = {ord("-"): "0", ord("_"): "0"}  # which a label may hold beside letters and digits


class Url:
    """The parts of an `http` or `https` URL, and the proxy on the way there. Raises ValueError for any other."""

    __slots__ = ("authority", "host", "path", "port", "proxy", "tls")

    def __init__(self, text: str) -> None:
        scheme, _, rest = text.partition("://")
        self.tls = scheme.lower() == "https"
        self.proxy: Proxy | None = None
        self.authority, slash, path = rest.partition("/")
        self.path = slash + path or "/"
        host, colon, port = self.authority.rpartition(":")
        if not colon or port.endswith("]"):
            host, colon, port = self.authority, "", ""
        is_literal = host.startswith("[") and host.endswith("]")
        self.host = host[1:-1] if is_literal else host
        if (
            scheme.lower() not in {"http", "https"}
            or not (_packed(socket.AF_INET6, self.host) if is_literal else _is_name_or_address(host))
            or (colon and not (port.isdigit() and len(port) <= len("65535")))
            or not (text.isascii() and text.isprintable() and " " not in text)
        ):
            raise ValueError(text)
        self.port = int(port) if port else (443 if self.tls else 80)
        if self.port > 65_535:
            raise ValueError(text)


class Proxy:
    """Where it is, which variable says so, and the lines for it in the head of a request.

    Raises ValueError for what is no `http` URL.
    """

    __slots__ = ("lines", "url", "variable")

    def __init__(self, text: str, variable: str) -> None:
        self.variable = variable
        scheme, _, rest = text.rpartition("://")
        login, _, authority = rest.partition("/")[0].rpartition("@")
        self.url = Url(f"{scheme or 'http'}://{authority}")
        if self.url.tls:
            raise ValueError("TLS to the proxy itself")
        self.lines: list[str] = []
        if login:
            from urllib.parse import unquote

            self.lines = [f"Proxy-Authorization: Basic {encoded(unquote(login).encode())}"]


def named(url: Url) -> str:
    """Return a URL's host and the proxy on the way there, without their passwords."""
    return f"{url.authority} through the proxy {url.proxy.url.authority}" if url.proxy else url.authority


def variable_of(url: Url) -> str:
    """Return the variable that names the proxy on the way to a URL, or none."""
    return url.proxy.variable if url.proxy else ""


def is_address(host: str) -> bool:
    """Tell whether a host is an address, and no name that has to be looked up."""
    return bool(_packed(socket.AF_INET, host) or _packed(socket.AF_INET6, host))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, whatever its names are resolved to."""
    v4, v6 = _packed(socket.AF_INET, host), _packed(socket.AF_INET6, host)
    return host.lower() == "localhost" or v4[:1] == b"\x7f" or v6 == bytes(15) + b"\x01"


def _is_name_or_address(host: str) -> bool:
    """Tell whether it is a host. What only some take for an address, such as `127.1` and `0x7f.0.0.1`, is none."""
    labels = host.removesuffix(".").split(".")
    if not (host.isascii() and all(label and label.translate(_NO_LETTERS).isalnum() for label in labels)):
        return False
    last = labels[-1]
    is_number = last.isdigit() or (last[:2] in {"0x", "0X"} and not last[2:].strip(_HEX))
    return not is_number or _packed(socket.AF_INET, host) != b""


def _packed(family: int, host: str) -> bytes:
    """Return an address's bytes; none if it is not an address of that family."""
    try:
        return socket.inet_pton(family, host)
    except (OSError, ValueError):
        return b""
