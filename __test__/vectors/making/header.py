"""Messages with every part of the header right and wrong, authentic all the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from making.message import DATA_KEY, EDK, KMS, POINT, PUBLIC_KEY, WHOLE_POINT, Message, field, u16, written
from making.table import KEY, REGION, arn_of, b64, blob, entry_of, fails, keep, opens, refused, rule

ARN = arn_of("/m/one")
OWN = (b"PARAMETER_ARN", ARN.encode())
RIGHT = Message(ARN, b"of the message", more=[])


def bundle(message: Message, arn: str = ARN) -> dict[str, Any]:
    """Return the bundle of a message."""
    return {"A": entry_of(arn, message.write())}


def known(message: Message, ciphertext: bytes = EDK, **answer: str) -> None:
    """Have KMS open the data key of such a message, or refuse to."""
    answer = answer or {"plaintext": b64(message.data_key)}
    keep(rule(message.arn, ciphertext, message.context, **answer))


def the_header() -> None:
    """Add all."""
    right()
    suites()
    contexts()
    fixed_fields()
    public_keys()
    data_keys()
    several_data_keys()
    keys_of_kms()
    commitments()


def right() -> None:
    """Add messages that open."""
    for suite in (0x0178, 0x0378, 0x0478, 0x0578):
        message = replace(RIGHT, suite=suite, plaintext=b"of suite %04x" % suite)
        known(message)
        opens(f"a message of suite {suite:04x} put together here", bundle(message), f"of suite {suite:04x}", calls=1)
    more = replace(RIGHT, more=[(b"Zone", "ä".encode())])
    known(more)
    opens("a message with one more pair", bundle(more), "of the message")
    proto = replace(RIGHT, more=[(b"__proto__", b"a"), (b"constructor", b"b"), (b"10", b"c"), (b"9", b"d")])
    known(proto)
    opens("a message with pairs that objects have", bundle(proto), "of the message")


def suites() -> None:
    """Add suites that nobody knows and that Parameter Store never writes."""
    for suite in (0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0214, 0x0346, 0x0999, 0x0478, 0x0578):
        message = replace(RIGHT, suite=suite, version=1)
        refused(f"a message of version 1 of suite {suite:04x}", bundle(message), "UNKNOWN_CIPHERTEXT")
    for suite in (0x0479, 0x0500):
        message = replace(RIGHT, suite=suite, version=2)
        refused(f"a message of version 2 of suite {suite:04x}", bundle(message), "UNKNOWN_CIPHERTEXT")


def contexts() -> None:
    """Add encryption contexts that are none, or another's."""
    empty = replace(RIGHT, aad=b"")
    keep(rule(ARN, EDK, {}, plaintext=b64(DATA_KEY)))
    refused("a message without a context", bundle(empty), "WRONG_CONTEXT")
    pair = field(OWN[0]) + field(OWN[1])
    for title, aad in (
        ("of length 2 and count 0", u16(0)),
        ("of count 0 with a pair", u16(0) + pair),
        ("of count 2 with one pair", u16(2) + pair),
        ("of count 1 with two pairs", u16(1) + pair + field(b"Zone") + field(b"a")),
        ("with a byte after its pairs", u16(1) + pair + b"\0"),
        ("of one byte", b"\0"),
        ("whose key is not UTF-8", written([OWN, (b"Zone\xff", b"a")])),
        ("whose value is not UTF-8", written([OWN, (b"Zone", b"a\xed\xa0\x80")])),
        ("whose ARN is not UTF-8", written([(OWN[0], OWN[1] + b"\x80")])),
        ("with a key twice", written([OWN, (b"Zone", b"a"), (b"Zone", b"b")])),
        ("with the parameter's ARN twice", written([OWN, OWN])),
        ("with another parameter's ARN beside it", written([OWN, (OWN[0], OWN[1] + b"2")])),
    ):
        refused(f"a message with a context {title}", bundle(replace(RIGHT, aad=aad)), "TAMPERED")
    wrong = replace(RIGHT, arn=arn_of("/m/two"), plaintext=b"of the message of two")
    known(wrong)
    refused("a message of another parameter, whole", bundle(wrong), "WRONG_CONTEXT")
    other = replace(RIGHT, aad=written([(b"Parameter_Arn", OWN[1])]))
    refused("a message whose context names its parameter otherwise", bundle(other), "WRONG_CONTEXT")
    refused(
        "a message of another parameter with a broken body",
        {"A": entry_of(ARN, wrong.write()[:-1])},
        "WRONG_CONTEXT",
    )
    twice = replace(wrong, reserved=b"\0\0\0\1")
    refused("a message of another parameter with a broken header", bundle(twice), "TAMPERED")


