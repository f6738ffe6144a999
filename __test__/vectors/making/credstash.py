"""Items of credstash: the source `credstash`."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any

from making.fields import NO_REGIONS, Subject
from making.kms import answer_of
from making.sealing import FIRST_COUNTER, ctr, mac, some_bytes
from making.table import KEY, REGION, b64, blob, case, decrypt, fails, keep, opens, refused

OFFICIAL = Path(__file__).parents[1] / "credstash.json"
VALUE = "the value of the credential, of more blocks than one"
CONTEXT = {"environment": "prod", "team": "shop"}
DIGESTS = ("SHA256", "SHA384", "SHA512", "SHA224", "SHA1", "SHA", "MD5")
VERSION = "0000000000000000001"


def sealed(
    label: str,
    value: str | bytes = VALUE,
    *,
    digest: str = "SHA256",
    context: dict[str, str] | None = None,
    region: str = REGION,
    data_key: bytes | None = None,
    first: bytes = FIRST_COUNTER,
    **told: Any,
) -> dict[str, Any]:
    """Return an entry, and keep its rule: KMS gives `data_key`, or fails with an `error`, and so on."""
    raw = value.encode() if isinstance(value, str) else value
    own = some_bytes(f"credstash/{label}", 64)
    key = blob(f"credstash/{label}")
    keep(decrypt(region, key, context or {}, **answer_of(own if data_key is None else data_key, KEY, **told)))
    contents = ctr(own[:32], raw, first)
    entry: dict[str, Any] = {"source": "credstash", "key": b64(key), "contents": b64(contents)}
    entry |= {"hmac": mac(own[32:], contents, digest), "digest": digest}
    entry |= {} if context is None else {"context": context}
    return entry | {"region": region, "name": "app.credential", "version": VERSION}


def the_source() -> None:
    """Add all."""
    one = Subject("credstash: an entry", sealed("one"))
    official()
    values()
    one.without("key", "contents", "hmac", "digest", "region", "name", "version")
    one.texts("key", "contents", "hmac", "digest", "region", "name", "version")
    one.base64("key", blob("credstash/one"))
    one.blob("key")
    one.base64("contents", b"1234")
    one.contents("contents")
    one.context()
    regions(one)
    contexts()
    digests(one)
    macs(one)
    order(one)
    data_keys()


def official() -> None:
    """Add what credstash itself wrote. Its empty credential has no contents, and so is no entry."""
    for vector in json.loads(OFFICIAL.read_text(encoding="utf-8")):
        item, name = vector["item"], vector["name"]
        key = blob(f"credstash/official/{name}")
        keep(decrypt(REGION, key, {}, **answer_of(bytes.fromhex(vector["kms_plaintext_64_hex"]), KEY)))
        entry = {"source": "credstash", "key": b64(key)} | {part: item[part] for part in ("contents", "hmac", "digest")}
        entry |= {"region": REGION, "name": item["name"], "version": item["version"]}
        if item["contents"]:
            opens(f"credstash: of the reference implementation, {name}", {"A": entry}, vector["plaintext"], calls=1)
        else:
            refused(f"credstash: of the reference implementation, {name}", {"A": entry}, "BUNDLE_INVALID")


def values() -> None:
    """Add values of every kind, from keys of any kind."""
    opens("credstash: a credential", {"A": sealed("one")}, VALUE, calls=1)
    opens("credstash: one byte", {"A": sealed("byte", "x")}, "x")
    opens("credstash: 65,536 bytes", {"A": sealed("long", "0123456789abcdef" * 4096)}, "0123456789abcdef" * 4096)
    for count in (2, 3, 255, 256, 257):
        text = "".join(f"block {number:09}\n" for number in range(count))
        opens(f"credstash: {count} whole blocks", {"A": sealed(f"{count} blocks", text)}, text)
    binary = bytes(range(256))
    case("credstash: bytes that are no UTF-8, as bytes", {"A": sealed("binary", binary)}, "A", {"bytes": b64(binary)})
    fails("credstash: bytes that are no UTF-8, as text", {"A": sealed("binary", binary)}, "NOT_TEXT")
    any_text = {"name": "a/b \u00e4\n\0", "version": "latest"}
    opens("credstash: a name and a version of any kind", {"A": sealed("one") | any_text}, VALUE, calls=1)
    opens("credstash: fields of other sources are passed over", {"A": sealed("one") | {"arn": 7, "keys": None}}, VALUE)
    for title, told in (
        ("another key", {"KeyId": KEY + "9"}),
        ("nobody", {"without": "KeyId"}),
        ("null", {"KeyId": None}),
    ):
        opens(f"credstash: a data key that {title} opened", {"A": sealed(f"by {title}", **told)}, VALUE, calls=1)


def regions(one: Subject) -> None:
    """Add regions, some of them of other partitions, and such as are none."""
    for region in ("us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "moon-north-1"):
        opens(f"credstash: of the region {region}", {"A": sealed(region, region=region)}, VALUE, calls=1)
    for region in filter(None, (*NO_REGIONS, "localhost", "eu-central-1/", "eu--1", "eu-central-\u0661")):
        one.refused(f"whose region is {region!r}", {"region": region})
    far = sealed("one") | {"region": "us-east-1"}
    fails("credstash: the region of another table", {"A": far}, "WRONG_CONTEXT", calls=1)


def contexts() -> None:
    """Add contexts, and entries that have another one than their key."""
    one = sealed("context", context=CONTEXT)
    opens("credstash: a context", {"A": one}, VALUE, calls=1)
    opens("credstash: an empty context is as none", {"A": sealed("one") | {"context": {}}}, VALUE, calls=1)
    opens("credstash: a context of empty texts", {"A": sealed("empty context", context={"": ""})}, VALUE, calls=1)
    names = {"__proto__": "a", "constructor": "b"}
    opens("credstash: a context with names that objects have", {"A": sealed("names", context=names)}, VALUE, calls=1)
    for title, context in (
        ("of another value", CONTEXT | {"environment": "dev"}),
        ("with one pair more", CONTEXT | {"more": "a"}),
        ("that is empty", {}),
    ):
        fails(f"credstash: a context {title}", {"A": one | {"context": context}}, "WRONG_CONTEXT", calls=1)
    bare = {name: value for name, value in one.items() if name != "context"}
    fails("credstash: no context where there is one", {"A": bare}, "WRONG_CONTEXT", calls=1)


def digests(one: Subject) -> None:
    """Add each digest, and names that are none."""
    for digest in DIGESTS:
        entry = sealed(f"digest {digest}", digest=digest)
        opens(f"credstash: the digest {digest}", {"A": entry}, VALUE, calls=1)
        changed = entry | {"hmac": entry["hmac"][:-1] + ("0" if entry["hmac"][-1] != "0" else "1")}
        fails(f"credstash: another HMAC of the digest {digest}", {"A": changed}, "TAMPERED", calls=1)
        refused(
            f"credstash: half an HMAC of the digest {digest}",
            {"A": entry | {"hmac": entry["hmac"][::2]}},
            "BUNDLE_INVALID",
        )
    for digest in (
        "sha256",
        "SHA-256",
        "SHA2",
        "SHA3_256",
        "SHA512/256",
        "MD4",
        "SHA256 ",
        " SHA256",
        "SHA256\n",
        "HMAC",
        "__proto__",
    ):
        one.refused(f"whose digest is {digest!r}", {"digest": digest}, "UNKNOWN_CIPHERTEXT")
    for digest in ("SHA384", "SHA512", "SHA224", "SHA1", "MD5"):
        one.refused(f"with an HMAC of SHA256 and the digest {digest}", {"digest": digest})
    opens(
        "credstash: an HMAC of SHA and the digest SHA1", {"A": sealed("sha", digest="SHA") | {"digest": "SHA1"}}, VALUE
    )


def macs(one: Subject) -> None:
    """Add HMACs that are none, of something else, or under another key."""
    right = one.right["hmac"]
    assert right != right.upper()
    for title, text in (
        ("upper case", right.upper()),
        ("short of a digit", right[:-1]),
        ("short of a byte", right[:-2]),
        ("longer by a byte", right + "00"),
        ("twice as long", right * 2),
        ("with a space before it", " " + right[1:]),
        ("with a line end after it", right[:-1] + "\n"),
        ("with 0x before it", "0x" + right[2:]),
        ("with a letter that is none of hexadecimal", right[:-1] + "g"),
        ("in other digits", "\u0661" + right[1:]),
        ("of letters of two bytes", "\u00e4" * 32),
        ("base64", b64(bytes.fromhex(right))),
    ):
        one.refused(f"with an HMAC that is {title}", {"hmac": text})
    own, contents = some_bytes("credstash/one", 64), base64.b64decode(one.right["contents"])
    for title, text in (
        ("of zeros", "0" * 64),
        ("of the plaintext", mac(own[32:], VALUE.encode(), "SHA256")),
        ("under the key of the encryption", mac(own[:32], contents, "SHA256")),
        ("under all of the data key", mac(own, contents, "SHA256")),
        ("of the base64", mac(own[32:], b64(contents).encode(), "SHA256")),
        ("of another digest of that length", hmac.new(own[32:], contents, "sha3_256").hexdigest()),
        ("of another credential", sealed("other")["hmac"]),
    ):
        fails(f"credstash: an HMAC {title}", {"A": one.right | {"hmac": text}}, "TAMPERED", calls=1)
    changes = {
        "a changed bit": bytes([contents[0] ^ 1]) + contents[1:],
        "a byte less": contents[:-1],
        "a byte more": contents + b"\0",
    }
    for title, raw in changes.items():
        fails(f"credstash: contents with {title}", {"A": one.right | {"contents": b64(raw)}}, "TAMPERED", calls=1)
    other = sealed("other", "another value")
    for part in ("key", "contents"):
        fails(
            f"credstash: the {part} of another credential", {"A": one.right | {part: other[part]}}, "TAMPERED", calls=1
        )
    little = {"A": sealed("little", first=FIRST_COUNTER[::-1])}
    own = some_bytes("credstash/little", 64)
    unseen = ctr(own[:32], base64.b64decode(little["A"]["contents"]))
    case(
        "credstash: a first counter block in little-endian opens to something else", little, "A", {"bytes": b64(unseen)}
    )


def order(one: Subject) -> None:
    """Add entries with two faults: the first field's is told, and what is between fields last."""
    unknown = b64(b"\x03" + bytes(100))
    one.refused(
        "with an unknown header before all else", {"key": unknown, "contents": 7, "hmac": 7}, "UNKNOWN_CIPHERTEXT"
    )
    one.refused(
        "with an unknown digest before a bad context",
        {"digest": "SHA3", "context": 7, "region": 7},
        "UNKNOWN_CIPHERTEXT",
    )
    one.refused("with a bad HMAC before an unknown digest", {"hmac": "*", "digest": "SHA3"})
    one.refused(
        "with an unknown digest before an HMAC of no length", {"hmac": "00", "digest": "SHA3"}, "UNKNOWN_CIPHERTEXT"
    )


def data_keys() -> None:
    """Add data keys of other lengths, and the errors of KMS."""
    for length in (0, 32, 63, 65, 96, 128):
        entry = sealed(f"key/{length}", data_key=some_bytes("long", length))
        fails(f"credstash: a data key of {length} bytes", {"A": entry}, "TAMPERED", calls=1)
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("InvalidCiphertextException", "WRONG_CONTEXT"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
    ):
        fails(f"credstash: {error}", {"A": sealed(f"error/{error}", error=error)}, code, calls=1)
    fails(
        "credstash: an answer without a plaintext",
        {"A": sealed("nothing", without="Plaintext")},
        "UNREACHABLE",
        calls=5,
    )
