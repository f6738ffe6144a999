"""The code of deployed functions, whole and in parts."""

from __future__ import annotations

import base64
import io
import json
import urllib.error
import urllib.request
import zipfile
from typing import Any

import pytest

from .conftest import StandIn

KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
SCOPE = "AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/{}/aws4_request"


def _send(url: str, service: str, method: str = "GET", body: bytes | None = None, kind: str = "") -> bytes:
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE.format(service)}, SignedHeaders=host, Signature=0",
        "content-type": kind or "application/json",
    }
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def _part(url: str, asked: str | None) -> tuple[int, str | None, bytes]:
    headers = {} if asked is None else {"range": asked}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers["content-range"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, None, b""


@pytest.fixture(scope="module")
def deployed(stand_in: StandIn) -> tuple[bytes, dict[str, Any]]:
    """Deploy a function; return its zip, and what GetFunction tells of it."""
    stand_in.order()
    trust = {"Version": "2012-10-17", "Statement": []}
    form = f"Action=CreateRole&Version=2010-05-08&RoleName=code&AssumeRolePolicyDocument={json.dumps(trust)}"
    _send(f"{stand_in.endpoint}/", "iam", "POST", form.encode(), "application/x-www-form-urlencoded")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.js", "exports.handler = 1;")
    whole = packed.getvalue()
    function = {
        "FunctionName": "of-test-code",
        "Runtime": "nodejs22.x",
        "Handler": "index.handler",
        "Role": "arn:aws:iam::123456789012:role/code",
        "Code": {"ZipFile": base64.b64encode(whole).decode(), "SourceKMSKeyArn": KEY},
    }
    functions = f"{stand_in.endpoint}/2015-03-31/functions"
    _send(functions, "lambda", "POST", json.dumps(function).encode())
    return whole, json.loads(_send(f"{functions}/of-test-code", "lambda"))["Code"]


def test_code_lies_behind_a_url_of_the_stand_in(stand_in: StandIn, deployed: tuple[bytes, dict[str, Any]]) -> None:
    whole, code = deployed
    assert code["Location"].startswith(f"{stand_in.endpoint}/__code/")
    assert code["SourceKMSKeyArn"] == KEY
    assert _part(code["Location"], None) == (200, None, whole)


def test_parts_and_that_they_are_logged(stand_in: StandIn, deployed: tuple[bytes, dict[str, Any]]) -> None:
    whole, code = deployed
    size = len(whole)
    stand_in.order()
    for asked, first, end in [("bytes=2-4", 2, 5), ("bytes=-7", size - 7, size), ("bytes=9-", 9, size)]:
        told = f"bytes {first}-{end - 1}/{size}"
        assert _part(code["Location"], asked) == (206, told, whole[first:end]), asked
    assert _part(code["Location"], f"bytes=-{size + 1}") == (206, f"bytes 0-{size - 1}/{size}", whole)
    assert _part(code["Location"], f"bytes={size}-") == (416, None, b"")
    asked_for = [call["range"] for call in stand_in.calls()]
    assert asked_for == ["bytes=2-4", "bytes=-7", "bytes=9-", f"bytes=-{size + 1}", f"bytes={size}-"]


def test_a_rule_makes_it_ignore_ranges(stand_in: StandIn, deployed: tuple[bytes, dict[str, Any]]) -> None:
    whole, code = deployed
    stand_in.order({"target": "GET /__code/*", "whole": True})
    assert _part(code["Location"], "bytes=2-4") == (200, None, whole)
    stand_in.order()
