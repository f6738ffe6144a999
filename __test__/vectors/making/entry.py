"""The strict rules for an entry's ARN and ciphertext."""

from __future__ import annotations

from typing import Any

from making.spellings import other_spellings
from making.table import ACCOUNT, KEY, REGION, arn_of, b64, opens, refused, standard

VALUE = "the value of the entry"
PARTITIONS = {
    "aws": "ap-southeast-2",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-of-2040": "moon-north-1",
}


def an_entry() -> None:
    """Add all."""
    arns()
    regions_and_partitions()
    ciphertexts()
    lengths()


def with_arn(one: dict[str, Any], *change: str) -> dict[str, Any]:
    """Return a bundle with another ARN."""
    return {"A": one | {"arn": one["arn"].replace(*change)}}


def arns() -> None:
    """Add ARNs that are none."""
    one = standard("/f/one", "the value of the file")
    refused("an ARN that is none", {"A": one | {"arn": "/f/one"}}, "BUNDLE_INVALID")
    refused("an ARN of another service", {"A": one | {"arn": KEY}}, "BUNDLE_INVALID")
    for title, change in (
        ("with an empty path", ("parameter/f/one", "parameter/")),
        ("without a path", ("parameter/f/one", "parameter")),
        ("of a document", ("parameter/", "document/")),
        ("with a space in its path", ("/one", "/o ne")),
        ("with a letter that is not ASCII in its path", ("/one", "/\u00f6ne")),
        ("with a percent sign in its path", ("/one", "/%6fne")),
        ("with a colon in its path", ("/one", "/one:3")),
        ("with a star in its path", ("/one", "/*")),
        ("with a line end after it", ("/one", "/one\n")),
        ("with a line end in it", ("/one", "/one\n\rERROR forged")),
        ("with a NUL in it", ("/one", "/one\0")),
        ("with a space before it", ("arn:", " arn:")),
        ("in capitals", ("arn:aws:ssm", "ARN:AWS:SSM")),
        ("with an account of 11 digits", (ACCOUNT, ACCOUNT[:-1])),
        ("with an account of 13 digits", (ACCOUNT, ACCOUNT + "3")),
        ("with an account in other digits", (ACCOUNT, "\u0661\u0662\u0663456789012")),
        ("without an account", (ACCOUNT, "")),
    ):
        refused(f"an ARN {title}", with_arn(one, *change), "BUNDLE_INVALID")
    letters = standard("/aZ09_.-/x//", VALUE)
    opens("an ARN with all that a path may have", {"A": letters}, VALUE)
    start = arn_of("/")
    longest, longer = (start + "p" * (length - len(start)) for length in (2048, 2049))
    opens("an ARN of 2,048 bytes", {"A": standard("", VALUE, arn=longest)}, VALUE)
    refused("an ARN of 2,049 bytes", {"A": standard("", VALUE, arn=longer)}, "BUNDLE_INVALID")


def regions_and_partitions() -> None:
    """Add such as exist or might, and such as could lead a request elsewhere."""
    one = standard("/f/one", "the value of the file")
    refused("an ARN without a region", with_arn(one, REGION, ""), "BUNDLE_INVALID")
    refused("an ARN whose region is a host", with_arn(one, REGION, "evil.example/"), "BUNDLE_INVALID")
    for region in (
        "eu-central",
        "EU-CENTRAL-1",
        "eu_central_1",
        "eu-central-100",
        "e-central-1",
        "eu-central-1.evil",
        "eu-central-1@evil",
        "eu--1",
        "eu-a-b-c-d-1",
        "eu-central-\u0661",
        "eu-central-1\n",
        "localhost",
    ):
        refused(f"an ARN whose region is {region!r}", with_arn(one, REGION, region), "BUNDLE_INVALID")
    for partition in ("AWS", "", "amazon", "aws_cn", "aws-", "aws--cn", "xaws", "awscn", "aws-\u00e4", "aws\n"):
        changed = {"A": one | {"arn": one["arn"].replace("arn:aws:", f"arn:{partition}:")}}
        refused(f"an ARN whose partition is {partition!r}", changed, "BUNDLE_INVALID")
    for partition, region in PARTITIONS.items():
        entry = standard("", VALUE, arn=arn_of("/far", region, partition))
        opens(f"the partition {partition}, with an endpoint", {"A": entry}, VALUE)


def ciphertexts() -> None:
    """Add base64 that is none, or another spelling of the same bytes."""
    one = standard("/f/one", "the value of the file")
    for title, changed in other_spellings(one["ciphertext"]):
        refused(f"a ciphertext {title}", {"A": one | {"ciphertext": changed}}, "BUNDLE_INVALID")


def lengths() -> None:
    """Add ciphertexts of no known kind, and such as are too long for any."""
    one = standard("/f/one", "the value of the file")
    for title, raw in (
        ("plaintext in base64", b"hello world"),
        ("what an emulator returns", b"kms:alias/aws/ssm:hello"),
        ("one byte", b"\x01"),
        ("an Encryption SDK version that is not known", b"\x03\x05\x78" + bytes(100)),
        ("an Encryption SDK message of another type", b"\x01\x81\x01\x78" + bytes(100)),
        ("65,536 bytes of no known kind", b"\x03" + bytes(65_535)),
    ):
        refused(f"a ciphertext that is {title}", {"A": one | {"ciphertext": b64(raw)}}, "UNKNOWN_CIPHERTEXT")
    longer = {"A": one | {"ciphertext": b64(b"\x03" + bytes(65_536))}}
    refused("a ciphertext that is 65,537 bytes of no known kind", longer, "BUNDLE_INVALID")
