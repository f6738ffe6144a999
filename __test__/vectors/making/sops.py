"""Values of SOPS files: the source `sops`."""

from __future__ import annotations

import base64
from typing import Any

from making.contract import limit
from making.fields import Subject
from making.key import whose_key
from making.kms import answer_of
from making.sealing import gcm, some_bytes
from making.sops_keys import key_order
from making.table import KEY, REGION, b64, blob, case, decrypt, fails, keep, opens, refused

VALUE = "the value of the file"
AAD = "db:password:"
TYPES = ("str", "int", "float", "bool", "bytes", "time")


def value_of(label: str, value: str | bytes = VALUE, *, iv: bytes | None = None, aad: str = AAD) -> dict[str, Any]:
    """Return value, IV, tag and additional data, under the data key of the label."""
    raw = value.encode() if isinstance(value, str) else value
    iv = some_bytes(f"sops/iv/{label}", 32) if iv is None else iv
    contents, tag = gcm(data_key_of(label), iv, raw, aad.encode())
    return {"value": b64(contents), "iv": b64(iv), "tag": b64(tag), "aad": aad}


def data_key_of(label: str) -> bytes:
    """Return the data key of a file."""
    return some_bytes(f"sops/{label}", 32)


def key_of(
    label: str, *, arn: str = KEY, context: dict[str, str] | None = None, data_key: bytes | None = None, **told: Any
) -> dict[str, Any]:
    """Return one of the file's keys, and keep its rule: KMS gives `data_key`, or fails with an `error`, and so on."""
    ciphertext = blob(f"sops/{label}/{arn}")
    answer = answer_of(data_key_of(label) if data_key is None else data_key, arn, **told)
    keep(decrypt(arn.split(":")[3], ciphertext, context or {}, **answer))
    key: dict[str, Any] = {"arn": arn, "ciphertext": b64(ciphertext)}
    return key if context is None else key | {"context": context}


def sealed(label: str, value: str | bytes = VALUE, *, kind: str = "str", **more: Any) -> dict[str, Any]:
    """Return an entry with one key; `iv` and `aad` are the value's, all else is the key's."""
    of_value = {name: more.pop(name) for name in ("iv", "aad") if name in more}
    keys = [key_of(label, **more)]
    return {"source": "sops", **value_of(label, value, **of_value), "type": kind, "keys": keys}


def the_source() -> None:
    """Add all."""
    one = Subject("sops: an entry", sealed("one"))
    values()
    types(one)
    ivs(one)
    changes()
    one.without("value", "iv", "tag", "aad", "type", "keys")
    one.texts("value", "iv", "tag", "type")
    for title, aad in (("null", None), ("a number", 7), ("true", True), ("a list", ["db"]), ("an object", {})):
        one.refused(f"whose aad is {title}", {"aad": aad})
    for field in ("value", "iv"):
        one.base64(field, b"1234")
    one.base64("tag", bytes(16))
    one.contents("value")
    order(one)
    keys(one)
    whose_key("sops: a value", sealed, VALUE)
    data_keys()
    key_order(VALUE, value_of("order"), lambda **told: key_of("order", **told))


def values() -> None:
    """Add values of every kind."""
    opens("sops: a value", {"A": sealed("one")}, VALUE, calls=1)
    opens("sops: one byte", {"A": sealed("byte", "x")}, "x")
    opens("sops: 65,536 bytes", {"A": sealed("long", "0123456789abcdef" * 4096)}, "0123456789abcdef" * 4096)
    opens("sops: a value of lines", {"A": sealed("lines", "a: 1\r\nb: \u00e4\n")}, "a: 1\r\nb: \u00e4\n")
    opens("sops: whole blocks", {"A": sealed("blocks", "0123456789abcdef" * 3)}, "0123456789abcdef" * 3)
    binary = bytes(range(256))
    entry = sealed("binary", binary, kind="bytes", aad="data:")
    case("sops: bytes that are no UTF-8, as bytes", {"A": entry}, "A", {"bytes": b64(binary)})
    fails("sops: bytes that are no UTF-8, as text", {"A": entry}, "NOT_TEXT")
    for title, aad in (
        ("that is empty", ""),
        ("of a dotenv file", "DB_PASSWORD:"),
        ("of a deep path", "a:b:c:d:e:f:"),
        ("with letters that are not ASCII", "\u00e4:\U0001f511:"),
        ("with line ends", "a\r\nb:"),
        ("of 4,096 bytes", "a:" * 2048),
    ):
        opens(f"sops: additional data {title}", {"A": sealed(f"aad {title}", aad=aad)}, VALUE)
    opens("sops: fields of other sources are passed over", {"A": sealed("one") | {"key": 7, "arn": None}}, VALUE)


