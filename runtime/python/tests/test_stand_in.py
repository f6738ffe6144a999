"""From Parameter Store to the plaintext, against the stand-in for AWS: real encryption, both tiers, real refusals."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_aws import ROOT

import secret_baker
from secret_baker import SecretBakerError

REGION = "eu-central-1"


class StandIn:
    """Speaks to it as a deployment would: without decryption."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = self.call("kms", "TrentService.CreateKey", {})["KeyMetadata"]["KeyId"]

    def call(self, service: str, target: str, body: dict[str, Any]) -> dict[str, Any]:
        scope = f"20260101/{REGION}/{service}/aws4_request"
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": target,
            "authorization": f"AWS4-HMAC-SHA256 Credential=AKIA/{scope}, SignedHeaders=host, Signature=0",
        }
        found: dict[str, Any] = json.loads(self.send("POST", "/", headers, body))
        return found

    def send(self, method: str, path: str, headers: dict[str, str], body: object) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.endpoint + path, json.dumps(body).encode(), headers, method=method
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            raw: bytes = answer.read()
        return raw

    def faults(self, *rules: dict[str, Any]) -> None:
        self.send("PUT", "/__faults", {"content-type": "application/json"}, {"rules": rules, "reset": True})

    def baked(self, name: str, value: str, tier: str) -> dict[str, Any]:
        """Store a parameter; return its entry of a bundle."""
        put = {"Name": name, "Value": value, "Type": "SecureString", "Tier": tier, "KeyId": self.key, "Overwrite": True}
        self.call("ssm", "AmazonSSM.PutParameter", put)
        got = self.call("ssm", "AmazonSSM.GetParameter", {"Name": name, "WithDecryption": False})["Parameter"]
        return {"ciphertext": got["Value"], "arn": got["ARN"], "version": got["Version"]}


@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    child = subprocess.Popen(
        [sys.executable, "-m", "aws"], cwd=ROOT / "__test__", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout
        yield StandIn(json.loads(child.stdout.readline())["endpoint"])
        child.terminate()


@pytest.fixture
def bundle(aws: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Bake one secret of each tier; return their values."""
    values = {"STANDARD": "standard: ä€🔑\n", "ADVANCED": "advanced: ä€🔑\n" * 400}
    entries = {name: aws.baked(f"/app/{name.lower()}", value, name.capitalize()) for name, value in values.items()}
    (tmp_path / "secret-baker-secrets.json").write_text(json.dumps(entries))
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    aws.faults()
    return values


def test_both_tiers_open(bundle: dict[str, str]) -> None:
    assert len(bundle["ADVANCED"].encode()) > 4096
    assert dict(secret_baker.secrets()) == bundle


@pytest.mark.parametrize(
    "fault", [{"drop": True}, {"truncate": True}, {"garbage": True}, {"error": "ThrottlingException"}]
)
def test_faults_are_outlived(fault: dict[str, Any], aws: StandIn, bundle: dict[str, str]) -> None:
    aws.faults({"target": "TrentService.Decrypt", "times": 2, **fault})
    assert dict(secret_baker.secrets()) == bundle


def test_a_disabled_key(aws: StandIn, bundle: dict[str, str]) -> None:
    aws.call("kms", "TrentService.DisableKey", {"KeyId": aws.key})
    try:
        with pytest.raises(SecretBakerError) as caught:
            secret_baker.secrets()
    finally:
        aws.call("kms", "TrentService.EnableKey", {"KeyId": aws.key})
    assert [problem.code for problem in caught.value.problems] == ["SECRET_BAKER_KEY_UNUSABLE"] * len(bundle)


@pytest.mark.usefixtures("bundle")
def test_a_denied_call(aws: StandIn) -> None:
    aws.faults({"target": "TrentService.Decrypt", "error": "AccessDeniedException", "message": "is not authorized"})
    with pytest.raises(SecretBakerError, match="is not authorized") as caught:
        secret_baker.secret("STANDARD")
    assert caught.value.code == "SECRET_BAKER_ACCESS_DENIED"


def test_swapped_entries_do_not_open(bundle: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "secret-baker-secrets.json"
    entries = json.loads(path.read_text())
    first, second = (entries[name] for name in bundle)
    first["arn"], second["arn"] = second["arn"], first["arn"]
    path.write_text(json.dumps(entries))
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secrets()
    assert [problem.code for problem in caught.value.problems] == ["SECRET_BAKER_WRONG_CONTEXT"] * 2