def fixed_fields() -> None:
    """Add content types, lengths and reserved bytes that there are not."""
    for suite in (0x0178, 0x0478):
        base = replace(RIGHT, suite=suite)
        for title, message in (
            ("content type 0", replace(base, content_type=0)),
            ("content type 3", replace(base, content_type=3)),
            ("content type 0 and no frame length", replace(base, content_type=0, frame_length=0)),
            ("content type 1 and a frame length", replace(base, content_type=1)),
            ("content type 2 and no frame length", replace(base, frame_length=0)),
        ):
            refused(f"suite {suite:04x} with {title}", bundle(message), "TAMPERED")
    for title, message in (
        ("its first reserved byte", replace(RIGHT, reserved=b"\1\0\0\0")),
        ("its last reserved byte", replace(RIGHT, reserved=b"\0\0\0\1")),
        ("a length of 16 for an IV", replace(RIGHT, iv_length=16)),
        ("a length of 0 for an IV", replace(RIGHT, iv_length=0)),
    ):
        refused(f"a message with {title} set", bundle(message), "TAMPERED")


def public_keys() -> None:
    """Add suites that sign without a key, with a key that is none, and the reverse."""
    for suite in (0x0378, 0x0578):
        base = replace(RIGHT, suite=suite)
        refused(f"suite {suite:04x} without a public key", bundle(replace(base, point=None)), "TAMPERED")
        beyond = b"\x02" + b"\xff" * 48
        off = b"\x02" + bytes(47) + b"\x01"
        for title, changed in (
            ("an uncompressed point", replace(base, point=WHOLE_POINT)),
            ("a compressed point marked as a whole one", replace(base, point=b"\x04" + POINT[1:])),
            ("a hybrid point", replace(base, point=bytes([6 + WHOLE_POINT[-1] % 2]) + WHOLE_POINT[1:])),
            ("the point at infinity", replace(base, point=b"\0")),
            ("a byte too few", replace(base, point=POINT[:-1])),
            ("a byte too many", replace(base, point=POINT + b"\0")),
            ("a point that is not on the curve", replace(base, point=off)),
            ("a coordinate beyond the field", replace(base, point=beyond)),
            ("nothing in it", replace(base, point_text="")),
            ("no padding", replace(base, point_text=b64(POINT)[:-2])),
            ("unused bits", replace(base, point_text=with_unused_bits(b64(POINT)))),
            ("a line end after it", replace(base, point_text=b64(POINT) + "\n")),
            ("base64url", replace(base, point_text=b64(POINT)[:-4] + "-_==")),
        ):
            refused(f"suite {suite:04x} with a public key that has {title}", bundle(changed), "TAMPERED")
        mirrored = replace(base, point=bytes([POINT[0] ^ 1]) + POINT[1:])
        known(mirrored)
        fails(f"suite {suite:04x} with a public key mirrored", bundle(mirrored), "TAMPERED", calls=1)
    for suite in (0x0178, 0x0478):
        unsigned = replace(RIGHT, suite=suite, more=[(PUBLIC_KEY, b64(POINT).encode())])
        refused(f"suite {suite:04x}, which does not sign, with a public key", bundle(unsigned), "TAMPERED")
        empty = replace(RIGHT, suite=suite, more=[(PUBLIC_KEY, b"")])
        refused(f"suite {suite:04x}, which does not sign, with an empty public key", bundle(empty), "TAMPERED")


def with_unused_bits(text: str) -> str:
    """Spell the same bytes otherwise."""
    assert text.endswith("==")
    return text[:-3] + chr(ord(text[-3]) + 1) + "=="


def data_keys() -> None:
    """Add data keys that are none."""
    arn = KEY.encode()
    for title, keys in (
        ("no data key", ()),
        ("4 data keys", ((KMS, arn, EDK),) * 4),
        ("600 data keys", ((KMS, b"", b""),) * 600),
        ("a data key of no bytes", ((KMS, arn, b""),)),
        ("a data key of 6,145 bytes", ((KMS, arn, blob("long", 6145)),)),
        ("a data key without a key's ARN", ((KMS, b"", EDK),)),
        ("a key's ARN that is not UTF-8", ((KMS, arn + b"\xff", EDK),)),
        ("a key's ARN with a line end", ((KMS, arn + b"\n", EDK),)),
        ("a key's ARN with a space", ((KMS, b"arn:aws:kms:eu-central-1:123456789012:key/a b", EDK),)),
        ("a key's id only", ((KMS, arn.split(b"/")[1], EDK),)),
        ("an alias only", ((KMS, b"alias/shop", EDK),)),
        ("a parameter's ARN as a key's", ((KMS, ARN.encode(), EDK),)),
        ("a key's ARN in a region that is none", ((KMS, arn.replace(REGION.encode(), b"nowhere"), EDK),)),
        ("a key's ARN with an account of 11 digits", ((KMS, arn.replace(b"123456789012", b"12345678901"), EDK),)),
        ("a key's ARN of 2,049 bytes", ((KMS, arn + b"k" * (2049 - len(arn)), EDK),)),
        ("a provider that is not UTF-8", ((b"raw\xff", b"", EDK), (KMS, arn, EDK))),
        ("another provider's information that is not UTF-8", ((b"raw", b"\xff", EDK), (KMS, arn, EDK))),
        ("a second data key of no bytes", ((KMS, arn, EDK), (KMS, arn, b""))),
    ):
        refused(f"a message with {title}", bundle(replace(RIGHT, data_keys=keys)), "TAMPERED")
    longest = blob("longest", 6144)
    known(RIGHT, longest)
    opens("a data key of 6,144 bytes", bundle(replace(RIGHT, data_keys=((KMS, arn, longest),))), "of the message")
    foreign = replace(RIGHT, data_keys=((b"raw-key", b"info", b""), (b"AWS-KMS", arn, EDK)))
    refused("a message without a data key of KMS", bundle(foreign), "UNKNOWN_CIPHERTEXT")
    refused(
        "a message of another parameter without a data key of KMS",
        {"A": entry_of(arn_of("/m/three"), foreign.write())},
        "UNKNOWN_CIPHERTEXT",
    )
    broken = {"A": entry_of(ARN, foreign.write() + b"\0")}
    refused("a message without a data key of KMS, with a byte after its end", broken, "UNKNOWN_CIPHERTEXT")
    cut = {"A": entry_of(ARN, replace(foreign, plaintext=b"").write()[:-50])}
    refused("a message without a data key of KMS, cut within its header", cut, "TAMPERED")
    mixed = replace(RIGHT, data_keys=((b"raw-key", b"i" * 7000, b"\0" * 7000), (b"", b"", b""), (KMS, arn, EDK)))
    opens("a message with data keys of others too", bundle(mixed), "of the message", calls=1)
    for length in (0, 16, 24, 31, 33):
        key = bytes(range(length))
        title = f"an authentic message of suite 0178 under a data key of {length} bytes"
        own = [rule(ARN, EDK, RIGHT.context, plaintext=b64(key))]
        fails(title, bundle(replace(RIGHT, data_key=key)), "TAMPERED", own=own, calls=1)


