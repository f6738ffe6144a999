"""Each case of each file in `bundles/`, against an AWS made of its rules."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from fake_aws import CASES, ROOT, FakeAws, content

import secret_baker

ANSWERS: dict[str, Any] = json.loads((ROOT / "__test__/vectors/answers.json").read_text(encoding="utf-8"))


def test_there_are_cases() -> None:
    """Of none, pytest would make tests that are skipped."""
    assert len(CASES) > 500
    assert len(ANSWERS["cases"]) > 100


@pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector["title"])
def test_case(vector: dict[str, Any], kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    baked(content(vector))
    kms.obey(vector)
    for variable, value in vector["environment"].items():
        monkeypatch.setenv(variable, value)
    name, expect = vector["secret"], vector["expect"]
    if "text" in expect:
        assert secret_baker.secret(name) == expect["text"]
        assert secret_baker.secret_bytes(name) == expect["text"].encode()
    elif "bytes" in expect:
        assert secret_baker.secret_bytes(name) == base64.b64decode(expect["bytes"])
    else:
        with pytest.raises(secret_baker.SecretBakerError) as caught:
            secret_baker.secret(name)
        assert caught.value.code == expect["fails"]
        assert [problem.code for problem in caught.value.problems] == [expect["fails"]]
    assert len(kms.calls) == expect.get("calls", len(kms.calls))


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
