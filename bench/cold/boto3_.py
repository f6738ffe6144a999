"""Opens the secrets that its arguments name with boto3."""

import base64
import json
import os
import sys
from pathlib import Path

import boto3

bundle = json.loads(Path(os.environ["SECRET_BAKER_FILE"]).read_text(encoding="utf-8"))
kms = boto3.client("kms")
for name in sys.argv[1:]:
    entry = bundle[name]
    answer = kms.decrypt(
        CiphertextBlob=base64.b64decode(entry["ciphertext"]),
        EncryptionContext={"PARAMETER_ARN": entry["arn"]},
    )
    print(answer["Plaintext"].decode("utf-8"))
