"""Opens secrets with boto3, one after another."""

import base64
import json
import os
from pathlib import Path

import boto3
import loopback  # noqa: F401

names = os.environ["NAMES"].split(",")
bundle = json.loads(Path(os.environ["SECRET_BAKER_FILE"]).read_text(encoding="utf-8"))
kms = boto3.client("kms")


def opened(name: str) -> str:
    """Ask KMS for one."""
    entry = bundle[name]
    answer = kms.decrypt(
        CiphertextBlob=base64.b64decode(entry["ciphertext"]),
        EncryptionContext={"PARAMETER_ARN": entry["arn"]},
    )
    return answer["Plaintext"].decode("utf-8")


def handler(_event: object, _context: object) -> list[str]:
    """Open all that NAMES names."""
    return [opened(name) for name in names]
