"""Answers as bytes on a connection: HTTP right and wrong around one right body."""

from __future__ import annotations

import json
from typing import Any

from making.answers import FILE, RIGHT_BODY, TEXT
from making.table import b64

BODY = json.dumps(RIGHT_BODY, separators=(",", ":"))
THE_BODY = {"body": True}
OK = "HTTP/1.1 200 OK\r\n"
JSON = "content-type: application/x-amz-json-1.1\r\n"
LENGTH = f"content-length: {len(BODY)}\r\n"
RIGHT = OK + JSON + LENGTH + "\r\n"
CHUNKED = OK + "transfer-encoding: chunked\r\n\r\n"
CHUNK = f"{len(BODY):x}"
MIB = 1024 * 1024
PROMPT = 2500

cases: list[dict[str, Any]] = []


def wire() -> dict[str, Any]:
    """Make all; return what the file holds."""
    ends()
    chunks()
    interim()
    heads()
    lengths()
    too_large()
    without_a_body()
    not_http()
    entry = json.dumps({"A": FILE["A"]}, separators=(",", ":"))
    return {"file": entry, "secret": "A", "text": TEXT, "body": BODY, "cases": cases}


def pieces(answer: tuple[object, ...]) -> list[dict[str, Any]]:
    """Return the parts of an answer: text, bytes and pairs of a text and how many times it is repeated."""
    found: list[dict[str, Any]] = []
    for piece in answer:
        if isinstance(piece, tuple):
            found.append({"repeat": piece[0], "times": piece[1]})
        elif isinstance(piece, bytes):
            found.append({"base64": b64(piece)})
        elif isinstance(piece, str):
            found.append({"text": piece})
        else:
            found.append(THE_BODY)
    return found


def opens(title: str, *answer: object, end: str = "open") -> None:
    """Add one that is right. Where the connection stays open nothing may wait for its end."""
    prompt = {"withinMs": PROMPT} if end == "open" else {}
    expect = {"opens": True}
    cases.append({"title": title, "answer": pieces(answer), "end": end, "expect": expect, "attempts": 1, **prompt})


def fails(title: str, *answer: object, end: str = "open") -> None:
    """Add one that is wrong, which is to be seen before the time for an attempt is over."""
    expect = {"fails": "SECRET_BAKER_UNREACHABLE"}
    cases.append(
        {"title": title, "answer": pieces(answer), "end": end, "expect": expect, "attempts": 5, "withinMs": PROMPT}
    )


