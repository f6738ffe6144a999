"""Whose credentials sign a call, and when they are looked up."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from child import run
from fake_kms import FakeKms, by_table, error, hang, reply

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._credentials import Credentials

TWO = "the second of two"


def signer(call: dict[str, Any]) -> str:
    """Return the access key that signed a call of KMS."""
    return str(call["headers"]["authorization"].split("Credential=")[1].split("/")[0])


def failure(name: str = "A") -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret(name)
    return caught.value


class Container:
    """Serves credentials beside KMS, as Lambda does with SnapStart."""

    def __init__(self, kms: FakeKms) -> None:
        self.kms = kms
        self.served = 0
        self.lasts = 3600.0
        self.instead: Any = None
        kms.always = self.answer

    def answer(self, handler: Any) -> None:
        if handler.command != "GET":
            by_table(handler)
            return
        self.served += 1
        if self.instead:
            self.instead(handler)
        elif handler.headers["authorization"] != "the-token":
            reply(handler, 403, b"{}")
        else:
            expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.lasts))
            found = {
                "AccessKeyId": f"CONTAINER{self.served}",
                "SecretAccessKey": "s",
                "Token": "t",
                "Expiration": expires,
            }
            reply(handler, 200, json.dumps(found).encode())

    @property
    def signers(self) -> list[str]:
        return [signer(call) for call in self.kms.calls if call["body"]]


@pytest.fixture
def container(kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Container:
    baked(TWO)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{kms.url}/2021-08-23/credentials?x=y")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the-token")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    return Container(kms)


def test_those_of_the_environment_are_read_at_each_call(
    kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    secret("A")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ROTATED")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "another")
    secret("B")
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    secret("B", fresh=True)
    assert [signer(call) for call in kms.calls] == ["AKIAIOSFODNN7EXAMPLE", "ROTATED", "ROTATED"]
    assert [call["headers"].get("x-amz-security-token") for call in kms.calls] == ["session", "another", None]


def test_they_are_read_at_each_attempt(
    kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    kms.script = [error("ThrottlingException")]
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ROTATED"))
    secret("A")
    assert [signer(call) for call in kms.calls] == ["AKIAIOSFODNN7EXAMPLE", "ROTATED"]


def test_expired_ones_can_be_replaced(
    kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    kms.script = [error("ExpiredTokenException", message="The security token included in the request is expired")]
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert "expired" in str(caught)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ROTATED")
    assert secret("A") == "first value"


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_of_a_pair_is_an_error(missing: str, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    baked(TWO)
    monkeypatch.delenv(missing)
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert f"{missing} is not" in str(caught)


@pytest.mark.parametrize("value", ["a\r\nx: y", "ä", "a\x00b", " "])
def test_what_cannot_be_a_credential_is_never_sent(
    value: str, kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    monkeypatch.setattr("os.environ", {**__import__("os").environ, "AWS_ACCESS_KEY_ID": value})
    assert failure().code == "SECRET_BAKER_CREDENTIALS"
    assert kms.calls == []


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("value", ["KEY-OF-NOBODY\n", " KEY-OF-NOBODY", "KEY OF-NOBODY", "KEY\x7fOF-NOBODY", "\t"])
def test_a_malformed_part_is_named_and_not_shown(
    name: str, value: str, kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    monkeypatch.setenv(name, value)
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert f"the variable {name} holds a character that none has" in str(caught)
    assert "set it anew, without white space and line ends" in str(caught)
    assert "NOBODY" not in str(caught)
    assert kms.calls == []


def test_those_of_the_container_are_kept_until_they_expire(container: Container) -> None:
    assert secret("A") == "first value"
    assert secret("B") == "second value"
    assert container.signers == ["CONTAINER1", "CONTAINER1"]
    assert container.kms.calls[0]["path"] == "/2021-08-23/credentials?x=y"
    assert container.kms.calls[1]["headers"]["x-amz-security-token"] == "t"


def test_those_about_to_expire_are_fetched_again(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    secret("A")
    now = time.time()
    monkeypatch.setattr("secret_baker._credentials.time.time", lambda: now + 3600 - 59)
    secret("B")
    assert container.signers == ["CONTAINER1", "CONTAINER2"]


def test_short_lived_ones_are_used_once(container: Container) -> None:
    container.lasts = 20
    secret("A")
    secret("B")
    assert container.signers == ["CONTAINER1", "CONTAINER2"]


@pytest.mark.parametrize("name", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"])
def test_those_that_kms_refuses_are_fetched_again_within_the_call(name: str, container: Container) -> None:
    container.kms.script = [container.answer, error(name)]
    assert secret("A") == "first value"
    assert container.signers == ["CONTAINER1", "CONTAINER2"]


def test_they_are_fetched_again_once_a_call(container: Container) -> None:
    def refuse(handler: Any) -> None:
        (container.answer if handler.command == "GET" else error("ExpiredTokenException"))(handler)

    container.kms.always = refuse
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert container.signers == ["CONTAINER1", "CONTAINER2"]
    container.kms.always = container.answer
    assert secret("A") == "first value"
    assert container.signers[2:] == ["CONTAINER3"]


def test_what_another_thread_has_fetched_meanwhile_is_not_dropped(container: Container) -> None:
    renewed = threading.Event()

    def late(handler: Any) -> None:
        renewed.wait(5)
        error("ExpiredTokenException")(handler)

    def with_new_ones(handler: Any) -> None:
        renewed.set()
        by_table(handler)

    assert secret("A") == "first value"
    container.kms.script = [late, error("ExpiredTokenException"), container.answer, with_new_ones]
    secret_baker._opener.forget()
    assert secret_baker.secrets() == {"A": "first value", "B": "second value"}
    assert container.signers == ["CONTAINER1"] * 3 + ["CONTAINER2"] * 2


def test_many_secrets_fetch_them_once(container: Container) -> None:
    secret_baker.secrets()
    assert container.served == 1


def test_the_token_may_be_in_a_file(container: Container, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("the-token\n")
    monkeypatch.delenv("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(token))
    assert secret("A") == "first value"
    token.unlink()
    container.lasts = 0
    secret_baker._credentials._kept.of_container = None
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" in str(failure("B"))


def test_a_relative_uri_is_of_the_known_host(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(_: socket.socket, address: tuple[str, int]) -> None:
        asked.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/abc")
    monkeypatch.setattr("socket.socket.connect", refuse)
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert "refused" in str(caught)
    assert set(asked) == {("169.254.170.2", 80)}
    assert len(asked) == 5, "the attempts at the container are not multiplied by those at KMS"
    assert container.served == 0


@pytest.mark.parametrize("uri", ["http://example.com/x", "ftp://localhost/x", "/x", "http://127.evil.example/x"])
def test_the_token_goes_to_no_strange_host(uri: str, container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
    monkeypatch.setattr("socket.getaddrinfo", None)
    assert failure().code == "SECRET_BAKER_CREDENTIALS"
    assert container.served == 0


INSTEAD = {
    "refused": (lambda h: reply(h, 403, b"{}"), 1),
    "busy": (lambda h: reply(h, 503, b"{}"), 5),
    "no JSON": (lambda h: reply(h, 200, b"<html>"), 5),
    "no keys": (lambda h: reply(h, 200, b"{}"), 5),
    "a list": (lambda h: reply(h, 200, b"[]"), 5),
    "numbers": (lambda h: reply(h, 200, b'{"AccessKeyId": 1, "SecretAccessKey": 2, "Expiration": 3}'), 5),
    "a name twice": (lambda h: reply(h, 200, b'{"AccessKeyId":"a","SecretAccessKey":"b","AccessKeyId":"c"}'), 5),
    "a line end in a key": (lambda h: reply(h, 200, b'{"AccessKeyId":"a\\n","SecretAccessKey":"b"}'), 1),
    "hang": (hang, 5),
}


@pytest.mark.parametrize(("instead", "asked"), INSTEAD.values(), ids=INSTEAD.keys())
def test_a_container_that_gives_none(instead: Any, asked: int, container: Container) -> None:
    secret_baker.configure(attempt_timeout=0.1)
    container.instead = instead
    assert failure().code == "SECRET_BAKER_CREDENTIALS"
    assert container.served == asked
    assert container.signers == []


def test_none_in_lambda_does_not_look_further(baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    baked(TWO)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert "botocore" not in str(caught)


OPEN = "import secret_baker, sys; print(secret_baker.secret('A'), 'botocore' in sys.modules)"
SAY = """
import secret_baker
try:
    secret_baker.secret("A")
