"""One HTTP/1.1 exchange, over a connection that is kept for the next one.

`http.client` imports the `email` package, which takes longer than all else that opening a secret imports, and its
time-outs hold for each packet and not for the whole answer.
"""

from __future__ import annotations

import os
import socket
from time import monotonic

from ._settings import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._deadline import Deadline
    from ._proxy import Proxy

_LONGEST_HEAD = 65_536
_LONGEST_BODY = 1_048_576
_LONGEST_IDLE_S = 20.0
_TIMED_OUT = (TimeoutError, socket.timeout)  # two classes until Python 3.10
_NETWORK = "check the function's network: a VPC needs a NAT gateway or an interface endpoint for KMS"
_DOOR = f"{_NETWORK}, and security groups that let the function out and port 443 of the endpoint in"
_PROXY = "check the proxy and what it allows; HTTPS_PROXY names it, NO_PROXY the hosts that need none"
_TRUST = "check the endpoint, and the certificates that are trusted (AWS_CA_BUNDLE adds some)"


class Lost(Exception):  # noqa: N818 - a step of a retry, not an error of its own
    """No whole answer has come: `why`, and a hint at what to do.

    `stale` tells that a kept connection had died before anything was answered on it, `hopeless` that another attempt
    would end the same way.
    """

    def __init__(self, why: str, hint: str, *, stale: bool = False, hopeless: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint
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
            host, port = self.authority, ""
        self.host = host[1:-1] if host.startswith("[") else host
        self.port = int(port) if port else (443 if self.tls else 80)
        if scheme.lower() not in {"http", "https"} or not host or "@" in text or not _is_plain(text):
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


class Answer:
    """A status, headers with names in lower case, and a body. It may hold a plaintext, so its repr shows the status."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"


def exchange(request: Request, whole: Deadline) -> Answer:
    """Make one attempt at a request, and return its answer, whatever its status. Raises Lost."""
    deadline = whole.within(settings.attempt_timeout)
    url = request.url
    kept = _take(url)
    connection = kept or Connection(_connected(url, deadline))
    try:
        answer = connection.exchange(request.encoded(), deadline)
    except (OSError, ValueError) as error:
        connection.close()
        timed_out = isinstance(error, _TIMED_OUT)
        if kept and timed_out:
            forget(url)  # those that were idle beside it have most likely gone the same way
        why = f"no answer from {_named(url)} ({_why(error)})"
        lost = Lost(
            why, _PROXY if url.proxy else _NETWORK, stale=bool(kept) and not timed_out and not connection.received
        )
    else:
        if connection.reusable:
            connection.idle_since = monotonic()
            _idle.setdefault(_key(url), []).append(connection)
        else:
            connection.close()
        return answer
    raise lost


class Connection:
    """A socket, and what was received from it and not yet read."""

    __slots__ = ("buffer", "idle_since", "received", "reusable", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.buffer = b""
        self.received = False
        self.reusable = False
        self.idle_since = 0.0

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send and receive. Raises OSError for a connection that fails, ValueError for what is no HTTP."""
        version, status, headers = self.ask(request, deadline)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks(deadline)
        elif "content-length" in headers:
            body = self._bytes(_length(headers["content-length"], 10), deadline)
        else:
            raise ValueError("an answer without a length")
        self.reusable = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close" and not self.buffer
        return Answer(status, headers, body)

    def ask(self, request: bytes, deadline: Deadline) -> tuple[str, int, dict[str, str]]:
        """Send, and receive the head of the answer. Raises as `exchange` does."""
        self.received = self.reusable = False
        self._wait_at_most(deadline)
        self.sock.sendall(request)
        status = 100
        while 100 <= status < 200:
            version, status, headers = _parsed(self._until(b"\r\n\r\n", deadline))
        return version, status, headers

    def is_alive(self) -> bool:
        """Tell whether the peer has neither closed an idle connection nor sent anything."""
        try:
            self.sock.settimeout(0)
            # The plain socket's: that of a TLS socket has no flags, and none of its bytes may be consumed.
            socket.socket.recv(self.sock, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Close this end, without a word to the peer."""
        self.sock.close()

    def _chunks(self, deadline: Deadline) -> bytes:
        body = b""
        while size := _length(self._until(b"\r\n", deadline).split(b";")[0].decode("latin-1"), 16):
            body += self._bytes(size, deadline)
            if len(body) > _LONGEST_BODY or self._bytes(2, deadline) != b"\r\n":
                raise ValueError("a chunk that does not end where it should")
        while self._until(b"\r\n", deadline):
            pass
        return body

    def _until(self, end: bytes, deadline: Deadline) -> bytes:
        while (at := self.buffer.find(end)) < 0:
            if len(self.buffer) > _LONGEST_HEAD:
                raise ValueError("a head without an end")
            self._fill(deadline)
        found, self.buffer = self.buffer[:at], self.buffer[at + len(end) :]
        return found

    def _bytes(self, count: int, deadline: Deadline) -> bytes:
        while len(self.buffer) < count:
            self._fill(deadline)
        found, self.buffer = self.buffer[:count], self.buffer[count:]
        return found

    def _fill(self, deadline: Deadline) -> None:
        self._wait_at_most(deadline)
        received = self.sock.recv(65_536)
        if not received:
            raise ConnectionResetError("the connection was closed before the end of the answer")
        self.received = True
        self.buffer += received

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


def _take(url: Url) -> Connection | None:
    kept = _idle.get(_key(url), [])
    while kept:
        try:
            connection = kept.pop()
        except IndexError:  # another thread took it
            break
        if monotonic() - connection.idle_since < _LONGEST_IDLE_S and connection.is_alive():
            return connection
        connection.close()
    return None


def _connected(url: Url, deadline: Deadline) -> socket.socket:
    def plain() -> socket.socket:
        left = min(settings.connect_timeout, deadline.left())
        if left <= 0:
            raise TimeoutError("timed out")
        first = url.proxy.url if url.proxy else url
        # As bytes, which need no codec for names that are not ASCII: that one is slow to import.
        sock = socket.create_connection((first.host.encode(), first.port), left)  # type: ignore[arg-type]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if url.proxy and url.tls:
            _tunnel(sock, url, url.proxy, deadline)
        sock.settimeout(max(deadline.left(), 0.001))
        return sock

    try:
        if not url.tls:
            return plain()
        from ._tls import wrapped

        return wrapped(plain, url.host)
    except (OSError, ValueError) as error:
        # SSLCertVerificationError is a ValueError too; nothing changes about a certificate by asking again.
        hopeless = isinstance(error, ValueError)
        why = f"no connection to {_named(url)} ({_why(error)})"
        lost = Lost(why, _TRUST if hopeless else _PROXY if url.proxy else _DOOR, hopeless=hopeless)
    raise lost


def _tunnel(sock: socket.socket, url: Url, proxy: Proxy, deadline: Deadline) -> None:
    """Have the proxy connect a socket to the host. Raises OSError, Lost."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    target = f"{host}:{url.port}"
    request = "\r\n".join([f"CONNECT {target} HTTP/1.1", f"Host: {target}", *proxy.lines, "", ""])
    status = 0
    try:
        _, status, _ = Connection(sock).ask(request.encode("latin-1"), deadline)
    except ValueError:  # what answered is no proxy: a refusal too
        pass
    finally:
        if not 200 <= status < 300:
            sock.close()
    if not 200 <= status < 300:
        why = f"no connection to {_named(url)} ({f'HTTP {status}' if status else 'its answer is no HTTP'})"
        raise Lost(why, _PROXY, hopeless=status < 500 and status != 429)


def _parsed(head: bytes) -> tuple[str, int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if version not in {"HTTP/1.0", "HTTP/1.1"} or not rest[:3].isdigit():
        raise ValueError("an answer that is no HTTP/1.1")
    pairs = (line.partition(":") for line in lines)
    return version, int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _length(text: str, base: int) -> int:
    try:
        length = int(text, base)
    except ValueError:  # it quotes what may be a plaintext
        length = -1
    if not 0 <= length <= _LONGEST_BODY:
        raise ValueError("an answer of a length that KMS never gives")
    return length


def _why(error: Exception) -> str:
    if isinstance(error, _TIMED_OUT):
        return "timed out"
    return str(
        getattr(error, "verify_message", "") or getattr(error, "strerror", None) or error or type(error).__name__
    )


def _named(url: Url) -> str:
    return f"{url.authority} through the proxy {url.proxy.url.authority}" if url.proxy else url.authority


def _key(url: Url) -> tuple[bool, str, str]:
    return url.tls, url.authority, url.proxy.url.authority if url.proxy else ""


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


_idle: dict[tuple[bool, str, str], list[Connection]] = {}
if hasattr(os, "register_at_fork"):
    # Parent and child must not write into one connection; closing a copy of a socket tells the peer nothing.
    os.register_at_fork(after_in_child=forget)
