"""One HTTP/1.1 exchange, over a connection that is kept for the next one.

`http.client` imports the `email` package, which takes longer than all else that opening a secret imports, and its
time-outs hold for each packet and not for the whole answer.
"""

from __future__ import annotations

import os
from time import monotonic

from . import _contract
from ._connection import TIMED_OUT, Connection, connected, said
from ._failure import Lost
from ._settings import settings
from ._url import named, variable_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._reply import Answer
    from ._url import Url


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
    connection = Connection(connected(url, deadline)) if kept is None else kept
    try:
        answer = connection.exchange(request.encoded(), deadline)
    except Exception as error:  # noqa: BLE001 - gevent, eventlet and PySocks raise what they like
        connection.close()
        timed_out = isinstance(error, TIMED_OUT)
        if kept and timed_out:
            forget(url)  # those that were idle beside it have most likely gone the same way
        why = f"no answer from {named(url)} ({said(error)})"
        kind = "proxy" if url.proxy else "answer" if isinstance(error, ValueError) else ""
        lost = Lost(
            why, kind, variable=variable_of(url), stale=bool(kept) and not timed_out and not connection.received
        )
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


def forget(url: Url | None = None) -> None:
    """Close the idle connections to a host, or all of them."""
    for kept in [_idle.get(_key(url), [])] if url else list(_idle.values()):
        while kept:
            try:
                connection = kept.pop()
            except IndexError:  # another thread took it
                break
            connection.close()


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
