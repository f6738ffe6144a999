"""Open the secrets that Secret Baker has put beside this file."""

import base64
import functools
import json
import os
from pathlib import Path

import boto3

_FILE = Path(os.environ.get("LAMBDA_TASK_ROOT", "."), "secret-baker-secrets.json")
_BUNDLE: dict[str, dict[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def secret(name: str) -> str:
    """Return a secret; one call of KMS for each in the life of the process."""
    entry = _BUNDLE[name]
    kms = boto3.client("kms", region_name=entry["arn"].split(":")[3])
    opened = kms.decrypt(
        CiphertextBlob=base64.b64decode(entry["ciphertext"]),
        EncryptionContext={"PARAMETER_ARN": entry["arn"]},
    )
    plaintext: bytes = opened["Plaintext"]
    return plaintext.decode("utf-8")
