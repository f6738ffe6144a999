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

    __slots__ = ("_receive", "persistent", "rest")

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self.rest = b""
        self.persistent = False

    def head(self) -> Answer:
        """Return the first final answer, its body not yet read."""
        while True:
            version, answer = _parsed(self._head())
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
        encoding = answer.headers.get("transfer-encoding", "identity").lower()
        if answer.status in _BODILESS:
            return answer
        if encoding != "identity":
            if encoding != "chunked" or length is not None:
                raise ValueError("an answer whose length is told twice, or in a way that is not known")
            answer.body = self._chunks()
        elif length is not None:
            answer.body = self._bytes(_length(length))
        else:
            answer.body = self._all()
            self.persistent = False
        return answer

    def _head(self) -> bytes:
        while (at := self.rest.find(b"\r\n\r\n")) < 0:
            self._check_head(self.rest)
            self._fill()
        found, self.rest = self.rest[:at], self.rest[at + 4 :]
        self._check_head(found + b"\r\n\r\n")
        return found

    def _check_head(self, raw: bytes) -> None:
        """Refuse what cannot become a head. Raises ValueError."""
        if not any(raw.startswith(first[: len(raw)]) for first in _BEGINNINGS):
            raise ValueError("an answer that is no HTTP/1.1")
        if len(raw) > _contract.HEAD_BYTES:
            raise ValueError(f"an answer with more than {_contract.HEAD_BYTES} bytes of headers")
        if raw.count(b"\n") != raw.count(b"\r\n"):
            raise ValueError("an answer with a line end that is none")

    def _chunks(self) -> bytes:
        body = b""
        while size := self._size():
            if len(body) + size > _contract.REPLY_BYTES:
                raise _too_long()
            body += self._bytes(size)
            self._line_end()
        trailers = 0
        while line := self._line():
            trailers += len(line) + 2
            if trailers > _contract.HEAD_BYTES:
                raise ValueError("trailers without an end")
        return body

    def _size(self) -> int:
        """Return the length of the next chunk, which is looked at before its line has ended."""
        while True:
            digits = 0
            while digits < len(self.rest) and self.rest[digits] in _HEX:
                digits += 1
            if digits < len(self.rest) or digits > _LONGEST_SIZE:
                break
            self._fill()
        if not 0 < digits <= _LONGEST_SIZE or self.rest[digits : digits + 1] not in {b"\r", b";", b" ", b"\t"}:
            raise ValueError("a chunk without a length")
        size = self.rest[:digits]
        extension = self._line()[digits:].strip(b" \t")
        if extension and not extension.startswith(b";"):
            raise ValueError("a chunk without a length")
        return int(size, 16)

    def _line(self) -> bytes:
        while (at := self.rest.find(b"\r\n")) < 0:
            if len(self.rest) > _contract.HEAD_BYTES or b"\n" in self.rest:
                raise ValueError("a line without an end")
            self._fill()
        found, self.rest = self.rest[:at], self.rest[at + 2 :]
        if b"\n" in found:
            raise ValueError("a line end that is none")
        return found

    def _line_end(self) -> None:
        for expected in (b"\r", b"\n"):
            if self._bytes(1) != expected:
                raise ValueError("a chunk that does not end where it should")

    def _bytes(self, count: int) -> bytes:
        parts, missing = [self.rest[:count]], count - len(self.rest)
        self.rest = self.rest[count:]
        while missing > 0:
            self._fill()
            parts.append(self.rest[:missing])
            missing, self.rest = missing - len(self.rest), self.rest[missing:]
        return b"".join(parts)

    def _all(self) -> bytes:
        parts, length = [self.rest], len(self.rest)
        while received := self._receive():
            parts.append(received)
            length += len(received)
            if length > _contract.REPLY_BYTES:
                raise _too_long()
        self.rest = b""
        return b"".join(parts)

    def _fill(self) -> None:
        received = self._receive()
        if not received:
            raise ConnectionResetError("the connection was closed before the end of the answer")
        self.rest += received


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
        known = headers.get(name, value)
        headers[name] = value if known == value else f"{known}, {value}"
    return version, Answer(int(status), headers)


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit()):  # `int` takes more than that, and quotes what may be a plaintext
        raise ValueError("an answer whose length is no number")
    if len(text) > 20 or int(text) > _contract.REPLY_BYTES:
        raise _too_long()
    return int(text)


def _too_long() -> ValueError:
    return ValueError(f"an answer of more than {_contract.REPLY_BYTES} bytes")
