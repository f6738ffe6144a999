"""In which order the keys of a SOPS file are tried, and what comes of it where some of them fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from making.table import ACCOUNT, fails, opens

HERE = "eu-central-1"
MakeKey = Callable[..., dict[str, Any]]


def key_order(value: str, sealed: dict[str, Any], make: MakeKey) -> None:
    """Add all. `make` makes a key of an ARN that opens, or that does what it is told."""

    def key(region: str, which: int | str, **told: Any) -> dict[str, Any]:
        path = which if "/" in str(which) else f"key/{which}"
        return make(arn=f"arn:aws:kms:{region}:{ACCOUNT}:{path}", **told)

    def bundle(*keys: dict[str, Any]) -> dict[str, Any]:
        return {"A": {"source": "sops", **sealed, "type": "str", "keys": list(keys)}}

    by_region(value, key, bundle)
    one_after_the_other(value, key, bundle)
    that_end_it(key, bundle)


def by_region(value: str, key: MakeKey, bundle: Callable[..., dict[str, Any]]) -> None:
    """Add environments. A key that is denied is tried in vain: the which of calls tells when."""
    here, denied = key(HERE, 1), key("us-east-1", "denied", error="AccessDeniedException")
    denied_here = key(HERE, "denied", error="AccessDeniedException")
    far, alias = key("us-east-1", 1), key(HERE, "alias/app")
    for title, environment, keys, calls in (
        ("the usual region, last", None, (denied, denied, here), 1),
        ("the region of AWS_REGION, last", {"AWS_REGION": HERE}, (denied, here), 1),
        ("another region of AWS_REGION", {"AWS_REGION": "us-east-1"}, (denied_here, far), 1),
        ("the region of AWS_DEFAULT_REGION", {"AWS_DEFAULT_REGION": HERE}, (denied, here), 1),
        (
            "AWS_REGION before AWS_DEFAULT_REGION",
            {"AWS_REGION": HERE, "AWS_DEFAULT_REGION": "us-east-1"},
            (denied, here),
            1,
        ),
        ("an empty AWS_REGION is none", {"AWS_REGION": "", "AWS_DEFAULT_REGION": HERE}, (denied, here), 1),
        ("no region at all", {}, (denied, here), 2),
        ("two empty regions", {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, (denied, here), 2),
        ("a region of no key", {"AWS_REGION": "ap-south-1"}, (denied, here), 2),
        ("a region that is none", {"AWS_REGION": "nowhere"}, (denied, here), 2),
        ("a region that begins like a key's", {"AWS_REGION": HERE[:-2]}, (denied, here), 2),
        ("a region in capitals", {"AWS_REGION": HERE.upper()}, (denied, here), 2),
        ("two keys of the region, in their order", None, (denied, denied_here, here), 2),
        ("two keys of the region, the first one opens", None, (denied, here, denied_here), 1),
        ("the others in their order", None, (denied, denied_here, far), 3),
        ("an alias of the region", None, (denied, alias), 1),
    ):
        opens(f"sops: keys, {title}", bundle(*keys), value, calls=calls, environment=environment)


def one_after_the_other(value: str, key: MakeKey, bundle: Callable[..., dict[str, Any]]) -> None:
    """Add keys that fail, and another after them."""
    here = key(HERE, 1)
    others = {
        "denied": key(HERE, "denied", error="AccessDeniedException"),
        "disabled": key(HERE, "disabled", error="DisabledException"),
        "of another context": key(HERE, "context", error="InvalidCiphertextException"),
        "with a strange error": key(HERE, "strange", error="StrangeException"),
        "that another opened": key(HERE, "other", KeyId=f"arn:aws:kms:{HERE}:{ACCOUNT}:key/2"),
        "of 31 bytes": key(HERE, "of-31-bytes", data_key=bytes(31)),
    }
    for name, other in others.items():
        opens(f"sops: a key that opens after one {name}", bundle(other, here), value, calls=2)
    throttled = key(HERE, "throttled", error="ThrottlingException")
    opens("sops: a key that opens after one that is throttled", bundle(throttled, here), value, calls=6)
    silent = key(HERE, "silent", without="Plaintext")
    opens("sops: a key that opens after one without an answer", bundle(silent, here), value, calls=6)
    opens("sops: a key that opens after six that fail", bundle(*others.values(), here), value, calls=len(others) + 1)
    contexts = key(HERE, 2, context={"app": "shop"}), key("us-east-1", "denied", error="AccessDeniedException")
    opens("sops: each key has its own context", bundle(others["denied"], *contexts), value, calls=2)


def that_end_it(key: MakeKey, bundle: Callable[..., dict[str, Any]]) -> None:
    """Add keys of which none opens: the failure of the first that was tried is told."""
    denied = key(HERE, "denied", error="AccessDeniedException")
    disabled = key("us-east-1", "disabled", error="DisabledException")
    expired = key(HERE, "expired", error="ExpiredTokenException")
    short, here = key(HERE, "of-31-bytes", data_key=bytes(31)), key(HERE, 1)
    other = key(HERE, "of-another-file", data_key=bytes(32))
    for title, keys, code, calls in (
        ("the first of two", (denied, disabled), "ACCESS_DENIED", 2),
        ("the first that was tried, not the first", (disabled, denied), "ACCESS_DENIED", 2),
        ("a data key of 31 bytes, then one denied", (short, disabled), "TAMPERED", 2),
        ("one denied, then a data key of 31 bytes", (denied, short), "ACCESS_DENIED", 2),
        ("credentials that have expired", (expired, here), "CREDENTIALS", 1),
        ("one denied, then expired credentials", (denied, expired, here), "ACCESS_DENIED", 2),
        ("the data key of another file is not tried again", (other, here), "TAMPERED", 1),
    ):
        fails(f"sops: keys of which none opens, {title}", bundle(*keys), code, calls=calls)
    twice = {"AWS_REGION": "us-east-1"}
    fails(
        "sops: keys of which none opens, by the region",
        bundle(denied, disabled),
        "KEY_UNUSABLE",
        calls=2,
        environment=twice,
    )
