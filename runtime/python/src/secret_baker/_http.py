"""One HTTP/1.1 exchange, over a connection that is kept for the next one.

`http.client` imports the `email` package, which takes longer than all else that opening a secret imports, and its
time-outs hold for each packet and not for the whole answer.
"""

from __future__ import annotations

import os
import re
import select
import socket
from time import monotonic

from . import _contract
from ._failure import shown
from ._reply import Answer, Reply
from ._settings import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._proxy import Proxy

_TIMED_OUT = (TimeoutError, socket.timeout)  # two classes until Python 3.10


class Lost(Exception):  # noqa: N818 - a step of a retry, not an error of its own
    """No whole answer has come: `why`, and which of the contract's hints for UNREACHABLE is right.

    `stale` tells that a kept connection had died before anything was answered on it, `hopeless` that another attempt
    would end the same way.
    """

    def __init__(
        self, why: str, kind: str = "", *, url: Url | None = None, stale: bool = False, hopeless: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.kind = kind
        self.variable = url.proxy.variable if url and url.proxy else ""
        self.stale = stale
        self.hopeless = hopeless


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


class Request:
    """A method, a URL, headers without those that the connection needs, and a body."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self, method: str, url: Url, headers: dict[str, str], body: bytes = b"") -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url.authority}>"

    def encoded(self) -> bytes:
        """Return what goes over the wire."""
        url, target, for_proxy = self.url, self.url.path, list[str]()
        if url.proxy and not url.tls:  # it is the proxy that reads this
            target, for_proxy = f"http://{url.authority}{target}", url.proxy.lines
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {url.authority}", *for_proxy]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


def exchange(request: Request, whole: Deadline) -> Answer:
    """Make one attempt at a request, and return its answer, whatever its status. Raises Lost."""
    deadline = whole.within(settings.attempt_timeout)
    url = request.url
    kept = _take(url)
    if kept is None:
        from ._connect import connected

        connection = Connection(connected(url, deadline))
    else:
        connection = kept
    try:
        answer = connection.exchange(request.encoded(), deadline)
    except Exception as error:  # noqa: BLE001 - gevent, eventlet and PySocks raise what they like
        connection.close()
        timed_out = isinstance(error, _TIMED_OUT)
        if kept and timed_out:
            forget(url)  # those that were idle beside it have most likely gone the same way
        why = f"no answer from {named(url)} ({said(error)})"
        kind = "proxy" if url.proxy else "answer" if isinstance(error, ValueError) else ""
        lost = Lost(why, kind, url=url, stale=bool(kept) and not timed_out and not connection.received)
    except BaseException:  # an interrupt: what is under way on it belongs to nobody
        connection.close()
        raise
    else:
        if connection.reusable:
            connection.idle_since = monotonic()
            _idle.setdefault(_key(url), []).append(connection)
        else:
            connection.close()
        return answer
    raise lost


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


def forget(url: Url | None = None) -> None:
    """Close the idle connections to a host, or all of them."""
    for kept in [_idle.get(_key(url), [])] if url else list(_idle.values()):
        while kept:
            try:
                connection = kept.pop()
            except IndexError:  # another thread took it
                break
            connection.close()


def named(url: Url) -> str:
    """Return a URL's host and the proxy on the way there, without their passwords."""
    return f"{url.authority} through the proxy {url.proxy.url.authority}" if url.proxy else url.authority


def said(error: Exception) -> str:
    """Return the reason in an error's own words."""
    if isinstance(error, _TIMED_OUT):
        return "timed out"
    reason = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return shown(str(reason) or type(error).__name__)


def is_address(host: str) -> bool:
    """Tell whether a host is an address, and no name that has to be looked up."""
    return bool(_packed(socket.AF_INET, host) or _packed(socket.AF_INET6, host))


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, whatever its names are resolved to."""
    v4, v6 = _packed(socket.AF_INET, host), _packed(socket.AF_INET6, host)
    return host.lower() == "localhost" or v4[:1] == b"\x7f" or v6 == bytes(15) + b"\x01"


def _is_name_or_address(host: str) -> bool:
    """Tell whether it is a host. What only some take for an address, such as `127.1` and `0x7f.0.0.1`, is none."""
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?", host, re.ASCII):
        return False
    last = host.removesuffix(".").rpartition(".")[2]
    is_number = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last)
    return not is_number or _packed(socket.AF_INET, host) != b""


def _packed(family: int, host: str) -> bytes:
    """Return an address's bytes; none if it is not an address of that family."""
    try:
        return socket.inet_pton(family, host)
    except (OSError, ValueError):
        return b""


def _take(url: Url) -> Connection | None:
    kept = _idle.get(_key(url), [])
    while kept:
        try:
            connection = kept.pop()
        except IndexError:  # another thread took it
            break
        if monotonic() - connection.idle_since < _contract.IDLE_S and connection.is_alive():
            return connection
        connection.close()
    return None


def _key(url: Url) -> tuple[bool, str, str]:
    return url.tls, url.authority, url.proxy.url.authority if url.proxy else ""


_idle: dict[tuple[bool, str, str], list[Connection]] = {}
if hasattr(os, "register_at_fork"):
    # Parent and child must not write into one connection; closing a copy of a socket tells the peer nothing.
    os.register_at_fork(after_in_child=forget)
