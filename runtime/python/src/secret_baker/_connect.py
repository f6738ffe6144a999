"""A new connection: the name, TCP, the proxy and TLS, all within the time for connecting."""

from __future__ import annotations

import socket

from ._connection import Connection, Lost, said
from ._deadline import in_time
from ._settings import settings
from ._url import is_address, named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._deadline import Deadline
    from ._url import Url


def connected(url: Url, whole: Deadline) -> socket.socket:
    """Return a socket that leads to a host, and is secure if its URL says so. Raises Lost."""
    deadline = whole.within(settings.connect_timeout)

    def plain() -> socket.socket:
        first = url.proxy.url if url.proxy else url
        sock = _reached(first, deadline)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if url.proxy and url.tls:
                _tunnel(sock, url, deadline)
            sock.settimeout(_left(deadline))
        except BaseException:
            sock.close()
            raise
        return sock

    try:
        if not url.tls:
            return plain()
        from ._tls import wrapped

        return wrapped(plain, url.host)
    except Lost as error:
        lost = error
    except Exception as error:  # noqa: BLE001 - gevent, eventlet and PySocks raise what they like
        # SSLCertVerificationError is a ValueError; nothing changes about a certificate by asking again.
        hopeless = isinstance(error, ValueError)
        lost = Lost(f"no connection to {named(url)} ({said(error)})", _kind(error, url), url=url, hopeless=hopeless)
    raise lost


def _reached(url: Url, deadline: Deadline) -> socket.socket:
    """Return a connection to the first of a host's addresses that answers, each with its share of the time."""
    addresses = _addresses(url) if is_address(url.host) else in_time(lambda: _addresses(url), deadline)
    failed: Exception = OSError("the name has no address")
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(deadline) / (len(addresses) - number))
            sock.connect(address)
        except Exception as error:  # noqa: BLE001 - the last one is raised
            sock.close()
            failed = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failed


def _addresses(url: Url) -> list[tuple[Any, ...]]:
    return socket.getaddrinfo(url.host, url.port, 0, socket.SOCK_STREAM)


def _tunnel(sock: socket.socket, url: Url, deadline: Deadline) -> None:
    """Have the proxy connect a socket to the host. Raises OSError, Lost."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    target = f"{host}:{url.port}"
    lines = url.proxy.lines if url.proxy else []
    request = "\r\n".join([f"CONNECT {target} HTTP/1.1", f"Host: {target}", *lines, "", ""])
    status = 0
    try:  # noqa: SIM105 - contextlib is slow to import
        status = Connection(sock).tunnel(request.encode("latin-1"), deadline)
    except ValueError:  # what answered is no proxy: a refusal too
        pass
    if not 200 <= status < 300:
        why = f"no connection to {named(url)} ({f'HTTP {status}' if status else 'its answer is no HTTP'})"
        raise Lost(why, "proxy", url=url, hopeless=status < 500 and status != 429)


def _kind(error: Exception, url: Url) -> str:
    """Return which hint is right. What the error says of a server behind a proxy is about the server."""
    if type(error).__name__ == "SSLCertVerificationError":
        return "certificate"
    if url.proxy:
        return "proxy"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return "name"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "answer" if type(error).__module__ == "ssl" and not isinstance(error, TimeoutError) else ""


def _left(deadline: Deadline) -> float:
    left = deadline.left()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
