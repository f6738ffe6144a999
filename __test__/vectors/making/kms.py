"""Blobs of `kms:Encrypt` that the config has: the source `kms`."""

from __future__ import annotations

from typing import Any

from making.fields import Subject
from making.key import whose_key
from making.table import KEY, REGION, b64, blob, case, decrypt, fails, keep, opens, refused

VALUE = "the value of the blob"
CONTEXT = {"app": "shop", "stage": "prod"}


def sealed(
    label: str,
    value: str | bytes = VALUE,
    *,
    arn: str = KEY,
    context: dict[str, str] | None = None,
    error: str | None = None,
    **told: Any,
) -> dict[str, Any]:
    """Return an entry, and keep its rule: KMS fails with `error`, or tells a `KeyId`, or nothing of `without`."""
    raw = value.encode() if isinstance(value, str) else value
    ciphertext = blob(f"kms/{label}")
    keep(decrypt(arn.split(":")[3], ciphertext, context or {}, **answer_of(raw, arn, error=error, **told)))
    entry = {"source": "kms", "ciphertext": b64(ciphertext), "key": arn}
    return entry if context is None else entry | {"context": context}


def answer_of(
    plaintext: bytes, arn: str, *, error: str | None = None, without: str = "", **told: Any
) -> dict[str, Any]:
    """Return what KMS answers to who has a right key's ARN, changed by what is told."""
    if error is not None:
        return {"error": error}
    answer = {"KeyId": arn, "Plaintext": b64(plaintext)} | told
    return {"answer": {name: value for name, value in answer.items() if name != without}}


def the_source() -> None:
    """Add all."""
    one = Subject("kms: an entry", sealed("one"))
    values()
    one.without("ciphertext", "key")
    one.texts("ciphertext", "key")
    one.base64("ciphertext", blob("kms/one"))
    one.blob("ciphertext")
    one.key_arn("key")
    one.context()
    contexts()
    order()
    names_of_sources()
    whose_key("kms: a blob", sealed, VALUE)
    answers()


def values() -> None:
    """Add values of every kind."""
    opens("kms: a blob", {"A": sealed("one")}, VALUE, calls=1)
    opens("kms: the second of two", {"A": sealed("one"), "B": sealed("two", "second")}, "second", "B", calls=1)
    opens("kms: an empty value", {"A": sealed("empty", "")}, "")
    opens("kms: white space and line ends are kept", {"A": sealed("space", " a\r\n b\t\n")}, " a\r\n b\t\n")
    opens("kms: 4,096 bytes", {"A": sealed("long", "x" * 4096)}, "x" * 4096)
    opens("kms: fields of other sources are passed over", {"A": sealed("one") | {"arn": 7, "keys": None}}, VALUE)
    binary = {"A": sealed("binary", b"\xff\xfe\x00\x80")}
    case("kms: bytes that are no UTF-8, as bytes", binary, "A", {"bytes": b64(b"\xff\xfe\x00\x80")})
    fails("kms: bytes that are no UTF-8, as text", binary, "NOT_TEXT")
    longest = blob("kms/longest", 6144)
    keep(decrypt(REGION, longest, {}, **answer_of(VALUE.encode(), KEY)))
    opens("kms: a blob of 6,144 bytes", {"A": sealed("one") | {"ciphertext": b64(longest)}}, VALUE)
    for start in ("0101", "0a20"):
        raw = bytes.fromhex(start) + blob(f"kms/{start}")[2:]
        keep(decrypt(REGION, raw, {}, **answer_of(VALUE.encode(), KEY)))
        opens(f"kms: a blob that begins with {start}", {"A": sealed("one") | {"ciphertext": b64(raw)}}, VALUE)


