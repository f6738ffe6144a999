"""Entries that name their key: which ARNs are one's, and whose answer counts."""

from __future__ import annotations

from typing import Any, Protocol

from making.fields import PARTITIONS
from making.table import ACCOUNT, KEY, REGION, fails, opens

OTHER_KEY = KEY.replace("1111", "9999")
ALIAS = KEY[: KEY.index("key/")] + "alias/app/prod_1"
_ABSENT = object()


class Make(Protocol):
    """Makes an entry that opens to `VALUE`, and keeps its rule: `told` is what KMS answers or fails with."""

    def __call__(self, label: str, *, arn: str = KEY, **told: Any) -> dict[str, Any]:
        """Return the entry; its blob is one of the label's own."""


def whose_key(name: str, make: Make, value: str) -> None:
    """Add ARNs of keys and aliases, and answers of their keys and of others."""
    arns(name, make, value)
    answers_of_a_key(name, make, value)
    answers_to_an_alias(name, make, value)


def arns(name: str, make: Make, value: str) -> None:
    """Add ARNs of every kind."""
    for title, arn in (
        ("of a multi-region key", KEY.replace("1111", "mrk-1111")),
        ("of 2,048 bytes", KEY + "1" * (2048 - len(KEY))),
        ("with all that an id may have", KEY + "/_-aZ09"),
        ("of another region", KEY.replace(REGION, "us-west-2")),
        ("of another account", KEY.replace(ACCOUNT, "999999999999")),
        *(
            (f"of the partition {part}", f"arn:{part}:kms:{region}:{ACCOUNT}:key/1")
            for part, region in PARTITIONS.items()
        ),
    ):
        opens(f"{name} of a key's ARN {title}", {"A": make(f"{name}/arn/{title}", arn=arn, KeyId=arn)}, value, calls=1)


def answers_of_a_key(name: str, make: Make, value: str) -> None:
    """Add answers of other keys than the one that the entry names."""
    opens(f"{name} that its key opened", {"A": make(f"{name}/own", KeyId=KEY)}, value, calls=1)
    for title, answered in (
        ("another key", OTHER_KEY),
        ("a key of the same id in another region", KEY.replace(REGION, "us-east-1")),
        ("a key of the same id in another account", KEY.replace(ACCOUNT, "999999999999")),
        ("its key, told by its id", KEY.rpartition("/")[2]),
        ("its key, told in capitals", KEY.upper()),
        ("an alias", ALIAS),
        ("a key that tells nothing", ""),
        ("null", None),
        ("a number", 7),
        ("a list with its key", [KEY]),
        ("nobody", _ABSENT),
    ):
        told = {"without": "KeyId"} if answered is _ABSENT else {"KeyId": answered}
        entry = make(f"{name}/by/{title}", **told)
        fails(f"{name} that {title} opened", {"A": entry}, "WRONG_CONTEXT", calls=1)


def answers_to_an_alias(name: str, make: Make, value: str) -> None:
    """Add an alias, behind which may be any key."""
    for title, told in (
        ("a key", {"KeyId": KEY}),
        ("a key of another region", {"KeyId": OTHER_KEY.replace(REGION, "us-east-1")}),
        ("a key that tells nothing", {"KeyId": ""}),
        ("nobody", {"without": "KeyId"}),
    ):
        entry = make(f"{name}/alias/{title}", arn=ALIAS, **told)
        opens(f"{name} of an alias, that {title} opened", {"A": entry}, value, calls=1)