def ends() -> None:
    """Add every way in which an answer may end."""
    opens("a length", RIGHT, THE_BODY)
    opens("a length, and the connection is closed", RIGHT, THE_BODY, end="close")
    opens("no length: it ends with the connection", OK + JSON + "\r\n", THE_BODY, end="close")
    opens("HTTP/1.0 with a length", RIGHT.replace("1.1 200", "1.0 200"), THE_BODY)
    opens("HTTP/1.0 without a length", "HTTP/1.0 200 OK\r\n\r\n", THE_BODY, end="close")
    opens("connection: close with a length", OK + LENGTH + "connection: close\r\n\r\n", THE_BODY)
    opens("a transfer encoding of identity", OK + "transfer-encoding: identity\r\n\r\n", THE_BODY, end="close")
    opens("no reason", f"HTTP/1.1 200\r\n{LENGTH}\r\n", THE_BODY)
    opens("an empty reason", f"HTTP/1.1 200 \r\n{LENGTH}\r\n", THE_BODY)
    opens("another reason", f"HTTP/1.1 200 It is well, 404 times\r\n{LENGTH}\r\n", THE_BODY)
    fails("a length beyond the end", OK + f"content-length: {len(BODY) + 1}\r\n\r\n", THE_BODY, end="close")
    fails("a length, and half of the body", RIGHT + BODY[: len(BODY) // 2], end="close")
    fails("a head that breaks off", RIGHT[:-2], end="close")
    fails("a status line that breaks off", "HTTP/1.1 20", end="close")
    fails("nothing", end="close")


def chunks() -> None:
    """Add chunks right and wrong."""
    opens("one chunk", CHUNKED + CHUNK + "\r\n", THE_BODY, "\r\n0\r\n\r\n")
    each = "".join(f"1\r\n{letter}\r\n" for letter in BODY)
    opens("a chunk a byte", CHUNKED + each + "0\r\n\r\n")
    opens("a chunk in capitals, with zeros", CHUNKED + f"000{CHUNK.upper()}\r\n", THE_BODY, "\r\n000\r\n\r\n")
    opens("chunks with extensions", CHUNKED + f'{CHUNK};a=b;c="d"\r\n', THE_BODY, "\r\n0;last\r\n\r\n")
    opens(
        "chunks with trailers",
        CHUNKED + CHUNK + "\r\n",
        THE_BODY,
        "\r\n0\r\nx-checksum: 1\r\nx-other: 7\r\n\r\n",
    )
    odd = OK + "TRANSFER-Encoding:\tChunked \r\nConTent-Type:x\r\n\r\n"
    opens("headers in odd case", odd + CHUNK + "\r\n", THE_BODY, "\r\n0\r\n\r\n")
    opens("a length in odd case", OK + f"CONTENT-length:  {len(BODY)}  \r\n\r\n", THE_BODY)
    for title, size in (
        ("that is no number", "xyz"),
        ("that is negative", f"-{CHUNK}"),
        ("with a plus", f"+{CHUNK}"),
        ("with a sign of hexadecimal", f"0x{CHUNK}"),
        ("that is empty", ""),
        ("of 2^64 and more", "1" + "0" * 16),
    ):
        fails(f"a chunk's size {title}", CHUNKED + size + "\r\n", THE_BODY, "\r\n0\r\n\r\n")
    fails("a chunk without its end", CHUNKED + CHUNK + "\r\n", THE_BODY, "0\r\n\r\n")
    fails("a chunk shorter than it is", CHUNKED + f"{len(BODY) - 1:x}\r\n", THE_BODY, "\r\n0\r\n\r\n")
    fails("chunks without a last one", CHUNKED + CHUNK + "\r\n", THE_BODY, "\r\n", end="close")
    fails("a last chunk without its end", CHUNKED + CHUNK + "\r\n", THE_BODY, "\r\n0\r\n", end="close")
    fails("64 KiB of a chunk's extension", CHUNKED + CHUNK + ";", ("a", 65_536), "\r\n", THE_BODY, "\r\n0\r\n\r\n")
    fails(
        "64 KiB of trailers",
        CHUNKED + CHUNK + "\r\n",
        THE_BODY,
        "\r\n0\r\n",
        ("x-trailer: 0123456789\r\n", 3_000),
        "\r\n",
    )


def interim() -> None:
    """Add answers before the answer."""
    opens("three of 100", ("HTTP/1.1 100 Continue\r\n\r\n", 3), RIGHT, THE_BODY)
    opens("103 with headers", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\ncontent-length: 3\r\n\r\n" + RIGHT, THE_BODY)
    opens("20,000 of 100", ("HTTP/1.1 100 Continue\r\n\r\n", 20_000), RIGHT, THE_BODY)
    fails("100 and nothing more", "HTTP/1.1 100 Continue\r\n\r\n", end="close")
    fails("101", "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n")


def heads() -> None:
    """Add headers of every number and kind."""
    opens("150 headers", OK, ("x-header: value\r\n", 150), LENGTH + "\r\n", THE_BODY)
    opens("a head of 12 KiB", OK + "x-long: ", ("a", 12 * 1024), "\r\n" + LENGTH + "\r\n", THE_BODY)
    opens("bytes beyond ASCII in a header", OK + "x-name: ", b"\xff\x80 \xc3\xa4", "\r\n" + LENGTH + "\r\n", THE_BODY)
    opens("an empty header", OK + "x-empty:\r\nx-space:  \r\n" + LENGTH + "\r\n", THE_BODY)
    opens("a tab in a header", OK + "x-tab: a\tb\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("a header of 20 KiB", OK + "x-long: ", ("a", 20 * 1024), "\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("20 KiB of headers", OK, ("x-header: 0123456789012345\r\n", 760), LENGTH + "\r\n", THE_BODY)
    fails("a header without an end", OK + "x-long: ", ("a", 2 * MIB))
    fails("headers without an end", OK, ("x-header: value\r\n", 100_000))
    fails("a status line without an end", "HTTP/1.1 200 ", ("a", 2 * MIB))
    fails("a NUL in a header", OK + "x-nul: a\0b\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("a header without a colon", OK + "x-header\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("a header without a name", OK + ": value\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("a space before the colon", OK + "x-header : value\r\n" + LENGTH + "\r\n", THE_BODY)
    fails("a NUL in a header's name", OK + "x-\0: value\r\n" + LENGTH + "\r\n", THE_BODY)


def lengths() -> None:
    """Add lengths that are none."""
    for title, length in (
        ("in hexadecimal", f"{len(BODY):#x}"),
        ("that is negative", f"-{len(BODY)}"),
        ("with a plus", f"+{len(BODY)}"),
        ("that is no number", "many"),
        ("that is a fraction", f"{len(BODY)}.0"),
        ("with an exponent", "1e2"),
        ("with a unit", f"{len(BODY)}b"),
        ("that is empty", ""),
        ("of 40 digits", "9" * 40),
        ("that is two numbers", f"{len(BODY)} {len(BODY)}"),
    ):
        fails(f"a length {title}", OK + f"content-length: {length}\r\n\r\n", THE_BODY)
    fails("two lengths that agree", OK + LENGTH + LENGTH + "\r\n", THE_BODY)
    fails("two lengths in one header", OK + f"content-length: {len(BODY)}, {len(BODY)}\r\n\r\n", THE_BODY)
    coded = OK + "transfer-encoding: "
    fails("a length beside identity", f"{coded}identity\r\n{LENGTH}\r\n", THE_BODY, end="close")
    last = "\r\n0\r\n\r\n"
    fails("a length beside chunks", f"{coded}chunked\r\n{LENGTH}\r\n{CHUNK}\r\n", THE_BODY, last)
    for coding in ("gzip, chunked", "identity, chunked", "chunked, chunked", "chunked, identity", "gzip", "xchunked"):
        fails(f"a transfer encoding of {coding}", f"{coded}{coding}\r\n\r\n{CHUNK}\r\n", THE_BODY, last, end="close")
    fails("chunked, twice", f"{coded}chunked\r\ntransfer-encoding: chunked\r\n\r\n{CHUNK}\r\n", THE_BODY, last)
    old = CHUNKED.replace("HTTP/1.1", "HTTP/1.0")
    fails("HTTP/1.0 with chunks", f"{old}{CHUNK}\r\n", THE_BODY, last, end="close")
    named = "x-amzn-errortype: AccessDeniedException\r\n" * 2
    fails("two names of an error", f"HTTP/1.1 400 Bad Request\r\n{named}content-length: 2\r\n\r\n{{}}")
    fails("two lengths that differ", OK + LENGTH + f"content-length: {len(BODY) - 1}\r\n\r\n", THE_BODY)


def too_large() -> None:
    """Add bodies up to 1 MiB and beyond it."""
    padding = 1_000_000
    opens("nearly 1 MiB by its length", OK + f"content-length: {len(BODY) + padding}\r\n\r\n", (" ", padding), THE_BODY)
    opens("nearly 1 MiB by its end", OK + "\r\n", (" ", padding), THE_BODY, end="close")
    fails("more than 1 MiB by its length, before any of it", OK + f"content-length: {MIB + 1}\r\n\r\n")
    long = OK + f"content-length: {MIB + len(BODY)}\r\n\r\n"
    fails("more than 1 MiB by its length, all of it", long, (" ", MIB), THE_BODY)
    fails("more than 1 MiB without an end", OK + "\r\n", (" ", MIB), THE_BODY)
    fails("more than 1 MiB by its end", OK + "\r\n", (" ", MIB), THE_BODY, end="close")
    fails("more than 1 MiB in one chunk, before its end", CHUNKED + f"{2 * MIB:x}\r\n", (" ", MIB + 1))
    fails("more than 1 MiB in small chunks", CHUNKED, ("10\r\n0123456789abcdef\r\n", MIB // 16 + 1))
    refusal = "HTTP/1.1 500 Internal Server Error\r\n\r\n"
    fails("more than 1 MiB with another status", refusal, (" ", MIB + 1))


def without_a_body() -> None:
    """Add statuses whose answer ends with its head, and what is not followed."""
    fails("204", "HTTP/1.1 204 No Content\r\n\r\n")
    fails("304", "HTTP/1.1 304 Not Modified\r\netag: 1\r\n\r\n")
    fails("301", "HTTP/1.1 301 Moved Permanently\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
    fails("307 with a right body", f"HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\n{LENGTH}\r\n", THE_BODY)
    fails("a length of 0", OK + "content-length: 0\r\n\r\n")
    fails("no chunk but the last", CHUNKED + "0\r\n\r\n")


def not_http() -> None:
    """Add what something else might say."""
    for title, line in (
        ("a status in letters", "HTTP/1.1 abc OK"),
        ("a status of two digits", "HTTP/1.1 20 OK"),
        ("a status of four digits", "HTTP/1.1 2000 OK"),
        ("no status", "HTTP/1.1"),
        ("no space before the status", "HTTP/1.1200 OK"),
        ("HTTP/1.2", "HTTP/1.2 200 OK"),
        ("HTTP/3.0", "HTTP/3.0 200 OK"),
        ("HTTP without a version", "HTTP 200 OK"),
        ("small letters", "http/1.1 200 OK"),
        ("a request", "POST / HTTP/1.1"),
    ):
        fails(f"a status line with {title}", f"{line}\r\n{LENGTH}\r\n", THE_BODY)
    fails("HTTP/2", bytes.fromhex("000000040000000000"))
    fails("an alert of TLS", bytes.fromhex("15030300020228"), end="close")
    fails("SSH", "SSH-2.0-OpenSSH_9.6\r\n")
    fails("NULs", bytes(64))
    fails("the body only", THE_BODY)
