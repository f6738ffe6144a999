"""Each case of `bundles.json`, against a KMS made of its table."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fake_kms import CASES, FakeKms, content

import secret_baker


@pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector["title"])
def test_case(vector: dict[str, Any], kms: FakeKms, baked: Any) -> None:
    baked(content(vector))
    kms.own = vector.get("kms", [])
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
