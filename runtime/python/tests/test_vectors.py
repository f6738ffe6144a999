"""Each case of each file in `bundles/`, and each variable of `variables.json`, against an AWS made of its rules."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from fake_aws import CASES, ROOT, VARIABLES, FakeAws, content
from problems import problem_of

import secret_baker

ANSWERS: dict[str, Any] = json.loads((ROOT / "__test__/vectors/answers.json").read_text(encoding="utf-8"))


def test_there_are_cases() -> None:
    """Of none, pytest would make tests that are skipped."""
    assert len(CASES) > 500
    assert len(ANSWERS["cases"]) > 100
    assert len(VARIABLES) > 100


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)


def check(expect: dict[str, Any], text: Callable[[str], str], raw: Callable[[str], bytes], name: str) -> None:
    """Open it as a case says, by these functions."""
    if "text" in expect:
        assert text(name) == expect["text"]
        assert raw(name) == expect["text"].encode()
    elif "bytes" in expect:
        assert raw(name) == base64.b64decode(expect["bytes"])
    else:
        with pytest.raises(secret_baker.SecretBakerError) as caught:
            text(name)
        assert caught.value.code == expect["fails"]
        assert [problem.code for problem in caught.value.problems] == [expect["fails"]]
        assert problem_of(caught.value) == f"{expect['fails']}: {caught.value.problems[0].message}"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector["title"])
def test_case(vector: dict[str, Any], kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(content(vector))
    kms.obey(vector)
    for variable, value in vector["environment"].items():
        monkeypatch.setenv(variable, value)
    check(vector["expect"], secret_baker.secret, secret_baker.secret_bytes, vector["secret"])
    assert len(kms.calls) == vector["expect"].get("calls", len(kms.calls))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("vector", VARIABLES, ids=lambda vector: vector["title"])
def test_variable(vector: dict[str, Any], kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(b"{}")
    kms.obey(vector)
    own = {"DB": vector["variable"]} if "variable" in vector else {}
    for variable, value in {**vector["environment"], **own}.items():
        monkeypatch.setenv(variable, value)
    check(vector["expect"], secret_baker.secret_from_env, secret_baker.secret_bytes_from_env, "DB")
    assert len(kms.calls) == vector["expect"].get("calls", len(kms.calls))


@pytest.mark.parametrize("vector", ANSWERS["cases"], ids=lambda vector: vector["title"])
def test_answer(vector: dict[str, Any], kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(handler: Any) -> None:
        body = vector["body"].encode()
        handler.send_response_only(vector["status"])
        for name, value in {**vector["headers"], "content-length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    baked(ANSWERS["file"].encode())
    kms.always = act
    expect = vector["expect"]
    if "text" in expect:
        assert secret_baker.secret(vector["secret"]) == expect["text"]
    else:
        with pytest.raises(secret_baker.SecretBakerError) as caught:
            secret_baker.secret(vector["secret"])
        assert caught.value.code == expect["fails"]
        if "hidden" in expect:
            assert expect["hidden"] not in f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
    assert len(kms.calls) == expect.get("attempts", len(kms.calls))
