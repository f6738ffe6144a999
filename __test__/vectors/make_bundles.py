"""Makes `bundles.json`: bundles, what a KMS answers to them, and what must happen to each secret.

    .venv/bin/python __test__/vectors/make_bundles.py

The Encryption SDK messages are those of `encryption-sdk.json` (made with the official library) and damaged copies of
them; the few that no official library would write are put together here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HERE = Path(__file__).parent
REGION = "eu-central-1"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
SIGNED_FIELD = "aws-crypto-public-key"

kms: list[dict[str, Any]] = []
cases: list[dict[str, Any]] = []


def b64(data: bytes) -> str:
    """Encode as the bundle does."""
    return base64.b64encode(data).decode()


def arn_of(path: str, region: str = REGION) -> str:
    """Return the ARN of a parameter, as Parameter Store writes it."""
    return f"arn:aws:ssm:{region}:123456789012:parameter{path if path.startswith('/') else '/' + path}"


def blob(path: str) -> bytes:
    """Return something with the header of a KMS blob, always the same for one parameter."""
    return bytes.fromhex("0102") + hashlib.sha512(path.encode()).digest() * 2


def standard(
    path: str, plaintext: bytes | str = b"", *, region: str = REGION, error: str | None = None
) -> dict[str, Any]:
    """Keep a parameter of the standard tier in the KMS; return its entry."""
    arn = arn_of(path, region)
    raw = plaintext.encode() if isinstance(plaintext, str) else plaintext
    rule: dict[str, Any] = {"region": region, "ciphertext": b64(blob(arn)), "context": {"PARAMETER_ARN": arn}}
    rule.update({"error": error} if error else {"plaintext": b64(raw), "keyId": KEY})
    kms.append(rule)
    return {"ciphertext": b64(blob(arn)), "arn": arn, "version": 1}


def case(
    title: str, file: object, secret: str, expect: dict[str, str], own: list[dict[str, Any]] | None = None
) -> None:
    """Add one: `file` is the bundle as text, bytes or a value to write as JSON; `own` rules come before all others."""
    if isinstance(file, bytes):
        content = {"fileBase64": b64(file)}
    else:
        content = {
            "file": file if isinstance(file, str) else json.dumps(file, separators=(",", ":"), ensure_ascii=False)
        }
    rules = {"kms": own} if own else {}
    cases.append({"title": title, **content, "secret": secret, **rules, "expect": expect})


def fails(title: str, file: object, code: str, secret: str = "A", own: list[dict[str, Any]] | None = None) -> None:
    """Add one that must not open."""
    case(title, file, secret, {"fails": f"SECRET_BAKER_{code}"}, own)


def opens(title: str, file: object, text: str, secret: str = "A", own: list[dict[str, Any]] | None = None) -> None:
    """Add one that opens to a text."""
    case(title, file, secret, {"text": text}, own)


def standard_tier() -> None:
    """Add blobs of KMS."""
    one = standard("/a/one", "first value")
    two = standard("/a/two", "second value")
    opens("standard tier", {"A": one}, "first value")
    opens("the second of two", {"A": one, "B": two}, "second value", "B")
    opens("of 2.1.0, without a version", {"A": {k: one[k] for k in ("ciphertext", "arn")}}, "first value")
    opens("a field that is not known", {"A": one | {"note": "of a later version"}}, "first value")
    opens("UTF-8 of two, three and four bytes", {"A": standard("/a/utf8", "ä€\U0001f511 ende")}, "ä€\U0001f511 ende")
    opens("white space and line ends are kept", {"A": standard("/a/space", " a\r\n b\t\n")}, " a\r\n b\t\n")
    opens("a NUL inside", {"A": standard("/a/nul", "a\0b")}, "a\0b")
    opens("4096 bytes", {"A": standard("/a/long", "x" * 4096)}, "x" * 4096)
    opens("a parameter of another region", {"A": standard("/a/far", "far", region="us-west-2")}, "far")
    opens("a byte order mark before the bundle", ("\ufeff" + json.dumps({"A": one})).encode(), "first value")
    opens("a name that objects have", {"__proto__": one, "constructor": two}, "first value", "__proto__")
    opens("a name with quotes, a line end and an emoji", {'a"\\\n\U0001f511': one}, "first value", 'a"\\\n\U0001f511')
    old = blob("old")
    old = bytes.fromhex("0a20") + old[2:]
    arn = arn_of("/a/old")
    kms.append(
        {
            "region": REGION,
            "ciphertext": b64(old),
            "context": {"PARAMETER_ARN": arn},
            "plaintext": b64(b"of 2015"),
            "keyId": KEY,
        }
    )
    opens("a blob as written in 2015", {"A": {"ciphertext": b64(old), "arn": arn, "version": 1}}, "of 2015")
    binary = bytes([0xFF, 0xFE, 0x00, 0x80])
    entry = standard("/a/binary", binary)
    case("bytes that are no UTF-8, as bytes", {"A": entry}, "A", {"bytes": b64(binary)})
    fails("bytes that are no UTF-8, as text", {"A": entry}, "NOT_TEXT")
    fails("the ciphertext of another parameter", {"A": one | {"ciphertext": two["ciphertext"]}}, "WRONG_CONTEXT")
    fails("the ARN of another parameter", {"A": one | {"arn": two["arn"]}}, "WRONG_CONTEXT")
    fails("the ARN in other letters", {"A": one | {"arn": one["arn"].replace("one", "One")}}, "WRONG_CONTEXT")
    fails(
        "the right parameter in another region",
        {"A": one | {"arn": one["arn"].replace(REGION, "us-east-1")}},
        "WRONG_CONTEXT",
    )
    damaged = bytearray(base64.b64decode(one["ciphertext"]))
    damaged[40] ^= 1
    fails("a blob with one other bit", {"A": one | {"ciphertext": b64(bytes(damaged))}}, "WRONG_CONTEXT")
    fails("a permission that is missing", {"A": standard("/a/denied", error="AccessDeniedException")}, "ACCESS_DENIED")
    for error in ("DisabledException", "NotFoundException", "KMSInvalidStateException", "IncorrectKeyException"):
        fails(f"a key that answers {error}", {"A": standard(f"/a/{error}", error=error)}, "KEY_UNUSABLE")
    fails("credentials that have expired", {"A": standard("/a/expired", error="ExpiredTokenException")}, "CREDENTIALS")
    fails(
        "credentials that nobody knows",
        {"A": standard("/a/nobody", error="UnrecognizedClientException")},
        "CREDENTIALS",
    )
    fails("an error that nobody knows", {"A": standard("/a/strange", error="StrangeException")}, "SERVICE_ERROR")


def the_file() -> None:
    """Add what can be wrong with the file and with an entry."""
    one = standard("/f/one", "value")
    whole = json.dumps({"A": one})
    fails("a name that is not there", {"A": one}, "NOT_IN_BUNDLE", "B")
    fails("a name that objects have, not there", {"A": one}, "NOT_IN_BUNDLE", "constructor")
    fails("a name that objects have, not there either", {"A": one}, "NOT_IN_BUNDLE", "__proto__")
    fails("an empty bundle", {}, "NOT_IN_BUNDLE")
    fails("another case of the name", {"Name": one}, "NOT_IN_BUNDLE", "name")
    fails("truncated", whole[: len(whole) // 2], "BUNDLE_INVALID")
    fails("empty", "", "BUNDLE_INVALID")
    fails("not JSON", "SECRET=1\n", "BUNDLE_INVALID")
    fails("JSON and something after it", whole + "x", "BUNDLE_INVALID")
    fails("not UTF-8", b'{"A\xff":1}', "BUNDLE_INVALID")
    for title, value in (("a list", [one]), ("a string", "A"), ("null", None), ("a number", 5)):
        fails(f"{title} instead of an object", value if title != "a string" else '"A"', "BUNDLE_INVALID")
        fails(f"{title} instead of an entry", {"A": value}, "BUNDLE_INVALID")
    for field in ("ciphertext", "arn"):
        fails(f"an entry without its {field}", {"A": {k: v for k, v in one.items() if k != field}}, "BUNDLE_INVALID")
        fails(f"an entry whose {field} is a number", {"A": one | {field: 7}}, "BUNDLE_INVALID")
        fails(f"an entry whose {field} is empty", {"A": one | {field: ""}}, "BUNDLE_INVALID")
    fails("an ARN that is none", {"A": one | {"arn": "/f/one"}}, "BUNDLE_INVALID")
    fails("an ARN of another service", {"A": one | {"arn": KEY}}, "BUNDLE_INVALID")
    fails("an ARN without a region", {"A": one | {"arn": one["arn"].replace(REGION, "")}}, "BUNDLE_INVALID")
    fails(
        "an ARN whose region is a host",
        {"A": one | {"arn": one["arn"].replace(REGION, "evil.example/")}},
        "BUNDLE_INVALID",
    )
    fails(
        "a ciphertext that is not base64",
        {"A": one | {"ciphertext": "AQIC*" + one["ciphertext"][5:]}},
        "BUNDLE_INVALID",
    )
    fails("a ciphertext in base64url", {"A": one | {"ciphertext": "AQIC-_" + one["ciphertext"][6:]}}, "BUNDLE_INVALID")
    fails("an unknown source", {"A": one | {"source": "vault"}}, "UNKNOWN_SOURCE")
    fails("an unknown source without a ciphertext", {"A": {"source": "vault", "path": "x"}}, "UNKNOWN_SOURCE")
    fails("a source that is no string", {"A": one | {"source": None}}, "UNKNOWN_SOURCE")
    for title, raw in (
        ("plaintext in base64", b"hello world"),
        ("what an emulator returns", b"kms:alias/aws/ssm:hello"),
        ("one byte", b"\x01"),
        ("an Encryption SDK version that is not known", b"\x03\x05\x78" + bytes(100)),
    ):
        fails(f"a ciphertext that is {title}", {"A": one | {"ciphertext": b64(raw)}}, "UNKNOWN_CIPHERTEXT")


def message(
    context: dict[str, str],
    plaintext: bytes,
    *,
    keys: int = 1,
    provider: bytes = b"aws-kms",
    suite: int = 0x0178,
    data_key: bytes | None = None,
) -> bytes:
    """Put together a message of suite 0178, or of one that is not known, in the published format."""
    data_key = data_key or DATA_KEY
    pairs = b"".join(
        len(k).to_bytes(2, "big") + k + len(v).to_bytes(2, "big") + v
        for k, v in sorted((k.encode(), v.encode()) for k, v in context.items())
    )
    aad = len(context).to_bytes(2, "big") + pairs if context else b""
    edk = b"".join(len(x).to_bytes(2, "big") + x for x in (provider, KEY.encode(), EDK))
    message_id = hashlib.sha256(json.dumps([context, b64(plaintext), keys]).encode()).digest()[:16]
    body = b"".join(
        (
            b"\x01\x80",
            suite.to_bytes(2, "big"),
            message_id,
            len(aad).to_bytes(2, "big"),
            aad,
            keys.to_bytes(2, "big"),
            edk * keys,
            b"\x02",
            bytes(4),
            b"\x0c",
            (4096).to_bytes(4, "big"),
        )
    )
    data_key = HKDF(hashes.SHA256(), 32, bytes(32), suite.to_bytes(2, "big") + message_id).derive(data_key)
    gcm = AESGCM(data_key)
    auth = bytes(12) + gcm.encrypt(bytes(12), b"", body)
    return body + auth + final_frame(gcm, message_id, plaintext)


def final_frame(gcm: AESGCM, message_id: bytes, plaintext: bytes) -> bytes:
    """Return the only frame of a body."""
    iv = bytes(11) + b"\x01"
    length = len(plaintext)
    aad = message_id + b"AWSKMSEncryptionClient Final Frame" + (1).to_bytes(4, "big") + length.to_bytes(8, "big")
    return (
        b"\xff\xff\xff\xff" + (1).to_bytes(4, "big") + iv + length.to_bytes(4, "big") + gcm.encrypt(iv, plaintext, aad)
    )


def committing(context: dict[str, str], plaintext: bytes, commitment: bytes | None = None) -> bytes:
    """Put together a message of suite 0478, all of it authentic, committed to its key or to something else."""
    (pair,) = context.items()
    aad = b"\x00\x01" + b"".join(len(x.encode()).to_bytes(2, "big") + x.encode() for x in pair)
    edk = b"".join(len(x).to_bytes(2, "big") + x for x in (b"aws-kms", KEY.encode(), EDK))
    message_id = hashlib.sha256(plaintext + (commitment or b"")).digest()

    def derived(info: bytes) -> bytes:
        return HKDF(hashes.SHA512(), 32, message_id, info).derive(DATA_KEY)

    start = b"\x02\x04\x78" + message_id + len(aad).to_bytes(2, "big") + aad + b"\x00\x01" + edk
    body = start + b"\x02" + (4096).to_bytes(4, "big") + (commitment or derived(b"COMMITKEY"))
    gcm = AESGCM(derived(b"\x04\x78DERIVEKEY"))
    return body + gcm.encrypt(bytes(12), b"", body) + final_frame(gcm, message_id, plaintext)


DATA_KEY = bytes(range(32))
EDK = blob("data key")


def official(vector: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the entry of an official message, and the rules that it needs before those of all.

    They share one placeholder of a data key: where another suite's has the same context and another length, the rule
    is the case's own.
    """
    context = vector["encryption_context"]
    arn = context["PARAMETER_ARN"]
    rule = {
        "region": arn.split(":")[3],
        "ciphertext": vector["encrypted_data_key_b64"],
        "context": context,
        "plaintext": vector["plaintext_data_key_b64"],
        "keyId": vector["kms_key_arn"],
    }
    asked = ("region", "ciphertext", "context")
    taken = next((other for other in kms if all(other[key] == rule[key] for key in asked)), None)
    if taken is None:
        kms.append(rule)
    entry = {"ciphertext": vector["message_b64"], "arn": arn, "version": 1}
    return entry, [rule] if taken is not None and taken != rule else []


