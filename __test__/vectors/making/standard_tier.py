"""Blobs of `kms:Encrypt`, and what KMS says of them."""

from __future__ import annotations

import base64
import json

from making.table import REGION, arn_of, b64, blob, case, entry_of, fails, keep, opens, refused, rule, standard


def standard_tier() -> None:
    """Add all."""
    that_open()
    of_another_parameter()
    that_kms_refuses()


def that_open() -> None:
    """Add values of every kind."""
    one = standard("/a/one", "first value")
    two = standard("/a/two", "second value")
    opens("standard tier", {"A": one}, "first value", calls=1)
    opens("the second of two", {"A": one, "B": two}, "second value", "B", calls=1)
    opens("of 2.1.0, without a version", {"A": {k: one[k] for k in ("ciphertext", "arn")}}, "first value")
    opens("a field that is not known", {"A": one | {"note": "of a later version"}}, "first value")
    opens("UTF-8 of two, three and four bytes", {"A": standard("/a/utf8", "ä€\U0001f511 ende")}, "ä€\U0001f511 ende")
    opens("white space and line ends are kept", {"A": standard("/a/space", " a\r\n b\t\n")}, " a\r\n b\t\n")
    opens("a NUL inside", {"A": standard("/a/nul", "a\0b")}, "a\0b")
    opens("an empty value", {"A": standard("/a/empty", "")}, "")
    opens("a byte order mark is part of the value", {"A": standard("/a/mark", "\ufeffmarked")}, "\ufeffmarked")
    opens("4096 bytes", {"A": standard("/a/long", "x" * 4096)}, "x" * 4096)
    opens("a parameter of another region", {"A": standard("/a/far", "far", arn=arn_of("/a/far", "us-west-2"))}, "far")
    opens("a byte order mark before the bundle", ("\ufeff" + json.dumps({"A": one})).encode(), "first value")
    opens("a name that objects have", {"__proto__": one, "constructor": two}, "first value", "__proto__")
    opens("a name with quotes, a line end and an emoji", {'a"\\\n\U0001f511': one}, "first value", 'a"\\\n\U0001f511')
    arn = arn_of("/a/old")
    old = bytes.fromhex("0a20") + blob("old")[2:]
    keep(rule(arn, old, {"PARAMETER_ARN": arn}, plaintext=b64(b"of 2015")))
    opens("a blob as written in 2015", {"A": entry_of(arn, old)}, "of 2015")
    binary = bytes([0xFF, 0xFE, 0x00, 0x80])
    entry = standard("/a/binary", binary)
    case("bytes that are no UTF-8, as bytes", {"A": entry}, "A", {"bytes": b64(binary)})
    fails("bytes that are no UTF-8, as text", {"A": entry}, "NOT_TEXT")
    longest = standard("/a/longest", "of the longest blob", length=6144)
    opens("a blob of 6,144 bytes", {"A": longest}, "of the longest blob")
    refused("a blob of 6,145 bytes", {"A": standard("/a/longer", "never asked", length=6145)}, "BUNDLE_INVALID")


def of_another_parameter() -> None:
    """Add entries whose parts do not belong together."""
    one, two = standard("/a/one", "first value"), standard("/a/two", "second value")
    arn = one["arn"]
    fails("the ciphertext of another parameter", {"A": one | {"ciphertext": two["ciphertext"]}}, "WRONG_CONTEXT")
    fails("the ARN of another parameter", {"A": one | {"arn": two["arn"]}}, "WRONG_CONTEXT")
    fails("the ARN in other letters", {"A": one | {"arn": arn.replace("one", "One")}}, "WRONG_CONTEXT")
    far = arn.replace(REGION, "us-east-1")
    fails("the right parameter in another region", {"A": one | {"arn": far}}, "WRONG_CONTEXT")
    damaged = bytearray(base64.b64decode(one["ciphertext"]))
    damaged[40] ^= 1
    fails("a blob with one other bit", {"A": one | {"ciphertext": b64(bytes(damaged))}}, "WRONG_CONTEXT")


def that_kms_refuses() -> None:
    """Add the errors of KMS, and such as look like them."""
    denied = {"A": standard("/a/denied", error="AccessDeniedException")}
    fails("a permission that is missing", denied, "ACCESS_DENIED", calls=1)
    for error in ("DisabledException", "NotFoundException", "KMSInvalidStateException", "IncorrectKeyException"):
        fails(f"a key that answers {error}", {"A": standard(f"/a/{error}", error=error)}, "KEY_UNUSABLE")
    fails("credentials that have expired", {"A": standard("/a/expired", error="ExpiredTokenException")}, "CREDENTIALS")
    nobody = {"A": standard("/a/nobody", error="UnrecognizedClientException")}
    fails("credentials that nobody knows", nobody, "CREDENTIALS")
    for error in (
        "StrangeException",
        "ThrottlingFoo",
        "AccessDeniedFoo",
        "FooAccessDeniedException",
        "accessdeniedexception",
        "InvalidCiphertext",
        "ExpiredTokenFoo",
        "ToString",
        "constructor",
    ):
        entry = standard(f"/a/unknown/{error}", error=error)
        fails(f"an error that nobody knows, {error}", {"A": entry}, "SERVICE_ERROR", calls=1)
    for title, error in (
        ("with a namespace", "com.amazonaws.kms#AccessDeniedException"),
        ("with a suffix", "AccessDeniedException:http://internal.example/coral/"),
        ("with both", "com.amazonaws:kms#AccessDeniedException:http://internal.example/"),
        ("with two namespaces", "a#b#AccessDeniedException"),
    ):
        path = f"/a/spelled/{title.replace(' ', '-')}"
        fails(f"an error's name {title}", {"A": standard(path, error=error)}, "ACCESS_DENIED", calls=1)
