"""What the official Encryption SDK makes of the vectors' messages.

It is the independent reading: what we open it opens to the same, and what we refuse it refuses too, but for what we
read more strictly on purpose.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.key_providers.base import MasterKey, MasterKeyConfig, MasterKeyProvider, MasterKeyProviderConfig
from aws_encryption_sdk.structures import DataKey

BUNDLES = Path(__file__).parents[1] / "vectors/bundles"


class _KeyConfig(MasterKeyConfig):
    """Says whose the keys are."""

    provider_id = "aws-kms"


class _Key(MasterKey):
    """One key of the rules."""

    provider_id = "aws-kms"
    _config_class = _KeyConfig
    rules: list[dict[str, Any]]
    region: str

    def _decrypt_data_key(self, encrypted_data_key: Any, algorithm: Any, encryption_context: Any) -> DataKey:  # noqa: ARG002
        # Whatever the context: what is refused is to be refused by the message's own faults.
        ciphertext = base64.b64encode(encrypted_data_key.encrypted_data_key).decode()
        blobs = [rule for rule in self.rules if rule["target"] == "TrentService.Decrypt" and "answer" in rule]
        found = [rule for rule in blobs if rule["request"]["CiphertextBlob"] == ciphertext]
        fitting = [rule for rule in found if rule["request"]["EncryptionContext"] == dict(encryption_context)] or found
        for rule in fitting:
            plaintext = base64.b64decode(rule["answer"]["Plaintext"])
            return DataKey(encrypted_data_key.key_provider, plaintext, encrypted_data_key.encrypted_data_key)
        raise DecryptKeyError("the rules have no such data key")

    def _generate_data_key(self, *_: Any) -> Any:
        raise NotImplementedError

    def _encrypt_data_key(self, *_: Any) -> Any:
        raise NotImplementedError


class _Keys(MasterKeyProvider):
    """All keys of the rules."""

    provider_id = "aws-kms"
    _config_class = MasterKeyProviderConfig
    rules: list[dict[str, Any]]
    region: str

    def _new_master_key(self, key_id: Any) -> _Key:
        key = _Key(config=_KeyConfig(key_id=key_id))
        key.rules, key.region = self.rules, self.region
        return key


def _cases() -> list[dict[str, Any]]:
    tables = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(BUNDLES.glob("*.json"))]
    return [{**case, "calls": [*case.get("calls", []), *table["calls"]]} for table in tables for case in table["cases"]]


def messages() -> list[Any]:
    """Return the cases whose secret is a message of the Encryption SDK, each with all the rules that hold for it."""
    found = []
    for case in _cases():
        try:
            entry = json.loads(case["file"])[case["secret"]]
            raw = base64.b64decode(entry["ciphertext"], validate=True)
        except (KeyError, TypeError, ValueError, RecursionError):
            continue
        if raw[:2] in (b"\x01\x80", b"\x02\x04", b"\x02\x05") and "source" not in entry:
            found.append(pytest.param(case, entry["arn"], raw, id=case["title"]))
    return found


def opened(case: dict[str, Any], arn: str, raw: bytes) -> bytes:
    """Open a message by the official library; it says what it refuses by an exception of any kind."""
    keys = _Keys(config=MasterKeyProviderConfig())
    keys.rules, keys.region = case["calls"], arn.split(":")[3]
    client = EncryptionSDKClient(
        commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT, max_encrypted_data_keys=3
    )
    plaintext, header = client.decrypt(source=raw, key_provider=keys)
    assert header.encryption_context["PARAMETER_ARN"] == arn
    return bytes(plaintext)


# Titles of what we refuse by a rule of our own: bytes behind the end, base64 in another spelling, what a data key says
# of its key, and what KMS itself refused.
STRICTER = re.compile(
    r"suite \w+: a byte after the (end|signature)"
    r"|suite \w+ with a public key that has (unused bits|a line end after it)"
    r"|a message with (a data key without a key's ARN|a key's (ARN|id) .*|an alias only|a parameter's ARN as a key's)"
    r"|a message with another provider's information that is not UTF-8"
    r"|a message with a second data key of no bytes"
    r"|a message of frames with one after the last"
    r"|a data key (after one with another error|after credentials that have expired|after one of 31 bytes)"
    r"|an error after one that is denied"
    r"|a data key that (another key|a key of the same id elsewhere) opened"
)


@pytest.mark.parametrize(("case", "arn", "raw"), messages())
def test_it_reads_each_message_as_we_do(case: dict[str, Any], arn: str, raw: bytes) -> None:
    if "text" in case["expect"]:
        assert opened(case, arn, raw) == case["expect"]["text"].encode()
    elif STRICTER.fullmatch(case["title"]):
        opened(case, arn, raw)
    else:
        with pytest.raises(Exception):  # noqa: B017, PT011
            opened(case, arn, raw)


def test_there_are_messages() -> None:
    assert len(messages()) > 200