def header_length(raw: bytes) -> int:
    """Return the length of a message's header, without its authentication."""
    first = raw[0]
    at = 20 if first == 1 else 35
    at += 2 + int.from_bytes(raw[at : at + 2], "big")
    count = int.from_bytes(raw[at : at + 2], "big")
    at += 2
    for _ in range(count * 3):
        at += 2 + int.from_bytes(raw[at : at + 2], "big")
    return at + (1 + 4 + 1 + 4 if first == 1 else 1 + 4 + 32)


def advanced_tier() -> None:
    """Add messages of the Encryption SDK."""
    vectors = json.loads((HERE / "encryption-sdk.json").read_text())
    for vector in vectors:
        frame = vector["name"].split("/")[-1]
        title = f"advanced tier, suite {vector['algorithm_id']}, {frame}, {len(vector['plaintext'])} bytes"
        entry, own = official(vector)
        opens(title, {"A": entry}, vector["plaintext"], own=own)

    for suite in ("0378", "0578", "0478", "0178", "0014"):
        vector = next(v for v in vectors if v["algorithm_id"] == suite and v["name"].endswith("=128"))
        entry, own = official(vector)
        raw = base64.b64decode(vector["message_b64"])
        header = header_length(raw)
        auth = 28 if raw[0] == 1 else 16
        signed = SIGNED_FIELD in vector["encryption_context"]

        def flipped(at: int, raw: bytes = raw) -> bytes:
            changed = bytearray(raw)
            changed[at] ^= 1
            return bytes(changed)

        def with_raw(raw: bytes, entry: dict[str, Any] = entry) -> dict[str, Any]:
            return {"A": entry | {"ciphertext": b64(raw)}}

        damaged = {
            "a bit of the message's id": flipped(10),
            "a bit of the header's tag": flipped(header + auth - 1),
            "a bit of the frame length": flipped(header - 1 - (32 if raw[0] == 2 else 0)),
            "a bit of the first frame": flipped(header + auth + 4 + 12 + 3),
            "a bit of the first frame's tag": flipped(header + auth + 4 + 12 + 128),
            "another number of the first frame": flipped(header + auth + 3),
            "the last byte cut off": raw[:-1],
            "half of it cut off": raw[: len(raw) // 2],
            "cut within the header": raw[: header - 3],
            "a byte after the end": raw + b"\0",
        }
        if raw[0] == 2:
            damaged["a bit of the commitment"] = flipped(header - 1)
        if signed:
            damaged["a bit of the signature"] = flipped(len(raw) - 1)
            start = next(
                at
                for at in range(len(raw) - 110, len(raw) - 95)
                if int.from_bytes(raw[at : at + 2], "big") == len(raw) - at - 2
            )
            damaged["the signature cut off"] = raw[:start]
        for what, changed in damaged.items():
            fails(f"suite {suite}: {what}", with_raw(changed), "TAMPERED", own=own)
        other = entry | {"arn": entry["arn"] + "2"}
        fails(f"suite {suite}: the ARN of another parameter", {"A": other}, "WRONG_CONTEXT")

    arn = arn_of("/m/one")
    entry = {"arn": arn, "version": 1}

    def keep(context: dict[str, str]) -> None:
        kms.append(
            {"region": REGION, "ciphertext": b64(EDK), "context": context, "plaintext": b64(DATA_KEY), "keyId": KEY}
        )

    context = {"PARAMETER_ARN": arn}
    keep(context)
    opens(
        "a message put together here",
        {"A": entry | {"ciphertext": b64(message(context, b"put together"))}},
        "put together",
    )
    whole = committing(context, b"committed")
    opens("a message put together here that commits to its key", {"A": entry | {"ciphertext": b64(whole)}}, "committed")
    for title, commitment in (("nothing", bytes(32)), ("another key", hashlib.sha256(b"another").digest())):
        other = committing(context, b"committed", commitment)
        fails(f"an authentic message that commits to {title}", {"A": entry | {"ciphertext": b64(other)}}, "TAMPERED")
    for length in (16, 24, 33):
        short = bytes(range(length))
        rule = {
            "region": REGION,
            "ciphertext": b64(EDK),
            "context": context,
            "plaintext": b64(short),
            "keyId": KEY,
        }
        authentic = message(context, b"short", data_key=short)
        title = f"an authentic message of suite 0178 under a data key of {length} bytes"
        fails(title, {"A": entry | {"ciphertext": b64(authentic)}}, "TAMPERED", own=[rule])
    more = {"PARAMETER_ARN": arn, "Zone": "ä"}
    keep(more)
    opens("a message with one more pair", {"A": entry | {"ciphertext": b64(message(more, b"more"))}}, "more")
    opens("a message with two data keys", {"A": entry | {"ciphertext": b64(message(context, b"two", keys=2))}}, "two")
    keep({})
    fails("a message without a context", {"A": entry | {"ciphertext": b64(message({}, b"none"))}}, "WRONG_CONTEXT")
    wrong = {"PARAMETER_ARN": arn_of("/m/two")}
    keep(wrong)
    fails(
        "a message of another parameter, whole",
        {"A": entry | {"ciphertext": b64(message(wrong, b"two"))}},
        "WRONG_CONTEXT",
    )
    unknown = message(context, b"x", suite=0x0999)
    fails("a suite that is not known", {"A": entry | {"ciphertext": b64(unknown)}}, "UNKNOWN_CIPHERTEXT")
    foreign = message(context, b"x", provider=b"raw-key")
    fails("a data key that is not of KMS", {"A": entry | {"ciphertext": b64(foreign)}}, "UNKNOWN_CIPHERTEXT")
    unsigned = {
        "PARAMETER_ARN": arn,
        SIGNED_FIELD: "A9m3RWkhHQtcP8E223UETNNTgKRQGV14Gupbg7pHPc6WK7NCg8Xs2Uj/mDBTaPzT3A==",
    }
    keep(unsigned)
    fails(
        "a public key with a suite that does not sign",
        {"A": entry | {"ciphertext": b64(message(unsigned, b"x"))}},
        "TAMPERED",
    )


def main() -> None:
    """Write the file beside this one."""
    standard_tier()
    the_file()
    advanced_tier()
    titles = [c["title"] for c in cases]
    assert len(titles) == len(set(titles)), "two cases of one title"
    text = json.dumps({"kms": kms, "cases": cases}, indent=1, ensure_ascii=False)
    (HERE / "bundles.json").write_text(text + "\n", encoding="utf-8")
    print(f"{len(cases)} cases, {sum('fails' in c['expect'] for c in cases)} of them failures")


if __name__ == "__main__":
    main()
