"""What is sent and received on a connection, and what is said of one that is lost."""

from __future__ import annotations

import select
import socket

from ._failure import shown
from ._reply import Answer, Reply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._url import Url

TIMED_OUT = (TimeoutError, socket.timeout)  # two classes until Python 3.10


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


def said(error: Exception) -> str:
    """Return the reason in an error's own words."""
    if isinstance(error, TIMED_OUT):
        return "timed out"
    reason = getattr(error, "verify_message", "") or getattr(error, "strerror", None) or str(error)
    return shown(str(reason) or type(error).__name__)