def types(one: Subject) -> None:
    """Add each type, and names that are none."""
    for kind in TYPES:
        opens(f"sops: the type {kind}", {"A": sealed(f"type {kind}", kind=kind)}, VALUE)
    for kind, text, told in (
        ("bool", "True", "true"),
        ("bool", "False", "false"),
        ("bool", "true", "true"),
        ("bool", "TRUE", "TRUE"),
        ("bool", "True ", "True "),
        ("bool", "1", "1"),
        ("str", "True", "True"),
        ("str", "False", "False"),
        ("int", "-0042", "-0042"),
        ("int", "123456789012345678901234567890", "123456789012345678901234567890"),
        ("float", "1.50", "1.50"),
        ("float", "1e+06", "1e+06"),
        ("time", "2026-11-26T05:00:00Z", "2026-11-26T05:00:00Z"),
        ("bytes", "c2VjcmV0", "c2VjcmV0"),
    ):
        opens(f"sops: {text!r} of the type {kind}", {"A": sealed(f"{kind} {text}", text, kind=kind)}, told)
    true = sealed("true as bytes", "True", kind="bool")
    case("sops: 'True' of the type bool, as bytes", {"A": true}, "A", {"bytes": b64(b"true")})
    for kind in ("comment", "Str", "STR", "string", "boolean", "integer", " str", "str\n", "null", "__proto__"):
        one.refused(f"whose type is {kind!r}", {"type": kind})


def ivs(one: Subject) -> None:
    """Add IVs of every length that is read, and of others."""
    longest = limit("ivBytes")
    read = (1, 7, 8, 11, 12, 13, 15, 16, 17, 31, 32, 33, 64, longest - 1, longest)
    for length in read:
        entry = sealed(f"iv {length}", iv=some_bytes("iv", length))
        opens(f"sops: an IV of {length} bytes", {"A": entry}, VALUE, calls=1)
    zeros = sealed("zeros", iv=bytes(12))
    opens("sops: an IV of 12 zero bytes", {"A": zeros}, VALUE)
    fails("sops: an IV of 12 zero bytes instead of 16", {"A": zeros | {"iv": b64(bytes(16))}}, "TAMPERED", calls=1)
    for length in (longest + 1, 1024):
        one.refused(f"with an IV of {length} bytes", {"iv": b64(bytes(length))})
    for length in (1, 12, 15, 17, 32):
        one.refused(f"with a tag of {length} bytes", {"tag": b64(bytes(length))})


def changes() -> None:
    """Add values of which one part is another's, or changed."""
    one, two = sealed("one"), sealed("two")
    raw = {name: base64.b64decode(one[name]) for name in ("value", "iv", "tag")}
    for name, bits in raw.items():
        for what, changed in (
            ("first", bytes([bits[0] ^ 1]) + bits[1:]),
            ("last", bits[:-1] + bytes([bits[-1] ^ 0x80])),
        ):
            entry = {"A": one | {name: b64(changed)}}
            fails(f"sops: a bit of the {what} byte of the {name}", entry, "TAMPERED", calls=1)
        fails(f"sops: the {name} of another value", {"A": one | {name: two[name]}}, "TAMPERED", calls=1)
    for name in ("value", "iv"):
        for what, changed in (("a byte less", raw[name][:-1]), ("a byte more", raw[name] + b"\0")):
            fails(f"sops: {what} of the {name}", {"A": one | {name: b64(changed)}}, "TAMPERED", calls=1)
    fails("sops: a tag of zeros", {"A": one | {"tag": b64(bytes(16))}}, "TAMPERED", calls=1)
    for title, aad in (
        ("empty", ""),
        ("of another path", "db:user:"),
        ("without its last colon", AAD[:-1]),
        ("in other letters", AAD.upper()),
        ("with points", "db.password."),
        ("with a line end after it", AAD + "\n"),
    ):
        fails(f"sops: additional data that are {title}", {"A": one | {"aad": aad}}, "TAMPERED", calls=1)
    fails("sops: no additional data at all", {"A": sealed("bare", aad="") | {"aad": AAD}}, "TAMPERED", calls=1)
    opens("sops: another type than the value's", {"A": one | {"type": "int"}}, VALUE)


