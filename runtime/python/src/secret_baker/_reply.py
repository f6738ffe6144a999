"""Reads an HTTP/1.1 answer out of bytes that arrive bit by bit, and refuses what is none as soon as it is seen.

No error of its own quotes the answer, which may hold a plaintext.
"""

from __future__ import annotations

from . import _contract

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BEGINNINGS = (b"HTTP/1.1 ", b"HTTP/1.0 ")
_SWITCHING = 101
_BODILESS = {204, 304}
_HEX = frozenset(b"0123456789abcdefABCDEF")
_CONTROLS = bytes([*range(9), *range(10, 32), 127])  # all but the tab
_LONGEST_SIZE = 16  # digits of the length of a chunk


class Answer:
    """A status, headers with names in lower case, and a body. It may hold a plaintext, so its repr shows the status."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"<Answer {self.status}>"


class Reply:
    """What a connection receives. `receive` returns some bytes, none at its end.

    Its methods raise OSError for a connection that fails, ValueError for what is no HTTP. `rest` is what was received
    after the answer, `persistent` whether the connection goes on after it.
    """

    __slots__ = ("_at", "_buffer", "_encodings", "_receive", "persistent")

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._buffer = b""
        self._at = 0  # what is before it has been read
        self.persistent = False
        self._encodings: set[str] = set()

    @property
    def rest(self) -> bytes:
        """Return what was received and not yet read."""
        return self._buffer[self._at :]

    def head(self) -> Answer:
        """Return the first final answer, its body not yet read."""
        while True:
            version, answer = _parsed(self._head())
            self._encodings = {"chunked", "identity"} if version == "HTTP/1.1" else {"identity"}
            if answer.status >= 200:
                options = answer.headers.get("connection", "").lower().split(",")
                self.persistent = version == "HTTP/1.1" and "close" not in {option.strip() for option in options}
                return answer
            if answer.status == _SWITCHING:
                raise ValueError("another protocol than HTTP")

    def answer(self) -> Answer:
        """Return the first final answer, whole."""
        answer = self.head()
        length = answer.headers.get("content-length")
        encoding = answer.headers.get("transfer-encoding", "").lower()
        if answer.status in _BODILESS:
            return answer
        if "transfer-encoding" in answer.headers and (length is not None or encoding not in self._encodings):
            raise ValueError("an answer whose length is told twice, or in a way that is not known")
        if encoding == "chunked":
            answer.body = self._chunks()
        elif length is not None:
            answer.body = self._bytes(_length(length))
        else:
            answer.body = self._all()
            self.persistent = False
        return answer

    def _head(self) -> bytes:
        while (end := self._buffer.find(b"\r\n\r\n", self._at)) < 0:
            _check_head(self.rest)
            self._fill()
        found = self._buffer[self._at : end + 4]
        self._at = end + 4
        _check_head(found)
        return found[:-4]

    def _chunks(self) -> bytes:
        parts, length = [], 0
        while size := self._size():
            length += size
            if length > _contract.REPLY_BYTES:
                raise _too_long()
            parts.append(self._bytes(size))
            self._line_end()
        trailers = 0
        while line := self._line():
            trailers += len(line) + 2
            if trailers > _contract.HEAD_BYTES:
                raise ValueError("trailers without an end")
        return b"".join(parts)

    def _size(self) -> int:
        """Return the length of the next chunk, which is looked at before its line has ended."""
        while True:
            beginning = self._buffer[self._at : self._at + _LONGEST_SIZE + 1]
            digits = 0
            while digits < len(beginning) and beginning[digits] in _HEX:
                digits += 1
            if digits < len(beginning) or digits > _LONGEST_SIZE:
                break
            self._fill()
        if not 0 < digits <= _LONGEST_SIZE or beginning[digits] not in b"\r; \t":
            raise ValueError("a chunk without a length")
        extension = self._line()[digits:].strip(b" \t")
        if extension and not extension.startswith(b";"):
            raise ValueError("a chunk without a length")
        return int(beginning[:digits], 16)

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n", self._at)) < 0:
            if len(self._buffer) - self._at > _contract.HEAD_BYTES or self._buffer.find(b"\n", self._at) >= 0:
                raise ValueError("a line without an end")
            self._fill()
        found = self._buffer[self._at : end]
        self._at = end + 2
        if b"\n" in found:
            raise ValueError("a line end that is none")
        return found

    def _line_end(self) -> None:
        for expected in (b"\r", b"\n"):
            if self._bytes(1) != expected:
                raise ValueError("a chunk that does not end where it should")

    def _bytes(self, count: int) -> bytes:
        parts = []
        while True:
            part = self._buffer[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
            if not count:
                return b"".join(parts)
            self._fill()

    def _all(self) -> bytes:
        parts, length = [self.rest], len(self.rest)
        self._at = len(self._buffer)
        while received := self._receive():
            parts.append(received)
            length += len(received)
            if length > _contract.REPLY_BYTES:
                raise _too_long()
        return b"".join(parts)

    def _fill(self) -> None:
        received = self._receive()
        if not received:
            raise ConnectionResetError("the connection was closed before the end of the answer")
        self._buffer = self.rest + received
        self._at = 0


def _check_head(raw: bytes) -> None:
    """Refuse what is not the beginning of a head. Raises ValueError."""
    if not any(raw.startswith(first[: len(raw)]) for first in _BEGINNINGS):
        raise ValueError("an answer that is no HTTP/1.1")
    if len(raw) > _contract.HEAD_BYTES:
        raise ValueError(f"an answer with more than {_contract.HEAD_BYTES} bytes of headers")
    text = raw.replace(b"\r\n", b"").removesuffix(b"\r")  # of which the other half is still to come
    if len(text.translate(None, _CONTROLS)) != len(text):
        raise ValueError("an answer with a control character in its headers")


def _parsed(head: bytes) -> tuple[str, Answer]:
    """Return the version of a head, and its status and headers."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status, _, _ = rest.partition(" ")
    if not (len(status) == 3 and status.isascii() and status.isdigit() and status >= "100"):
        raise ValueError("an answer without a status")
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and name:  # it goes on with the one before it
            headers[name] = f"{headers[name]} {line.strip()}"
            continue
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if not colon or not name or name.split() != [name]:
            raise ValueError("an answer with a header that is none")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return version, Answer(int(status), headers)


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit()):  # `int` takes more than that, and quotes what may be a plaintext
        raise ValueError("an answer whose length is no number")
    if len(text) > 20 or int(text) > _contract.REPLY_BYTES:
        raise _too_long()
    return int(text)


def _too_long() -> ValueError:
    return ValueError(f"an answer of more than {_contract.REPLY_BYTES} bytes")
