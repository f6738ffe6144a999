"""Our signature against botocore's."""

from __future__ import annotations

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from secret_baker._http import Request
from secret_baker._sigv4 import Credentials, signed
from secret_baker._url import Url


@pytest.mark.parametrize("token", ["", "IQoJb3JpZ2luX2VjEXAMPLETOKEN//8="])
@pytest.mark.parametrize("url", ["https://kms.eu-central-1.amazonaws.com", "http://127.0.0.1:4566"])
def test_signs_as_botocore_does(token: str, url: str) -> None:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.Decrypt"}
    ours = signed(
        Request("POST", Url(url), headers, b'{"a": 1}'), "eu-central-1", "kms", Credentials("AK", "SK", token)
    )
    theirs = AWSRequest(method="POST", url=url + "/", data=b'{"a": 1}', headers=headers)
    auth = SigV4Auth(BotoCredentials("AK", "SK", token or None), "kms", "eu-central-1")
    theirs.context["timestamp"] = ours.headers["x-amz-date"]
    if token:
        theirs.headers["X-Amz-Security-Token"] = token
    theirs.headers["X-Amz-Date"] = ours.headers["x-amz-date"]
    string = auth.string_to_sign(theirs, auth.canonical_request(theirs))
    assert ours.headers["authorization"].endswith("Signature=" + auth.signature(string, theirs))
    assert f"SignedHeaders={auth.signed_headers(auth.headers_to_sign(theirs))}" in ours.headers["authorization"]
