"""Policies bind an access key: what they do not allow is refused as IAM refuses it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from .conftest import StandIn

BOUND = "AKIABOUNDEXAMPLE0000"
ONE = "arn:aws:ssm:eu-central-1:123456789012:parameter/bound/one"


def bind(stand_in: StandIn, *statements: dict[str, Any]) -> None:
    """Bind the access key by one policy."""
    policy = {"Version": "2012-10-17", "Statement": statements}
    request = urllib.request.Request(
        stand_in.endpoint + "/__policies", json.dumps({BOUND: [policy]}).encode(), method="PUT"
    )
    urllib.request.urlopen(request, timeout=10).close()


def asked(stand_in: StandIn) -> list[dict[str, Any]]:
    """Return what was asked of IAM."""
    with urllib.request.urlopen(stand_in.endpoint + "/__policies", timeout=10) as answer:
        log: list[dict[str, Any]] = json.load(answer)
    return log


def call(stand_in: StandIn, target: str, service: str, body: dict[str, Any], key: str = BOUND) -> dict[str, Any]:
    """Call as that access key; an error is returned as it is."""
    scope = f"{key}/20260101/eu-central-1/{service}/aws4_request"
    headers = {
        "x-amz-target": target,
        "content-type": "application/x-amz-json-1.1",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    request = urllib.request.Request(stand_in.endpoint + "/", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            told: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        told = json.loads(error.read())
    return told


@pytest.fixture
def bound(stand_in: StandIn) -> StandIn:
    """Return a stand-in with two parameters, of which one may be read and opened."""
    for name in ("one", "two"):
        stand_in.put(f"/bound/{name}", name)
    context = {"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": ONE}}
    bind(
        stand_in,
        {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": ONE},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": context},
    )
    return stand_in


def test_what_is_allowed_is_answered_and_the_rest_refused(bound: StandIn) -> None:
    told = call(bound, "AmazonSSM.GetParameters", "ssm", {"Names": ["/bound/one:1"]})
    assert [one["Name"] for one in told["Parameters"]] == ["/bound/one"]
    told = call(bound, "AmazonSSM.GetParameters", "ssm", {"Names": ["/bound/one", "/bound/two"]})
    assert told["__type"] == "AccessDeniedException"
    told = call(bound, "AmazonSSM.GetParameter", "ssm", {"Name": "/bound/one"})
    assert told["__type"] == "AccessDeniedException"
    told = call(bound, "Unheard.Of", "unheard", {})
    assert told["__type"] == "AccessDeniedException"
    log = [(one["action"], one["resource"], one["allowed"]) for one in asked(bound)]
    assert log[:2] == [("ssm:GetParameters", ONE, True), ("ssm:GetParameters", ONE, True)]
    assert log[2] == ("ssm:GetParameters", ONE[:-3] + "two", False)


def test_a_key_opens_under_its_context_only(bound: StandIn) -> None:
    blob = bound.call("AmazonSSM.GetParameters", Names=["/bound/one"])["Parameters"][0]["Value"]
    body = {"CiphertextBlob": blob, "EncryptionContext": {"PARAMETER_ARN": ONE}}
    assert "Plaintext" in call(bound, "TrentService.Decrypt", "kms", body)
    assert asked(bound)[-1]["resource"].startswith("arn:aws:kms:eu-central-1:123456789012:key/")
    body["EncryptionContext"] = {"PARAMETER_ARN": ONE[:-3] + "two"}
    assert call(bound, "TrentService.Decrypt", "kms", body)["__type"] == "AccessDeniedException"


def test_other_access_keys_are_free(bound: StandIn) -> None:
    told = call(bound, "AmazonSSM.GetParameters", "ssm", {"Names": ["/bound/two"]}, key="AKIAFREEEXAMPLE00000")
    assert len(told["Parameters"]) == 1
    assert asked(bound) == []
