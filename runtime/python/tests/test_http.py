"""Answers as they may come over the wire: those of all openers, and ours."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from fake_aws import ROOT

import secret_baker
from secret_baker import SecretBakerError
from secret_baker._reply import Reply

SHARED = ROOT / "__test__/vectors/http.json"
OPENS: dict[str, Any] = {"opens": True}
FAILS: dict[str, Any] = {"fails": "SECRET_BAKER_UNREACHABLE"}
BODY = '{"KeyId": "k", "Plaintext": "Zmlyc3QgdmFsdWU="}'
LENGTH = f"content-length: {len(BODY)}\r\n"
OK = "HTTP/1.1 200 OK\r\n"
SOON_MS = 2500
CHUNKED = OK + "transfer-encoding: chunked\r\n\r\n"


def case(title: str, *answer: Any, end: str = "open", expect: dict[str, Any] = OPENS, **more: Any) -> dict[str, Any]:
    pieces = [{"text": piece} if isinstance(piece, str) else piece for piece in answer]
    return {"title": title, "answer": pieces, "end": end, "expect": expect, **more}


def refused(title: str, *answer: Any) -> dict[str, Any]:
    """Return a case in which the answer is refused as soon as it is seen."""
    return case(title, *answer, expect=FAILS, attempts=5, withinMs=SOON_MS)


THE_BODY = {"body": True}
CASES = [
    case("a length", OK + LENGTH + "\r\n", THE_BODY),
    case("a length with zeros before it", OK + f"content-length: 000{len(BODY)}\r\n\r\n", THE_BODY),
    case("no length, closed", OK + "\r\n", THE_BODY, end="close"),
    case("no length, HTTP/1.0, closed", "HTTP/1.0 200 OK\r\n\r\n", THE_BODY, end="close"),
    case("no reason", "HTTP/1.1 200\r\n" + LENGTH + "\r\n", THE_BODY),
    case("a reason that is not ASCII", {"base64": base64.b64encode(b"HTTP/1.1 200 \xff\xfe\r\n").decode()}, LENGTH + "\r\n", THE_BODY),
    case("identity, closed", OK + "transfer-encoding: identity\r\n\r\n", THE_BODY, end="close"),
    case("one chunk", CHUNKED + f"{len(BODY):x}\r\n", THE_BODY, "\r\n0\r\n\r\n"),
    case("chunks in capitals with extensions", CHUNKED + f"00{len(BODY):X} ; a=b\r\n", THE_BODY, "\r\n0;c\r\nx: y\r\n\r\n"),
    case("five hundred headers", OK, {"repeat": "x-a: b\r\n", "times": 500}, LENGTH + "\r\n", THE_BODY),
    case("a head of almost 16 KiB", OK + "x: ", {"repeat": "a", "times": 16_000}, "\r\n" + LENGTH + "\r\n", THE_BODY),
    case("headers that are not ASCII", {"base64": base64.b64encode(b"HTTP/1.1 200 OK\r\nx: \xe4\xff\x80\r\n").decode()}, LENGTH + "\r\n", THE_BODY),
    case("a header that goes on", OK + "x: a\r\n b\r\n" + LENGTH + "\r\n", THE_BODY),
    case("interim answers", {"repeat": "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n", "times": 500}, OK + LENGTH + "\r\n", THE_BODY),
    refused("a head of more than 16 KiB", OK + "x: ", {"repeat": "a", "times": 16_400}, "\r\n" + LENGTH + "\r\n", THE_BODY),
    refused("a head without an end", OK + "x: ", {"repeat": "a", "times": 20_000}),
    refused("a length of more than a MiB", OK + "content-length: 1048577\r\n\r\n"),
    refused("a length of four hundred digits", OK + "content-length: " + "9" * 400 + "\r\n\r\n"),
    refused("a length in hexadecimal", OK + "content-length: 0x18\r\n\r\n", THE_BODY),
    refused("a length with a sign", OK + f"content-length: +{len(BODY)}\r\n\r\n", THE_BODY),
    refused("a length of no digits", OK + "content-length: \r\n\r\n", THE_BODY),
    refused("a length in other digits", {"base64": base64.b64encode(b"HTTP/1.1 200 OK\r\ncontent-length: \xb2\r\n\r\n").decode()}),
    refused("two lengths", OK + LENGTH + "content-length: 5\r\n\r\n", THE_BODY),
    refused("two lengths in one", OK + f"content-length: {len(BODY)}, 5\r\n\r\n", THE_BODY),
    refused("a length that goes on", OK + "content-length: 4\r\n 7\r\n\r\n", THE_BODY),
    refused("a length and chunks", OK + LENGTH + "transfer-encoding: chunked\r\n\r\n" + f"{len(BODY):x}\r\n", THE_BODY, "\r\n0\r\n\r\n"),
    refused("an encoding that is not known", OK + "transfer-encoding: gzip, chunked\r\n\r\n", THE_BODY),
    refused("a chunk without a length", CHUNKED, THE_BODY),
    refused("a chunk of a sign", CHUNKED + f"+{len(BODY):x}\r\n", THE_BODY),
    refused("a chunk in hexadecimal notation", CHUNKED + f"0x{len(BODY):x}\r\n", THE_BODY),
    refused("a chunk of seventeen digits", CHUNKED + "0" * 17),
    refused("a chunk of more than a MiB", CHUNKED + "100001\r\n"),
    refused("chunks of more than a MiB", CHUNKED, {"repeat": "1000\r\n" + "a" * 4096 + "\r\n", "times": 257}),
    refused("a chunk that is longer than it says", CHUNKED + "5\r\n", THE_BODY),
    refused("a chunk whose line ends wrongly", CHUNKED + "5\nabcde\r\n0\r\n\r\n"),
    refused("trailers without an end", CHUNKED + "0\r\n", {"repeat": "x: y\r\n", "times": 4000}),
    refused("204", "HTTP/1.1 204 No Content\r\n\r\n"),
    refused("304 with a length", "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n"),
    refused("another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
    refused("a beginning of another protocol", "S"),
    refused("HTTP/2", "HTTP/2 200\r\n\r\n"),
    refused("switching protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
    refused("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"),
    refused("a status that is none", "HTTP/1.1 2x0 OK\r\n\r\n"),
    refused("lines that end by LF", "HTTP/1.1 200 OK\n" + LENGTH.replace("\r", "") + "\n", THE_BODY),
    refused("a NUL in a header", OK + "x: a\0b\r\n" + LENGTH + "\r\n", THE_BODY),
    refused("a carriage return in a header", OK + "x: a\rb\r\n" + LENGTH + "\r\n", THE_BODY),
    case("a tab in a header", OK + "x:\ta\tb\r\n" + LENGTH + "\r\n", THE_BODY),
    refused("more than a MiB in small chunks", CHUNKED, {"repeat": "10\r\n0123456789abcdef\r\n", "times": 65_537}),
    refused("a header without a colon", OK + "x\r\n" + LENGTH + "\r\n", THE_BODY),
    refused("a space before the colon", OK + f"content-length : {len(BODY)}\r\n\r\n", THE_BODY),
    refused("a body of more than a MiB without a length", OK + "\r\n", {"repeat": "a", "times": 1_048_577}),
    refused("a redirect", "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"),
    case("cut off", OK + LENGTH + '\r\n{"Pl', end="close", expect=FAILS, attempts=5),
    case("cut off within the head", OK + "content-le", end="close", expect=FAILS, attempts=5),
    case("cut off without a length", OK + '\r\n{"Plain', end="close", expect=FAILS, attempts=5),
    case("nothing at all", end="close", expect=FAILS, attempts=5),
]  # fmt: skip
if SHARED.exists():
    _SHARED = json.loads(SHARED.read_text(encoding="utf-8"))
    CASES += [{**shared, "body": _SHARED["body"], "title": f"all: {shared['title']}"} for shared in _SHARED["cases"]]


class Server:
    """Answers each request by the same bytes, a thread for each connection."""

    def __init__(self, answer: bytes, end: str) -> None:
        self.answer, self.end = answer, end
        self.asked = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as incoming:
            try:
                while asked(incoming):
                    self.asked += 1
                    sock.sendall(self.answer)
                    if self.end == "close":
                        return
            except OSError:  # the opener has seen enough
                return

    def stop(self) -> None:
        self.listener.close()


def asked(incoming: BinaryIO) -> bool:
    """Read one request, if there is another one."""
    length = 0
    while line := incoming.readline():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        if line == b"\r\n":
            incoming.read(length)
            return True
    return False


def written(vector: dict[str, Any]) -> bytes:
    """Return what the server of a case writes."""
    parts = []
    for piece in vector["answer"]:
        if "text" in piece:
            parts.append(piece["text"].encode())
        elif "base64" in piece:
            parts.append(base64.b64decode(piece["base64"]))
        elif "repeat" in piece:
            parts.append(piece["repeat"].encode() * piece["times"])
        else:
            assert piece == {"body": True}
            parts.append(vector.get("body", BODY).encode())
    return b"".join(parts)


@pytest.fixture
def serve(baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes, str], Server]]:
    baked("the second of two")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    servers: list[Server] = []

    def start(answer: bytes, end: str) -> Server:
        server = Server(answer, end)
        servers.append(server)
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", server.url)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector["title"])
def test_case(vector: dict[str, Any], serve: Callable[[bytes, str], Server]) -> None:
    server = serve(written(vector), vector["end"])
    if "withinMs" in vector:  # an attempt that waits takes longer than all of them on the slowest machine
        secret_baker.configure(timeout=100, attempt_timeout=20)
    started = time.monotonic()
    if "opens" in vector["expect"]:
        plaintext = json.loads(vector.get("body", BODY))["Plaintext"]
        assert secret_baker.secret_bytes("A") == base64.b64decode(plaintext)
        assert server.asked == vector.get("attempts", 1)
    else:
        with pytest.raises(SecretBakerError) as caught:
            secret_baker.secret("A")
        assert caught.value.code == vector["expect"]["fails"]
        assert "Zmlyc3" not in str(caught.value)
        assert caught.value.__context__ is None
        assert server.asked == vector.get("attempts", server.asked)
    if "withinMs" in vector:
        assert time.monotonic() - started < 18


def test_an_answer_that_ends_with_its_connection_leaves_none_to_be_kept(
    serve: Callable[[bytes, str], Server],
) -> None:
    server = serve((OK + "\r\n" + BODY).encode(), "close")
    assert secret_baker.secret("A") == "first value"
    assert secret_baker.secret("A", fresh=True) == "first value"
    assert server.asked == 2
    assert not any(secret_baker._http._idle.values())


def test_a_connection_is_kept_after_an_answer_that_says_where_it_ends(serve: Callable[[bytes, str], Server]) -> None:
    serve((CHUNKED + f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n").encode(), "open")
    assert secret_baker.secret("A") == "first value"
    assert [len(kept) for kept in secret_baker._http._idle.values() if kept] == [1]


@pytest.mark.parametrize("connection", ["close", "Close", "keep-alive, close"])
def test_a_connection_that_is_announced_to_close_is_not_kept(
    connection: str, serve: Callable[[bytes, str], Server]
) -> None:
    serve(f"{OK}connection: {connection}\r\n{LENGTH}\r\n{BODY}".encode(), "open")
    assert secret_baker.secret("A") == "first value"
    assert not any(secret_baker._http._idle.values())


def test_an_answer_that_comes_byte_by_byte() -> None:
    whole = (CHUNKED + f"{len(BODY):x};a\r\n{BODY}\r\n0\r\nx: y\r\n\r\n").encode()
    left = iter(whole)
    reply = Reply(lambda: bytes([next(left)]))
    assert reply.answer().body == BODY.encode()
    assert (reply.rest, reply.persistent) == (b"", True)
