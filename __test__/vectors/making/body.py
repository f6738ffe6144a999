"""Messages whose body or signature is wrong, authentic all the same."""

from __future__ import annotations

from dataclasses import replace

from making.header import ARN, RIGHT, bundle, known
from making.message import Frame
from making.table import entry_of, opens, refused

FIRST, SECOND, LAST = b"a" * 16, b"b" * 16, b"the end"
ORDER_P384 = int("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)


def the_body() -> None:
    """Add all."""
    frames()
    single_blocks()
    signatures()


def frames() -> None:
    """Add frames in every wrong order and length."""
    framed = replace(RIGHT, frame_length=16)
    end = Frame(3, LAST, final=True)
    three = (Frame(1, FIRST), Frame(2, SECOND), end)
    opens("a message of three frames", bundle(replace(framed, frames=three)), "a" * 16 + "b" * 16 + "the end")
    full = (Frame(1, FIRST), Frame(2, SECOND, final=True))
    opens("a last frame that is full", bundle(replace(framed, frames=full)), "a" * 16 + "b" * 16)
    empty = (Frame(1, FIRST), Frame(2, b"", final=True))
    opens("a last frame that is empty", bundle(replace(framed, frames=empty)), "a" * 16)
    opens("a message of nothing", bundle(replace(RIGHT, plaintext=b"")), "")
    for title, wrong in (
        ("in another order", (Frame(2, SECOND), Frame(1, FIRST), end)),
        ("numbered from 0", (Frame(0, FIRST), Frame(1, SECOND, final=True))),
        ("numbered from 2", (Frame(2, FIRST), Frame(3, LAST, final=True))),
        ("of which one is left out", (Frame(1, FIRST), end)),
        ("of which one is there twice", (Frame(1, FIRST), Frame(1, FIRST), Frame(2, LAST, final=True))),
        ("of which none is the last", (Frame(1, FIRST), Frame(2, SECOND))),
        ("with one after the last", (Frame(1, FIRST, final=True), Frame(2, LAST, final=True))),
        ("whose last one has another number", (Frame(1, FIRST), Frame(2, SECOND), Frame(4, LAST, final=True))),
        ("whose last one is longer than a frame", (Frame(1, FIRST), Frame(2, SECOND + b"c", final=True))),
        ("whose last one is said to be longer than it is", (Frame(1, LAST, final=True, length=len(LAST) + 1),)),
        ("whose last one is said to be shorter than it is", (Frame(1, LAST, final=True, length=len(LAST) - 1),)),
        ("whose last one has no end", (Frame(1, LAST, final=True, length=0xFFFFFFFF),)),
    ):
        refused(f"a message of frames {title}", bundle(replace(framed, frames=wrong)), "TAMPERED")
    nothing = {"A": entry_of(ARN, RIGHT.write()[: -len(RIGHT.plaintext) - 40])}
    refused("a message without a body", nothing, "TAMPERED")


def single_blocks() -> None:
    """Add single blocks with every wrong length."""
    for suite in (0x0178, 0x0478):
        single = replace(RIGHT, suite=suite, content_type=1, frame_length=0, plaintext=b"of a single block")
        opens(f"suite {suite:04x}: a single block", bundle(single), "of a single block")
        opens(f"suite {suite:04x}: an empty single block", bundle(replace(single, plaintext=b"")), "")
        length = len(single.plaintext)
        for title, said in (
            ("a byte longer than it is", length + 1),
            ("a byte shorter than it is", length - 1),
            ("4 GiB longer than it is", length + 2**32),
            ("2^48 longer than it is", length + 2**48),
            ("as long as there are numbers", 2**64 - 1),
            ("so long that it overflows with its tag", 2**64 - 16),
        ):
            broken = bundle(replace(single, single_length=said))
            refused(f"suite {suite:04x}: a single block said to be {title}", broken, "TAMPERED")


def integer(value: bytes) -> bytes:
    """Write an integer of DER, whatever its bytes."""
    return b"\x02" + bytes([len(value)]) + value


def shortest(value: int) -> bytes:
    """Return the bytes that a positive integer has in DER."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def signatures() -> None:
    """Add signatures that verify where a reader is lenient, spelled in every other way."""

    def pair(first: bytes, second: bytes) -> bytes:
        inner = integer(first) + integer(second)
        return b"\x30" + bytes([len(inner)]) + inner

    def right(first: int, second: int) -> bytes:
        return pair(shortest(first), shortest(second))

    for suite in (0x0378, 0x0578):
        base = replace(RIGHT, suite=suite, plaintext=b"of a signed message")
        known(base)
        spelled = replace(base, sign=right)
        opens(f"suite {suite:04x}: a signature in strict DER", bundle(spelled), "of a signed message", calls=1)
        for title, sign in (
            ("whose first number has a zero too many", lambda r, s: pair(b"\0" + shortest(r), shortest(s))),
            ("whose second number has a zero too many", lambda r, s: pair(shortest(r), b"\0" + shortest(s))),
            (
                "whose first number is negative",
                lambda r, s: pair((r - ORDER_P384).to_bytes(49, "big", signed=True), shortest(s)),
            ),
            ("whose first number is zero", lambda _, s: pair(b"\0", shortest(s))),
            ("whose second number is nothing", lambda r, _: pair(shortest(r), b"")),
            ("with a byte after it", lambda r, s: right(r, s) + b"\0"),
            (
                "with a byte after its numbers",
                lambda r, s: b"\x30" + bytes([len(right(r, s)) - 1]) + right(r, s)[2:] + b"\0",
            ),
            (
                "with a third number",
                lambda r, s: b"\x30" + bytes([len(right(r, s)) + 1]) + right(r, s)[2:] + integer(b"\1"),
            ),
            ("with a long length", lambda r, s: b"\x30\x81" + right(r, s)[1:]),
            ("with a length without an end", lambda r, s: b"\x30\x80" + right(r, s)[2:] + b"\0\0"),
            ("as a set", lambda r, s: b"\x31" + right(r, s)[1:]),
            ("as two numbers of 48 bytes", lambda r, s: r.to_bytes(48, "big") + s.to_bytes(48, "big")),
            ("of no bytes", lambda _r, _s: b""),
        ):
            refused(f"suite {suite:04x}: a signature {title}", bundle(replace(base, sign=sign)), "TAMPERED")
        whole = base.write()
        refused(f"suite {suite:04x}: a byte after the signature", {"A": entry_of(ARN, whole + b"\0")}, "TAMPERED")
