"""What can be wrong with a field of any source: each is refused without a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from making.spellings import other_spellings
from making.table import ACCOUNT, KEY, REGION, arn_of, b64, opens, refused

NO_TEXTS = (
    ("null", None),
    ("a number", 7),
    ("true", True),
    ("a list", ["a"]),
    ("an object", {"a": "b"}),
)
NO_REGIONS = (
    "",
    "eu-central",
    "EU-CENTRAL-1",
    "eu-central-100",
    "eu-central-1.evil",
    "evil.example/",
    "eu-central-1\n",
)
PARTITIONS = {
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-of-2040": "moon-north-1",
}


@dataclass(frozen=True)
class Subject:
    """An object whose fields are made wrong one after the other: an entry, or a part of one.

    `whole` makes the entry of it.
    """

    name: str
    right: dict[str, Any]
    whole: Callable[[dict[str, Any]], dict[str, Any]] = lambda part: part

    def refused(self, what: str, change: dict[str, Any], code: str = "BUNDLE_INVALID") -> None:
        """Add one with other fields."""
        refused(f"{self.name} {what}", {"A": self.whole(self.right | change)}, code)

    def opens(self, what: str, change: dict[str, Any], text: str) -> None:
        """Add one with other fields that opens all the same."""
        opens(f"{self.name} {what}", {"A": self.whole(self.right | change)}, text)

    def without(self, *fields: str) -> None:
        """Add one without each field."""
        for field in fields:
            rest = {name: value for name, value in self.right.items() if name != field}
            refused(f"{self.name} without its {field}", {"A": self.whole(rest)}, "BUNDLE_INVALID")

    def texts(self, *fields: str) -> None:
        """Add what is no text, and the empty one."""
        for field in fields:
            for title, value in (*NO_TEXTS, ("empty", "")):
                self.refused(f"whose {field} is {title}", {field: value})

    def base64(self, field: str, raw: bytes) -> None:
        """Add base64 that is none. `raw` is right but for its spelling."""
        assert len(raw) % 3 == 1
        for title, text in other_spellings(b64(raw)):
            self.refused(f"whose {field} is base64 {title}", {field: text})

    def blob(self, field: str) -> None:
        """Add blobs that are none: too long, or without the header of one."""
        for title, raw in (
            ("plaintext in base64", b"hello world"),
            ("one byte", b"\x01"),
            ("a header that nobody knows", b"\x01\x03\x02\x00\x78" + bytes(100)),
            ("an Encryption SDK message of version 1", b"\x01\x80\x03\x78" + bytes(100)),
            ("an Encryption SDK message of version 2", b"\x02\x05\x78" + bytes(100)),
            ("6,144 bytes of no known kind", b"\x03" + bytes(6143)),
        ):
            self.refused(f"whose {field} is {title}", {field: b64(raw)}, "UNKNOWN_CIPHERTEXT")
        for title, raw in (("of 6,145 bytes", b"\x01\x02"), ("of 6,145 bytes of no known kind", b"\x03\x03")):
            self.refused(f"with a {field} {title}", {field: b64(raw + bytes(6143))})

    def contents(self, field: str) -> None:
        """Add what is longer than contents may be."""
        self.refused(f"with {field} of 65,537 bytes", {field: b64(bytes(65_537))})

    def context(self) -> None:
        """Add contexts that are none."""
        for title, value in (
            ("null", None),
            ("a text", "a=b"),
            ("empty text", ""),
            ("a list", []),
            ("a number", 0),
            ("false", False),
            ("of a number", {"a": 1}),
            ("of null", {"a": "b", "c": None}),
            ("of true", {"a": True}),
            ("of a list", {"a": ["b"]}),
            ("of an object", {"a": {"b": "c"}}),
        ):
            self.refused(f"whose context is {title}", {"context": value})

    def key_arn(self, field: str) -> None:
        """Add ARNs that are none of a key of KMS."""
        of_an_alias = KEY[: KEY.index("key/")] + "alias/app"
        for title, arn in (
            ("an ARN of a parameter", arn_of("/a/b")),
            ("a key's id alone", KEY.rpartition("/")[2]),
            ("an alias alone", "alias/app"),
            ("an ARN with neither a key nor an alias", KEY.replace(":key/", ":grant/")),
            ("a key's ARN without an id", KEY[: KEY.index("key/") + 4]),
            ("an alias's ARN without a name", of_an_alias.removesuffix("app")),
            ("a key's ARN with a colon in its id", KEY + ":1"),
            ("a key's ARN with a space in its id", KEY + " 1"),
            ("a key's ARN with a star in its id", KEY[:-1] + "*"),
            ("a key's ARN with a letter that is not ASCII", KEY[:-1] + "\u00e4"),
            ("a key's ARN with a line end after it", KEY + "\n"),
            ("a key's ARN with a space before it", " " + KEY),
            ("a key's ARN in capitals", KEY.upper()),
            ("a key's ARN of another service", KEY.replace(":kms:", ":ssm:")),
            ("a key's ARN without an account", KEY.replace(ACCOUNT, "")),
            ("a key's ARN with an account of 11 digits", KEY.replace(ACCOUNT, ACCOUNT[:-1])),
            ("a key's ARN of 2,049 bytes", KEY + "1" * (2049 - len(KEY))),
            *((f"a key's ARN of the region {region!r}", KEY.replace(REGION, region)) for region in NO_REGIONS),
            *(
                (f"a key's ARN of the partition {part!r}", KEY.replace(":aws:", f":{part}:"))
                for part in ("", "AWS", "aws-")
            ),
        ):
            self.refused(f"whose {field} is {title}", {field: arn})