def order(one: Subject) -> None:
    """Add entries with two faults: the first field's is told."""
    unknown = {"arn": KEY, "ciphertext": b64(b"\x03" + bytes(100))}
    one.refused("with no type before an unknown header", {"type": "comment", "keys": [unknown]})
    one.refused("with an unknown header before no key", {"keys": [unknown, 7]}, "UNKNOWN_CIPHERTEXT")
    one.refused("with no key before an unknown header", {"keys": [{"arn": KEY}, unknown]})
    one.refused("with no key's ARN before an unknown header", {"keys": [unknown | {"arn": "key/1"}]})
    one.refused(
        "with an unknown header before a bad context", {"keys": [unknown | {"context": 7}]}, "UNKNOWN_CIPHERTEXT"
    )


def keys(one: Subject) -> None:
    """Add lists of keys that are none, and keys that are none."""
    right = one.right["keys"][0]
    for title, value in (
        ("null", None),
        ("a text", right["arn"]),
        ("an object", right),
        ("an object with numbers", {"0": right, "length": 1}),
        ("a number", 1),
        ("true", True),
        ("an empty list", []),
        ("a list of a list", [[right]]),
        ("a list of null", [None]),
        ("a list of texts", [right["arn"]]),
        ("a list with a number behind a right one", [right, 7]),
        ("17 right ones", [right] * 17),
    ):
        one.refused(f"whose keys are {title}", {"keys": value})
    opens("sops: 16 keys", {"A": one.right | {"keys": [right] * 16}}, VALUE, calls=1)
    opens("sops: a key with a field that is not known", {"A": one.right | {"keys": [right | {"role": 7}]}}, VALUE)
    only = Subject("sops: the only key", right, lambda changed: one.right | {"keys": [changed]})
    second = Subject("sops: the second of two keys", right, lambda changed: one.right | {"keys": [right, changed]})
    for key in (only, second):
        key.without("arn", "ciphertext")
        key.texts("arn", "ciphertext")
        key.blob("ciphertext")
        key.context()
    only.base64("ciphertext", blob("sops/one"))
    only.key_arn("arn")
    last = Subject("sops: the last of 16 keys", right, lambda changed: one.right | {"keys": [right] * 15 + [changed]})
    last.refused(
        "whose ciphertext is of no known kind", {"ciphertext": b64(b"\x03" + bytes(100))}, "UNKNOWN_CIPHERTEXT"
    )
    last.refused("whose arn is none", {"arn": "key/1"})


def data_keys() -> None:
    """Add contexts, data keys of other lengths, and the errors of KMS where there is one key."""
    context = {"app": "shop", "": ""}
    entry = sealed("context", context=context)
    opens("sops: a context", {"A": entry}, VALUE, calls=1)
    empty = sealed("one")
    opens(
        "sops: an empty context is as none",
        {"A": empty | {"keys": [empty["keys"][0] | {"context": {}}]}},
        VALUE,
        calls=1,
    )
    for title, other in (("of another value", context | {"app": "x"}), ("that is empty", {})):
        changed = entry | {"keys": [entry["keys"][0] | {"context": other}]}
        fails(f"sops: a context {title}", {"A": changed}, "WRONG_CONTEXT", calls=1)
    for length in (0, 16, 24, 31, 33, 64):
        wrong = sealed(f"key/{length}", data_key=some_bytes("long", length))
        fails(f"sops: a data key of {length} bytes", {"A": wrong}, "TAMPERED", calls=1)
    other = sealed("other data key", data_key=some_bytes("other", 32))
    fails("sops: the data key of another file", {"A": other}, "TAMPERED", calls=1)
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("InvalidCiphertextException", "WRONG_CONTEXT"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
        ("StrangeException", "SERVICE_ERROR"),
    ):
        fails(f"sops: {error}", {"A": sealed(f"error/{error}", error=error)}, code, calls=1)
    fails("sops: an answer without a plaintext", {"A": sealed("nothing", without="Plaintext")}, "UNREACHABLE", calls=5)
    far = sealed("far", arn=KEY.replace(REGION, "us-west-2"))
    opens("sops: the only key lies in another region", {"A": far}, VALUE, calls=1)
    refused("sops: a value alone", {"A": {"source": "sops"} | value_of("one")}, "BUNDLE_INVALID")
