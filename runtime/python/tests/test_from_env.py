"""What is sealed in an environment variable, opened once for each value."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sealed
from fake_aws import FakeAws, error, reply
from problems import problem_of
from test_shared_calls import asked

import secret_baker
from secret_baker import (
    SecretBakerError,
    secret_bytes_from_env,
    secret_bytes_from_env_async,
    secret_from_env,
    secret_from_env_async,
)

ENTRY = "secret-baker:" + json.dumps(sealed.kms(), separators=(",", ":"))
OTHER = "secret-baker:" + json.dumps(sealed.kms(context={"a": "b"}), separators=(",", ":"))
UNSET = "set it where the function is configured, to the framework's variable `secretBaker:NAME`, and deploy again"
INVALID = (
    "set it where the function is configured, to the framework's variable `secretBaker:NAME` or to the base64 of a "
    "ciphertext of KMS, and deploy again"
)


@pytest.fixture(autouse=True)
def set_up(kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(b"{}")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("DB", ENTRY)
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.opens(sealed.VALUE)).encode())


def told(name: str = "DB") -> str:
    with pytest.raises(SecretBakerError) as caught:
        secret_from_env(name)
    assert caught.value.secret == name
    return problem_of(caught.value)


def test_it_is_opened_once_as_text_and_as_bytes(kms: FakeAws) -> None:
    assert secret_from_env("DB") == sealed.VALUE.decode()
    assert secret_bytes_from_env("DB") == sealed.VALUE
    assert asyncio.run(secret_from_env_async("DB")) == sealed.VALUE.decode()
    assert asyncio.run(secret_bytes_from_env_async("DB")) == sealed.VALUE
    assert len(kms.calls) == 1
    assert os.environ["DB"] == ENTRY, "no variable is set"
    assert secret_from_env("DB", fresh=True) == sealed.VALUE.decode()
    assert asyncio.run(secret_bytes_from_env_async("DB", fresh=True)) == sealed.VALUE
    assert len(kms.calls) == 3


def test_no_bundle_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_BAKER_FILE", "/nonexistent")
    assert secret_from_env("DB") == sealed.VALUE.decode()


def test_it_is_kept_by_its_value(kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAME", ENTRY)
    assert secret_from_env("DB") == secret_from_env("SAME")
    assert len(kms.calls) == 1
    monkeypatch.setenv("DB", OTHER)
    secret_from_env("DB")
    assert len(kms.calls) == 2
    monkeypatch.setenv("DB", ENTRY)
    secret_from_env("DB")
    assert len(kms.calls) == 2
    secret_baker.configure(file=None)
    secret_from_env("DB")
    assert len(kms.calls) == 3


def test_many_callers_are_one_call_and_each_is_told_its_own_name(kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"V{number}" for number in range(8)]
    for name in names:
        monkeypatch.setenv(name, ENTRY)
    together = threading.Barrier(len(names))
    kms.latency = 0.5
    kms.script = [error("AccessDeniedException")]

    def call(name: str) -> str:
        together.wait()
        return told(name)

    with ThreadPoolExecutor(len(names)) as pool:
        messages = list(pool.map(call, names))
    for name, message in zip(names, messages):
        assert message.startswith(
            f"SECRET_BAKER_ACCESS_DENIED: environment variable `{name}`: KMS denies kms:Decrypt: "
        )
    assert len(kms.calls) == 1
    assert secret_from_env("V0") == sealed.VALUE.decode()


@pytest.mark.parametrize("name", ["UNSET", "a=b", "a\0b", "\ud800", ""])
def test_a_variable_that_is_not_set(name: str) -> None:
    message = told(name)
    assert message.isprintable()
    assert message.endswith(f"`: the environment variable holds no sealed secret; it is not set: {UNSET}")


def test_a_variable_that_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "")
    assert "SECRET_BAKER_VARIABLE_INVALID: environment variable `DB`: " in told()
    assert f"holds no sealed secret: it is empty; it is not set: {UNSET}" in told()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("not-resolved-here", "what follows `secret-baker:` is not a JSON object as a bundle has it"),
        ("[]", "what follows `secret-baker:` is not a JSON object as a bundle has it"),
        ("", "what follows `secret-baker:` is not a JSON object as a bundle has it"),
        ('{"a": "\udcff"}', "what follows `secret-baker:` is not a JSON object as a bundle has it"),
        ('{"a": 1, "a": 1}', "what follows `secret-baker:` is not a JSON object as a bundle has it"),
        ("{}", "its entry has no text `arn`"),
        ('{"source": "kms"}', "its entry has no text `ciphertext`"),
    ],
)
def test_what_was_sealed_is_no_entry(value: str, why: str, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", f"secret-baker:{value}")
    assert told() == (
        "SECRET_BAKER_VARIABLE_INVALID: environment variable `DB`: the environment variable holds no sealed secret: "
        f"{why}; {INVALID}"
    )
    assert kms.calls == []


@pytest.mark.parametrize("value", ["hunter2!", "aHVudGVyMg", "aHVudGVyMg== ", "AQIC", "x" * 5000, "\udcff"])
def test_what_may_be_a_plaintext_is_not_shown(value: str, kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", value)
    kms.always = error("AccessDeniedException")
    message = told()
    assert value not in message
    assert "environment variable `DB`: " in message


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"AWS_REGION": ""}, "neither AWS_REGION nor AWS_DEFAULT_REGION is set"),
        ({"AWS_REGION": "no region"}, "AWS_REGION or AWS_DEFAULT_REGION is `no region`"),
    ],
)
def test_a_bare_ciphertext_needs_a_region(environment: Any, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DB", sealed.BLOB)
    assert f"holds no sealed secret: {why}, so it is not known where KMS is asked; {INVALID}" in told()


def test_a_refusal_names_the_context_that_was_tried(kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", sealed.BLOB)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "a-function")
    kms.always = error("AccessDeniedException")
    assert 'for the encryption context {"LambdaFunctionName": "a-function"};' in told()
    assert kms.calls[0]["body"]["EncryptionContext"] == {"LambdaFunctionName": "a-function"}
    kms.always = error("InvalidCiphertextException")
    message = told()
    assert (
        "(KMS ciphertext, region eu-central-1); package and deploy again: it opens under the encryption context {} "
        in (message)
    )
    assert [call["body"]["EncryptionContext"] for call in kms.calls[1:]] == [{"LambdaFunctionName": "a-function"}, {}]


def test_bytes_that_are_no_text(kms: FakeAws) -> None:
    kms.always = lambda handler: reply(handler, 200, json.dumps(sealed.opens(b"\xff")).encode())
    assert secret_bytes_from_env("DB") == b"\xff"
    assert told().startswith(
        "SECRET_BAKER_NOT_TEXT: environment variable `DB`: its value is not text in UTF-8; read it as bytes"
    )


def test_time_is_over_while_another_opens_it(kms: FakeAws) -> None:
    released = threading.Event()

    def act(handler: Any) -> None:
        released.wait(20)
        reply(handler, 200, json.dumps(sealed.opens(sealed.VALUE)).encode())

    kms.always = act
    secret_baker.configure(timeout=30, attempt_timeout=30)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(secret_from_env, "DB")
        asked(kms, 1)
        secret_baker.configure(timeout=0.2)
        try:
            assert "environment variable `DB`: KMS cannot be reached: timed out while others were opened" in told()
        finally:
            released.set()
        assert first.result() == sealed.VALUE.decode()


@pytest.mark.parametrize("call", [secret_from_env, secret_bytes_from_env])
def test_the_name_is_a_string(call: Any) -> None:
    with pytest.raises(TypeError, match="the name of an environment variable is a string, not int"):
        call(5)