def several_data_keys() -> None:
    """Add messages with two and three data keys, of which KMS refuses some."""
    arn = KEY.encode()
    refusing = {
        name: blob(name)
        for name in (
            "AccessDeniedException",
            "DisabledException",
            "InvalidCiphertextException",
            "StrangeException",
            "ExpiredTokenException",
        )
    }
    for name, ciphertext in refusing.items():
        known(RIGHT, ciphertext, error=name)
    denied, disabled, invalid, strange, expired = refusing.values()
    foreign = blob("another key's")
    known(RIGHT, foreign, plaintext=b64(DATA_KEY), keyId=KEY[:-1] + "6")
    short = blob("short")
    known(RIGHT, short, plaintext=b64(bytes(31)))

    def of(*ciphertexts: bytes) -> dict[str, Any]:
        return bundle(replace(RIGHT, data_keys=tuple((KMS, arn, one) for one in ciphertexts)))

    for title, first, second in (
        ("denied and disabled", denied, disabled),
        ("disabled and invalid", disabled, invalid),
        ("invalid and denied", invalid, denied),
        ("of another key and denied", foreign, denied),
    ):
        opens(f"the third data key, after two that are {title}", of(first, second, EDK), "of the message", calls=3)
    opens("the first of two data keys", of(EDK, denied), "of the message", calls=1)
    fails("three data keys, denied first", of(denied, disabled, invalid), "ACCESS_DENIED", calls=3)
    fails("three data keys, disabled first", of(disabled, invalid, denied), "KEY_UNUSABLE", calls=3)
    fails("three data keys, invalid first", of(invalid, denied, disabled), "WRONG_CONTEXT", calls=3)
    fails("a data key after one with another error", of(strange, EDK), "SERVICE_ERROR", calls=1)
    fails("a data key after credentials that have expired", of(expired, EDK), "CREDENTIALS")
    fails("a data key after one of 31 bytes", of(short, EDK), "TAMPERED", calls=1)
    fails("an error after one that is denied", of(denied, strange, EDK), "SERVICE_ERROR", calls=2)


def keys_of_kms() -> None:
    """Add answers of another key than the message names."""
    other = KEY[:-1] + "6"
    fails(
        "a data key that another key opened",
        bundle(RIGHT),
        "WRONG_CONTEXT",
        own=[rule(ARN, EDK, RIGHT.context, plaintext=b64(DATA_KEY), keyId=other)],
        calls=1,
    )
    fails(
        "a data key that a key of the same id elsewhere opened",
        bundle(RIGHT),
        "WRONG_CONTEXT",
        own=[rule(ARN, EDK, RIGHT.context, plaintext=b64(DATA_KEY), keyId=KEY.replace(REGION, "eu-west-1"))],
        calls=1,
    )
    alias = replace(RIGHT, data_keys=((KMS, f"arn:aws:kms:{REGION}:123456789012:alias/shop/db".encode(), EDK),))
    opens("a message that names an alias, whichever key opened it", bundle(alias), "of the message")


def commitments() -> None:
    """Add commitments to another key."""
    for suite in (0x0478, 0x0578):
        base = replace(RIGHT, suite=suite)
        for title, commitment in (("nothing", bytes(32)), ("another key", hashlib.sha256(b"another").digest())):
            message = replace(base, commitment=commitment)
            fails(
                f"an authentic message of suite {suite:04x} that commits to {title}",
                bundle(message),
                "TAMPERED",
                calls=1,
            )