except secret_baker.SecretBakerError as error:
    print(error)
"""


def test_outside_lambda_a_profile_is_found_through_botocore(
    kms: FakeKms, baked: Callable[..., Path], tmp_path: Path
) -> None:
    path = baked(TWO)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[work]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n")
    out = run(OPEN, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, HOME=str(tmp_path), AWS_PROFILE="work")
    assert out == "first value True\n"
    assert signer(kms.calls[0]) == "PROFILE"


def test_a_profile_that_does_not_exist(kms: FakeKms, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    out = run(SAY, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, AWS_PROFILE="nobody")
    assert out.startswith("SECRET_BAKER_CREDENTIALS: secret `A`: there are no credentials that KMS accepts: ")
    assert "botocore failed to find credentials (ProfileNotFound)" in out


def test_botocore_finds_none(kms: FakeKms, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    out = run(SAY, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, AWS_EC2_METADATA_DISABLED="true")
    assert "botocore has found none" in out


def test_without_botocore_the_error_says_so(kms: FakeKms, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    code = "import sys; sys.modules['botocore'] = None" + SAY
    out = run(code, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url)
    assert "botocore, which looks for profiles and SSO (`pip install boto3`), is absent" in out


def test_they_are_unprintable() -> None:
    assert repr(Credentials("AKIA", "SECRET", "TOKEN")) == "<Credentials>"
