"""The table that is made: what AWS answers, and the cases."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

REGION = "eu-central-1"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"

calls: list[dict[str, Any]] = []
cases: list[dict[str, Any]] = []


def b64(data: bytes) -> str:
    """Encode as the bundle does."""
    return base64.b64encode(data).decode()


def arn_of(path: str, region: str = REGION, partition: str = "aws") -> str:
    """Return the ARN of a parameter, as Parameter Store writes it."""
    return f"arn:{partition}:ssm:{region}:{ACCOUNT}:parameter{path if path.startswith('/') else '/' + path}"


def blob(path: str, length: int = 130) -> bytes:
    """Return something with the header of a KMS blob, always the same for one parameter."""
    rest = hashlib.sha512(path.encode()).digest() * (length // 64 + 1)
    return bytes.fromhex("0102") + rest[: length - 2]


def taken() -> dict[str, list[dict[str, Any]]]:
    """Return all that was added so far, and begin another table."""
    table = {"calls": calls[:], "cases": cases[:]}
    calls.clear()
    cases.clear()
    return table


def rule(arn: str, ciphertext: bytes, context: dict[str, str], **answer: str) -> dict[str, Any]:
    """Return what KMS answers to a call in an ARN's region: the plaintext in base64 and the key's ARN, or an error.

    `answer` has `plaintext` and maybe `keyId`, or `error`.
    """
    if "error" in answer:
        return decrypt(arn.split(":")[3], ciphertext, context, error=answer["error"])
    answered = {"KeyId": answer.get("keyId", KEY), "Plaintext": answer["plaintext"]}
    return decrypt(arn.split(":")[3], ciphertext, context, answer=answered)


def decrypt(region: str, ciphertext: bytes, context: dict[str, str], **told: Any) -> dict[str, Any]:
    """Return the rule of one call of KMS: `told` is its `answer` or its `error`."""
    request = {"CiphertextBlob": b64(ciphertext), "EncryptionContext": context}
    return {"service": "kms", "target": "TrentService.Decrypt", "region": region, "request": request} | told


def same_call(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two rules are for the same call."""
    return all(one[key] == other[key] for key in ("service", "target", "region", "request"))


def keep(one: dict[str, Any]) -> None:
    """Add a rule to those of all cases. The first of two for the same call would hide the other one."""
    same = [other for other in calls if same_call(one, other)]
    assert all(other == one for other in same), one
    if not same:
        calls.append(one)


def entry_of(arn: str, ciphertext: bytes) -> dict[str, Any]:
    """Return an entry of a bundle."""
    return {"ciphertext": b64(ciphertext), "arn": arn, "version": 1}


def standard(
    path: str,
    plaintext: bytes | str = b"",
    *,
    arn: str | None = None,
    error: str | None = None,
    length: int = 130,
) -> dict[str, Any]:
    """Keep a parameter of the standard tier in the KMS; return its entry."""
    arn = arn or arn_of(path)
    raw = plaintext.encode() if isinstance(plaintext, str) else plaintext
    answer = {"error": error} if error else {"plaintext": b64(raw)}
    keep(rule(arn, blob(arn, length), {"PARAMETER_ARN": arn}, **answer))
    return entry_of(arn, blob(arn, length))


def text_of(bundle: object) -> str:
    """Write a bundle as the plugin does."""
    return json.dumps(bundle, separators=(",", ":"), ensure_ascii=False)


def case(
    title: str,
    file: object,
    secret: str,
    expect: dict[str, Any],
    *,
    own: list[dict[str, Any]] | None = None,
    environment: dict[str, str] | None = None,
) -> None:
    """Add one: `file` is the bundle as text, bytes or a value to write as JSON; `own` rules come before all others.

    `environment` has the variables of the process, where they are others than the table's usual ones.
    """
    if isinstance(file, bytes):
        content = {"fileBase64": b64(file)}
    else:
        content = {"file": file if isinstance(file, str) else text_of(file)}
    rules = {"calls": own} if own else {}
    variables = {} if environment is None else {"environment": environment}
    cases.append({"title": title, **content, "secret": secret, **variables, **rules, "expect": expect})


def fails(
    title: str,
    file: object,
    code: str,
    secret: str = "A",
    *,
    own: list[dict[str, Any]] | None = None,
    calls: int | None = None,
    environment: dict[str, str] | None = None,
) -> None:
    """Add one that must not open, with the number of calls that KMS gets where it is fixed."""
    counted = {} if calls is None else {"calls": calls}
    case(title, file, secret, {"fails": f"SECRET_BAKER_{code}"} | counted, own=own, environment=environment)


def refused(title: str, file: object, code: str, secret: str = "A") -> None:
    """Add one that must not open, and of which KMS must not hear."""
    fails(title, file, code, secret, calls=0)


def opens(
    title: str,
    file: object,
    text: str,
    secret: str = "A",
    *,
    own: list[dict[str, Any]] | None = None,
    calls: int | None = None,
    environment: dict[str, str] | None = None,
) -> None:
    """Add one that opens to a text."""
    counted = {} if calls is None else {"calls": calls}
    case(title, file, secret, {"text": text} | counted, own=own, environment=environment)
