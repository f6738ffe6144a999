"""Files of 2016, in counter mode under a data key: the source `kmsfile`."""

from __future__ import annotations

import base64
from typing import Any

from making.fields import Subject
from making.key import whose_key
from making.kms import answer_of
from making.sealing import BLOCK, FIRST_COUNTER, ctr, some_bytes
from making.table import KEY, b64, blob, case, decrypt, fails, keep, opens, refused

VALUE = "the value of the file,\nof more blocks than one: its counter is a big-endian number.\n"


def sealed(
    label: str,
    value: str | bytes = VALUE,
    *,
    arn: str = KEY,
    data_key: bytes | None = None,
    **told: Any,
) -> dict[str, Any]:
    """Return an entry, and keep its rule: KMS gives `data_key`, or fails with an `error`, and so on."""
    raw = value.encode() if isinstance(value, str) else value
    own = some_bytes(f"kmsfile/{label}", 32)
    key = blob(f"kmsfile/{label}")
    keep(decrypt(arn.split(":")[3], key, {}, **answer_of(own if data_key is None else data_key, arn, **told)))
    return {"source": "kmsfile", "key": b64(key), "contents": b64(ctr(own, raw)), "arn": arn}


def the_source() -> None:
    """Add all."""
    one = Subject("kmsfile: an entry", sealed("one"))
    values()
    counters()
    one.without("key", "contents", "arn")
    one.texts("key", "contents", "arn")
    one.base64("key", blob("kmsfile/one"))
    one.blob("key")
    one.base64("contents", b"1234")
    one.contents("contents")
    one.key_arn("arn")
    order()
    whose_key("kmsfile: a file", sealed, VALUE)
    data_keys()


def values() -> None:
    """Add values of every kind, and such as nobody can tell from right ones."""
    opens("kmsfile: a file", {"A": sealed("one")}, VALUE, calls=1)
    opens("kmsfile: one byte", {"A": sealed("byte", "x")}, "x")
    opens("kmsfile: 65,536 bytes", {"A": sealed("long", "0123456789abcdef" * 4096)}, "0123456789abcdef" * 4096)
    opens("kmsfile: a context is passed over", {"A": sealed("one") | {"context": {"a": 1}}}, VALUE, calls=1)
    binary = bytes(range(256))
    case("kmsfile: bytes that are no UTF-8, as bytes", {"A": sealed("binary", binary)}, "A", {"bytes": b64(binary)})
    fails("kmsfile: bytes that are no UTF-8, as text", {"A": sealed("binary", binary)}, "NOT_TEXT")
    one = sealed("one")
    changed = bytearray(base64.b64decode(one["contents"]))
    changed[0] ^= 1
    opens(
        "kmsfile: a changed bit changes the value, unseen",
        {"A": one | {"contents": b64(bytes(changed))}},
        "u" + VALUE[1:],
    )
    other = one | {"key": sealed("other", "x")["key"]}
    own = some_bytes("kmsfile/other", 32)
    unseen = ctr(own, base64.b64decode(one["contents"]))
    case("kmsfile: the data key of another file, unseen", {"A": other}, "A", {"bytes": b64(unseen), "calls": 1})


def counters() -> None:
    """Add values whose last block tells how the counter counts: 257 blocks are more than its last byte counts to."""
    for count in (1, 2, 3, 255, 256, 257):
        text = "".join(f"block {number:09}\n" for number in range(count))
        opens(f"kmsfile: {count} whole blocks", {"A": sealed(f"{count} blocks", text)}, text)
    opens("kmsfile: a block and a byte", {"A": sealed("block", "0123456789abcdef.")}, "0123456789abcdef.")
    for title, first in (
        ("0", bytes(BLOCK)),
        ("2", (2).to_bytes(BLOCK, "big")),
        ("1, little-endian", FIRST_COUNTER[::-1]),
    ):
        own = some_bytes("kmsfile/one", 32)
        entry = sealed("one") | {"contents": b64(ctr(own, VALUE.encode(), first))}
        unseen = ctr(own, ctr(own, VALUE.encode(), first))
        case(
            f"kmsfile: a first counter block of {title} opens to something else",
            {"A": entry},
            "A",
            {"bytes": b64(unseen)},
        )


def order() -> None:
    """Add entries with two faults: the first field's is told."""
    one = sealed("one")
    unknown = b64(b"\x03" + bytes(100))
    changed = {"key": unknown, "contents": "*", "arn": 7}
    refused("kmsfile: an unknown header before all else", {"A": one | changed}, "UNKNOWN_CIPHERTEXT")
    refused(
        "kmsfile: an unknown header before no ARN", {"A": {"source": "kmsfile", "key": unknown}}, "UNKNOWN_CIPHERTEXT"
    )


def data_keys() -> None:
    """Add data keys of other lengths, and the errors of KMS."""
    for length in (0, 1, 16, 24, 31, 33, 64):
        entry = sealed(f"key/{length}", data_key=some_bytes("long", length))
        fails(f"kmsfile: a data key of {length} bytes", {"A": entry}, "TAMPERED", calls=1)
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("InvalidCiphertextException", "WRONG_CONTEXT"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
    ):
        fails(f"kmsfile: {error}", {"A": sealed(f"error/{error}", error=error)}, code, calls=1)
    fails(
        "kmsfile: an answer without a plaintext", {"A": sealed("nothing", without="Plaintext")}, "UNREACHABLE", calls=5
    )
