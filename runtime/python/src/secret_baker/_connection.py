"""A connection: how it comes about, and what is sent and received on it."""

from __future__ import annotations

import select
import socket

from ._deadline import in_time
from ._failure import Lost, shown
from ._reply import Answer, Reply
from ._settings import settings
from ._url import is_address, named, variable_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._deadline import Deadline
    from ._url import Url

TIMED_OUT = (TimeoutError, socket.timeout)  # two classes until Python 3.10


class Connection:
    """A socket, and whether it may be used once more."""

    __slots__ = ("idle_since", "received", "reusable", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.received = False
        self.reusable = False
        self.idle_since = 0.0

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send and receive. Raises OSError for a connection that fails, ValueError for what is no HTTP."""
        reply = self._asked(request, deadline)
        answer = reply.answer()
        self.reusable = reply.persistent and not reply.rest
        return answer

    def tunnel(self, request: bytes, deadline: Deadline) -> int:
        """Ask a proxy to pass on all that follows, and return its status. Raises as `exchange` does."""
        reply = self._asked(request, deadline)
        status = reply.head().status
        if 200 <= status < 300 and reply.rest:
            raise ValueError("more than an answer")
        return status

    def is_alive(self) -> bool:
        """Tell whether the peer has neither closed an idle connection nor sent anything."""
        try:
            if hasattr(select, "poll"):
                poll = select.poll()
                poll.register(self.sock, select.POLLIN)
                return not poll.poll(0)
            return not select.select([self.sock], [], [], 0)[0]
        except Exception:  # noqa: BLE001 - whatever stands in for `select` under gevent or eventlet
            return False

    def close(self) -> None:
        """Close this end, without a word to the peer."""
        try:  # noqa: SIM105 - contextlib is slow to import
            self.sock.close()
        except Exception:  # noqa: BLE001, S110 - nobody needs it any more
            pass

    def _asked(self, request: bytes, deadline: Deadline) -> Reply:
        self.received = self.reusable = False
        self._wait_at_most(deadline)
        self.sock.sendall(request)
        return Reply(lambda: self._received(deadline))

    def _received(self, deadline: Deadline) -> bytes:
        self._wait_at_most(deadline)
        received = self.sock.recv(65_536)
        self.received = self.received or received != b""
        return received

    def _wait_at_most(self, deadline: Deadline) -> None:
        left = deadline.left()
        if left <= 0:
            raise TimeoutError("timed out")
        self.sock.settimeout(left)


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
        lost = Lost(
            f"no connection to {named(url)} ({said(error)})",
            _kind(error, url),
            variable=variable_of(url),
            hopeless=hopeless,
        )
    raise lost


def said(error: Exception) -> str:
    """Return the reason in an error's own words."""
    if isinstance(error, TIMED_OUT):
        return "timed out"
    reason = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return shown(str(reason) or type(error).__name__)


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
        raise Lost(why, "proxy", variable=variable_of(url), hopeless=status < 500 and status != 429)


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
