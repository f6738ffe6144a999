"""What Secrets Manager answers, and which fields of it are values."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sealed
from fake_aws import FakeAws, error, reply
from problems import problem_of

from secret_baker import SecretBakerError, secret, secret_bytes


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)


def holds(kms: FakeAws, text: str) -> None:
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.holds(text)).encode())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"a"', "a"),
        ('""', ""),
        ("true", "true"),
        ("false", "false"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1.0", "1"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("120e-1", "12"),
        ("-17", "-17"),
        ("9007199254740991", "9007199254740991"),
        ("-9007199254740991", "-9007199254740991"),
        ("1e-400", "0"),
        ("0." + "0" * 5000 + "1", "0"),
    ],
)
def test_texts_whole_numbers_and_truth_are_values(value: str, text: str, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager(field="f")))
    holds(kms, f'{{"other": [], "f": {value}}}')
    assert secret("A") == text


@pytest.mark.parametrize(
    "value",
    [
        '{"f": null}',
        '{"f": []}',
        '{"f": {}}',
        '{"f": 1.5}',
        '{"f": 9007199254740992}',
        '{"f": 9007199254740993}',
        '{"f": -9007199254740992}',
        '{"f": 1e300}',
        f'{{"f": 1{"0" * 400}}}',
        f'{{"f": 1{"0" * 5000}}}',
        '{"f": 1e400}',
        '{"f": NaN}',
        '{"f": "a", "f": "a"}',
        r'{"f": "\ud800"}',
        '{"f": "a", "g": 1e400}',
        f'{{"f": "a", "g": {"[" * 100}{"]" * 100}}}',
        '{"F": "a"}',
        '{"f.g": "a"}',
        '{"f": "a"} x',
        '"f"',
        "[]",
        "",
        "plain text",
    ],
)
def test_all_else_is_no_field(value: str, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager(field="f"), B=sealed.secrets_manager()))
    holds(kms, value)
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    assert caught.value.code == "SECRET_BAKER_NO_SUCH_FIELD"
    assert secret("B") == value
    assert len(kms.calls) == 1, "the value has come all right"


def test_a_binary_value_has_no_field(kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager(field="f"), B=sealed.secrets_manager()))
    answer = {**sealed.holds(""), "SecretString": None, "SecretBinary": sealed.base64(b'{"f": "a"}')}
    kms.always = lambda handler: reply(handler, 200, json.dumps(answer).encode())
    assert secret_bytes("B") == b'{"f": "a"}'
    with pytest.raises(SecretBakerError, match="SECRET_BAKER_NO_SUCH_FIELD"):
        secret("A")


PLACE = f"(secret {sealed.SECRET_ARN}, version {sealed.VERSION}, region eu-central-1)"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "AccessDeniedException",
            (
                "SECRET_BAKER_ACCESS_DENIED: secret `A`: Secrets Manager denies secretsmanager:GetSecretValue: "
                f"AccessDeniedException {PLACE}; allow secretsmanager:GetSecretValue to the function's role on the "
                "secret, in the role's policy and, from another account, in the secret's; and kms:Decrypt on the "
                "secret's key where that is a customer managed one"
            ),
        ),
        (
            "DecryptionFailure",
            (
                "SECRET_BAKER_KEY_UNUSABLE: secret `A`: Secrets Manager cannot use its KMS key: DecryptionFailure "
                f"{PLACE}; enable the secret's key or cancel its deletion, or let the function's role use it; or "
                "encrypt the secret under another key"
            ),
        ),
        (
            "ResourceNotFoundException",
            (
                "SECRET_BAKER_SECRET_GONE: secret `A`: Secrets Manager does not have it any more: "
                f"ResourceNotFoundException {PLACE}; package and deploy again, which takes the version of now; "
                "`label: true` where the secret is configured keeps rotation from deleting a version that is deployed"
            ),
        ),
        (
            "ExpiredTokenException",
            (
                "SECRET_BAKER_CREDENTIALS: secret `A`: there are no credentials that Secrets Manager accepts: "
                f"ExpiredTokenException {PLACE}; they have expired: renew them"
            ),
        ),
    ],
)
def test_a_refusal_is_told_in_words_of_the_service(name: str, told: str, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager()))
    kms.always = error(name)
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    assert problem_of(caught.value) == told
    assert kms.calls[-1]["headers"]["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert "/eu-central-1/secretsmanager/aws4_request" in kms.calls[-1]["headers"]["authorization"]


@pytest.mark.parametrize("other", [{"ARN": sealed.SECRET_ARN + "x"}, {"VersionId": "another"}, {"ARN": None}])
def test_an_answer_of_another_secret_is_refused(other: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager()))
    kms.always = lambda handler: reply(handler, 200, json.dumps({**sealed.holds("first"), **other}).encode())
    with pytest.raises(SecretBakerError) as caught:
        secret("A")
    assert problem_of(caught.value) == (
        "SECRET_BAKER_WRONG_CONTEXT: secret `A`: Secrets Manager answers with another secret or version: its `ARN` or "
        f"`VersionId` is another {PLACE}; check the endpoint, then package and deploy again"
    )
    assert len(kms.calls) == 1


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"ARN": "a", "ARN": "a"}'])
def test_an_answer_that_is_no_object_came_from_another(body: bytes, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager()))
    kms.script = [lambda handler: reply(handler, 200, body)]
    holds(kms, "first")
    assert secret("A") == "first"
    kms.always = lambda handler: reply(handler, 200, body)
    with pytest.raises(SecretBakerError, match="something other than Secrets Manager answers there") as caught:
        secret("A", fresh=True)
    assert caught.value.code == "SECRET_BAKER_UNREACHABLE"


def test_its_own_endpoint_goes_before_that_of_all(kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(sealed.bundle(A=sealed.secrets_manager()))
    holds(kms, "first")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert secret("A") == "first"
    monkeypatch.delenv("AWS_ENDPOINT_URL_SECRETS_MANAGER")
    monkeypatch.setenv("AWS_ENDPOINT_URL", kms.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    assert secret("A", fresh=True) == "first"
