"""Messages of the official library, and damaged copies of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from making.message import PUBLIC_KEY
from making.table import calls, entry_of, fails, keep, opens, refused, rule, same_call

OFFICIAL = Path(__file__).parents[1] / "encryption-sdk.json"
SUITES = ("0178", "0378", "0478", "0578")


def advanced_tier() -> None:
    """Add all."""
    vectors = json.loads(OFFICIAL.read_text())
    for vector in vectors:
        whole(vector)
    for suite in reversed(SUITES):
        damage(next(v for v in vectors if v["algorithm_id"] == suite and v["name"].endswith("=128")))


def rules_of(vector: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules that an official message needs before those of all.

    They share one placeholder of a data key: where another message has the same context and another data key, the rule
    is the case's own.
    """
    arn = vector["encryption_context"]["PARAMETER_ARN"]
    one = rule(
        arn,
        base64.b64decode(vector["encrypted_data_key_b64"]),
        vector["encryption_context"],
        plaintext=vector["plaintext_data_key_b64"],
        keyId=vector["kms_key_arn"],
    )
    taken = next((other for other in calls if same_call(one, other)), one)
    if taken != one:
        return [one]
    keep(one)
    return []


def whole(vector: dict[str, Any]) -> None:
    """Add an official message as it is."""
    suite, frame = vector["algorithm_id"], vector["name"].split("/")[-1]
    title = f"advanced tier, suite {suite}, {frame}, {len(vector['plaintext'])} bytes"
    entry = entry_of(vector["encryption_context"]["PARAMETER_ARN"], base64.b64decode(vector["message_b64"]))
    if suite in SUITES:
        opens(title, {"A": entry}, vector["plaintext"], own=rules_of(vector), calls=1)
    else:
        refused(title, {"A": entry}, "UNKNOWN_CIPHERTEXT")


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


def footer_start(raw: bytes) -> int:
    """Return where the length of the signature stands."""
    ends = range(len(raw) - 110, len(raw) - 95)
    return next(at for at in ends if int.from_bytes(raw[at : at + 2], "big") == len(raw) - at - 2)


def damage(vector: dict[str, Any]) -> None:
    """Add copies of one message with one fault each."""
    own = rules_of(vector)
    arn = vector["encryption_context"]["PARAMETER_ARN"]
    raw = base64.b64decode(vector["message_b64"])
    suite = vector["algorithm_id"]
    header = header_length(raw)
    frame = header + (28 if raw[0] == 1 else 16)

    def flipped(at: int) -> bytes:
        changed = bytearray(raw)
        changed[at] ^= 1
        return bytes(changed)

    without_kms = {
        "a bit of the frame length": flipped(header - 1 - (32 if raw[0] == 2 else 0)),
        "another number of the first frame": flipped(frame + 3),
        "the last byte cut off": raw[:-1],
        "half of it cut off": raw[: len(raw) // 2],
        "cut within the header": raw[: header - 3],
        "a byte after the end": raw + b"\0",
    }
    by_tag = {
        "a bit of the message's id": flipped(10),
        "a bit of the header's tag": flipped(frame - 1),
        "a bit of the first frame": flipped(frame + 4 + 12 + 3),
        "a bit of the first frame's tag": flipped(frame + 4 + 12 + 128),
    }
    if raw[0] == 2:
        by_tag["a bit of the commitment"] = flipped(header - 1)
    if PUBLIC_KEY.decode() in vector["encryption_context"]:
        by_tag["a bit of the signature"] = flipped(len(raw) - 1)
        without_kms["the signature cut off"] = raw[: footer_start(raw)]
    for what, changed in without_kms.items():
        fails(f"suite {suite}: {what}", {"A": entry_of(arn, changed)}, "TAMPERED", own=own, calls=0)
    for what, changed in by_tag.items():
        fails(f"suite {suite}: {what}", {"A": entry_of(arn, changed)}, "TAMPERED", own=own, calls=1)
    other = entry_of(arn + "2", raw)
    fails(f"suite {suite}: the ARN of another parameter", {"A": other}, "WRONG_CONTEXT", calls=0)