def contexts() -> None:
    """Add contexts, and entries that have another one than their blob."""
    one = sealed("context", context=CONTEXT)
    opens("kms: a context", {"A": one}, VALUE, calls=1)
    opens("kms: a context in another order", {"A": one | {"context": dict(reversed(CONTEXT.items()))}}, VALUE)
    opens("kms: an empty context is as none", {"A": sealed("one") | {"context": {}}}, VALUE, calls=1)
    for title, context in (
        ("of empty texts", {"": ""}),
        ("with names that objects have", {"__proto__": "a", "constructor": "b", "toString": "c"}),
        ("with all kinds of letters", {"\u00e4 \U0001f511": 'a\n\0\u2028"\\'}),
        ("of the console's encryption helpers", {"LambdaFunctionName": "shop-prod-api"}),
        ("of 40 pairs", {f"key{number}": f"value{number}" for number in range(40)}),
        ("with the name of Parameter Store's", {"PARAMETER_ARN": "arn:aws:ssm:eu-central-1:123456789012:parameter/a"}),
    ):
        opens(f"kms: a context {title}", {"A": sealed(f"context/{title}", context=context)}, VALUE, calls=1)
    for title, context in (
        ("of another value", CONTEXT | {"stage": "dev"}),
        ("in other letters", CONTEXT | {"stage": "Prod"}),
        ("with one pair more", CONTEXT | {"more": "a"}),
        ("with one pair less", {"app": "shop"}),
        ("that is empty", {}),
    ):
        fails(f"kms: a context {title}", {"A": one | {"context": context}}, "WRONG_CONTEXT", calls=1)
    bare = {name: value for name, value in one.items() if name != "context"}
    fails("kms: no context where there is one", {"A": bare}, "WRONG_CONTEXT", calls=1)
    fails("kms: a context where there is none", {"A": sealed("one") | {"context": CONTEXT}}, "WRONG_CONTEXT", calls=1)


def order() -> None:
    """Add entries with two faults: the first field's is told."""
    one = sealed("one")
    unknown = b64(b"\x03" + bytes(100))
    refused(
        "kms: an unknown header before a bad key", {"A": one | {"ciphertext": unknown, "key": 7}}, "UNKNOWN_CIPHERTEXT"
    )
    refused(
        "kms: an unknown header before no key", {"A": {"source": "kms", "ciphertext": unknown}}, "UNKNOWN_CIPHERTEXT"
    )
    changed = {"ciphertext": unknown, "context": 7}
    refused("kms: an unknown header before a bad context", {"A": one | changed}, "UNKNOWN_CIPHERTEXT")
    changed = {"ciphertext": "*", "key": 7, "source": "vault"}
    refused("kms: an unknown source before a bad field", {"A": one | changed}, "UNKNOWN_SOURCE")


def names_of_sources() -> None:
    """Add names that are nearly one's."""
    one = sealed("one")
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/a"
    for source in (
        "KMS",
        " kms",
        "kms ",
        "kms\0",
        "kms\n",
        "ssm",
        "parameterStore",
        "secretsmanager",
        "kmsFile",
        "SOPS",
        "__proto__",
    ):
        refused(f"kms: a source {source!r}", {"A": one | {"source": source, "arn": arn}}, "UNKNOWN_SOURCE")
    refused(
        "kms: fields of a blob without their source",
        {"A": {n: v for n, v in one.items() if n != "source"}},
        "BUNDLE_INVALID",
    )


def answers() -> None:
    """Add the errors of KMS."""
    for error, code in (
        ("AccessDeniedException", "ACCESS_DENIED"),
        ("InvalidCiphertextException", "WRONG_CONTEXT"),
        ("DisabledException", "KEY_UNUSABLE"),
        ("NotFoundException", "KEY_UNUSABLE"),
        ("IncorrectKeyException", "KEY_UNUSABLE"),
        ("KMSInvalidStateException", "KEY_UNUSABLE"),
        ("ExpiredTokenException", "CREDENTIALS"),
        ("UnrecognizedClientException", "CREDENTIALS"),
        ("StrangeException", "SERVICE_ERROR"),
    ):
        fails(f"kms: {error}", {"A": sealed(f"error/{error}", error=error)}, code, calls=1)
    fails("kms: ThrottlingException", {"A": sealed("throttled", error="ThrottlingException")}, "THROTTLED", calls=5)
    fails("kms: an answer without a plaintext", {"A": sealed("nothing", without="Plaintext")}, "UNREACHABLE", calls=5)
    fails("kms: a plaintext that is not base64", {"A": sealed("loose", Plaintext="YQ")}, "UNREACHABLE", calls=5)
