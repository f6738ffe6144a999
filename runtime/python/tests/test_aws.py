"""One signed call, whatever the service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fake_aws import FakeAws, drop, error, reply

from secret_baker import _contract
from secret_baker._arn import Region
from secret_baker._aws import Call, answered
from secret_baker._deadline import Deadline
from secret_baker._endpoint import endpoint
from secret_baker._failure import Description, Failure

SERVICE = "secretsmanager"
TARGET = "secretsmanager.GetSecretValue"
REGION = Region("eu-west-1", "aws")
BODY: dict[str, object] = {"SecretId": "arn:of:a:secret", "VersionId": "1"}
VALUE = {"Name": "one", "SecretString": "first value"}
RULES = [{"service": SERVICE, "target": TARGET, "region": REGION.name, "request": BODY, "answer": VALUE}]
OF_A_SECRET = Description("secret arn:of:a:secret", action="secretsmanager:GetSecretValue")


@pytest.fixture(autouse=True)
def served(kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the contract know one more service, which has an endpoint of its own."""
    baked("standard tier")
    kms.obey({"calls": RULES, "otherwise": "ResourceNotFoundException"})
    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    variable = "AWS_ENDPOINT_URL_SECRETS_MANAGER"
    monkeypatch.setitem(_contract.SERVICES, SERVICE, ("Secrets Manager", SERVICE, variable))
    monkeypatch.setenv(variable, kms.url)
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)


def value(call: Call | None = None) -> str:
    def text_of(answer: dict[str, object]) -> str:
        text = answer.get("SecretString")
        if not isinstance(text, str):
            raise Failure("UNREACHABLE", "what has answered gave no value", "answer", again=True)
        return text

    return answered(call or Call(SERVICE, TARGET, REGION, BODY), text_of, Deadline(10))


def refusal(call: Call | None = None) -> str:
    with pytest.raises(Failure) as caught:
        value(call)
    return caught.value.told(OF_A_SECRET)


def test_a_call_of_another_service(kms: FakeAws) -> None:
    assert value() == "first value"
    (call,) = kms.calls
    assert call["headers"]["x-amz-target"] == TARGET
    assert f"/eu-west-1/{SERVICE}/aws4_request, " in call["headers"]["authorization"]
    assert call["body"] == BODY


@pytest.mark.parametrize(
    "other",
    [
        Call("kms", TARGET, REGION, BODY),
        Call(SERVICE, "secretsmanager.DescribeSecret", REGION, BODY),
        Call(SERVICE, TARGET, Region("eu-west-2", "aws"), BODY),
        Call(SERVICE, TARGET, REGION, {**BODY, "VersionId": "2"}),
    ],
)
def test_service_target_region_and_body_are_those_of_the_call(
    other: Call, kms: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", kms.url)
    assert ": ResourceNotFoundException (secret arn:of:a:secret); " in refusal(other)


def test_a_refusal_is_told_of_the_service(kms: FakeAws) -> None:
    kms.always = error("AccessDeniedException")
    assert refusal().startswith(
        "Secrets Manager denies secretsmanager:GetSecretValue: AccessDeniedException (secret arn:of:a:secret); "
    )
    kms.always = error("ThrottlingException")
    assert refusal() == (
        "Secrets Manager throttles every attempt: ThrottlingException, after 5 attempts (secret arn:of:a:secret); ask "
        "for a higher request quota of Secrets Manager in this account and region, or open fewer secrets at once"
    )
    kms.always = lambda handler: reply(handler, 403, b"<html>")
    said = refusal()
    assert "what has answered HTTP 403 is not Secrets Manager, after 5 attempts" in said
    assert "; something other than Secrets Manager answers there" in said


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no JSON", b'{"SecretString": 5}'])
def test_the_caller_judges_an_answer_and_asks_for_another(body: bytes, kms: FakeAws) -> None:
    kms.script = [lambda handler: reply(handler, 200, body), drop]
    assert value() == "first value"
    assert len(kms.calls) == 3
    kms.always = lambda handler: reply(handler, 200, body)
    assert "Secrets Manager cannot be reached: what has answered gave no value, after 5 attempts" in refusal()


def test_its_address_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_SECRETS_MANAGER")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1")
    assert endpoint(SERVICE, REGION).host == "secretsmanager.eu-west-1.amazonaws.com"
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    china = Region("cn-north-1", "aws-cn")
    assert endpoint(SERVICE, china).host == "secretsmanager-fips.cn-north-1.amazonaws.com.cn"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "ftp://localhost")
    assert "; unset AWS_USE_FIPS_ENDPOINT, or unset AWS_ENDPOINT_URL_SECRETS_MANAGER so that" in refusal()
    monkeypatch.delenv("AWS_USE_FIPS_ENDPOINT")
    assert "; set AWS_ENDPOINT_URL_SECRETS_MANAGER to a URL such as https://secretsmanager." in refusal()


def test_nothing_of_a_call_is_shown() -> None:
    call = Call(SERVICE, TARGET, REGION, {"SecretId": "a", "value": "first value"})
    assert json.dumps(call.body) not in f"{call!r} {call}"
    assert "first value" not in f"{call!r} {call}"
