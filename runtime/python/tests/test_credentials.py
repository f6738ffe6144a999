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
from fake_aws import FakeAws, by_rules, error, hang, reply

import secret_baker
from secret_baker import SecretBakerError, secret
from secret_baker._sigv4 import Credentials

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

    def __init__(self, kms: FakeAws) -> None:
        self.kms = kms
        self.served = 0
        self.lasts = 3600.0
        self.instead: Any = None
        kms.always = self.answer

    def answer(self, handler: Any) -> None:
        if handler.command != "GET":
            by_rules(handler)
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
def container(kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Container:
    baked(TWO)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{kms.url}/2021-08-23/credentials?x=y")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the-token")
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)
    return Container(kms)


def test_those_of_the_environment_are_read_at_each_call(
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
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
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    kms.script = [error("ThrottlingException")]
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ROTATED"))
    secret("A")
    assert [signer(call) for call in kms.calls] == ["AKIAIOSFODNN7EXAMPLE", "ROTATED"]


def test_expired_ones_can_be_replaced(
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
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
    value: str, kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    monkeypatch.setattr("os.environ", {**__import__("os").environ, "AWS_ACCESS_KEY_ID": value})
    assert failure().code == "SECRET_BAKER_CREDENTIALS"
    assert kms.calls == []


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("value", ["KEY-OF-NOBODY\n", " KEY-OF-NOBODY", "KEY OF-NOBODY", "KEY\x7fOF-NOBODY", "\t"])
def test_a_malformed_part_is_named_and_not_shown(
    name: str, value: str, kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
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


def expiring(expiration: object) -> Callable[[Any], None]:
    """Serve credentials that end at some time, or say nothing about it."""
    found = {"AccessKeyId": "CONTAINER", "SecretAccessKey": "s", "Token": "t"}
    body = json.dumps(found | ({} if expiration is ... else {"Expiration": expiration})).encode()
    return lambda handler: reply(handler, 200, body)


SHAPES = [
    "2099-01-02T03:04:05Z",
    "2099-01-02T03:04:05.1Z",
    "2099-01-02T03:04:05.123456789Z",
    "2099-01-02t03:04:05.123456789012345z",
    "2099-01-02 03:04:05+00:00",
    "2099-01-02T05:04:05.5+02:00",
    "2099-01-01T22:34:05-04:30",
]


@pytest.mark.parametrize("text", SHAPES)
def test_an_end_in_each_shape_of_rfc_3339_is_read(
    text: str, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    container.instead = expiring(text)
    secret("A")
    end = 4_071_006_245  # date -ud 2099-01-02T03:04:05Z +%s
    monkeypatch.setattr("secret_baker._credentials.time.time", lambda: end - 61)
    secret("B")
    assert container.served == 1
    monkeypatch.setattr("secret_baker._credentials.time.time", lambda: end - 59)
    secret("B", fresh=True)
    assert container.served == 2


@pytest.mark.parametrize(
    "text",
    [..., None, "", "soon", 5, "2099-01-02", "2099-13-02T03:04:05Z", "2099-01-02T03:04:05", "2099-01-02T03:04:05.Z"],
)
def test_without_an_end_they_are_used_for_five_minutes(
    text: object, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    container.instead = expiring(text)
    secret("A")
    now = time.time()
    monkeypatch.setattr("secret_baker._credentials.time.time", lambda: now + 290)
    secret("B")
    assert container.served == 1
    monkeypatch.setattr("secret_baker._credentials.time.time", lambda: now + 310)
    secret("B", fresh=True)
    assert container.served == 2


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("AccessKeyId", "the container's access key holds a character that none has"),
        ("SecretAccessKey", "the container's secret access key holds"),
        ("Token", "the container's session token holds"),
    ],
)
def test_a_malformed_part_of_the_container_is_named(part: str, said: str, container: Container) -> None:
    found = {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"} | {part: "NOBODY\n"}
    container.instead = lambda handler: reply(handler, 200, json.dumps(found).encode())
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert said in str(caught)
    assert "NOBODY" not in str(caught)
    assert container.signers == []


def test_the_wait_for_those_that_fetch_them_ends_with_the_time_there_is(container: Container) -> None:
    secret_baker.configure(timeout=0.3)
    with secret_baker._credentials._kept.lock:
        started = time.monotonic()
        assert "timed out while others fetched them" in str(failure())
    assert time.monotonic() - started < 2
    assert container.served == 0


def test_botocore_that_never_comes_back(baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    baked(TWO)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    asleep = threading.Event()
    monkeypatch.setattr("secret_baker._credentials._frozen", lambda: asleep.wait(8))
    secret_baker.configure(timeout=0.3)
    started = time.monotonic()
    assert "botocore failed to find credentials (TimeoutError)" in str(failure())
    asleep.set()
    assert time.monotonic() - started < 2


def dated(seconds: float, name: str = "InvalidSignatureException") -> Callable[[Any], None]:
    """Refuse a signature at a time that differs by so many seconds."""

    def act(handler: Any) -> None:
        handler.send_response_only(400)
        handler.send_header("date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds)))
        body = json.dumps({"__type": name}).encode()
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def signed_at(call: dict[str, Any]) -> float:
    import calendar

    return calendar.timegm(time.strptime(call["headers"]["x-amz-date"], "%Y%m%dT%H%M%SZ"))


@pytest.mark.parametrize("seconds", [3600, -3600, 300])
@pytest.mark.parametrize("name", ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"])
def test_a_wrong_clock_is_corrected(name: str, seconds: float, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.script = [dated(seconds, name)]
    secret_baker.configure(attempts=1)
    assert secret("A") == "first value"
    assert secret("B") == "second value"
    assert [round((signed_at(call) - time.time()) / 60) for call in kms.calls] == [0, seconds / 60, seconds / 60]


def test_a_clock_that_was_set_right_meanwhile_is_believed_again(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.script = [dated(3600)]
    assert secret("A") == "first value"
    kms.script = [dated(0)]
    assert secret("B") == "second value"
    assert [round((signed_at(call) - time.time()) / 60) for call in kms.calls] == [0, 60, 60, 0]


def test_a_wrong_clock_that_no_correction_mends_is_told(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.always = dated(-3600)
    caught = failure()
    assert caught.code == "SECRET_BAKER_CREDENTIALS"
    assert "InvalidSignatureException, and the clock of this machine is 360" in str(caught)
    assert " s early (parameter" in str(caught)
    assert "; set the clock of this machine: AWS refuses what was signed more than five minutes early" in str(caught)
    assert len(kms.calls) == 2
    assert failure().code == "SECRET_BAKER_CREDENTIALS"
    assert len(kms.calls) == 3, "it was signed by that clock already"


@pytest.mark.parametrize("act", [dated(200), dated(3600, "ExpiredTokenException"), dated(3600, "DisabledException")])
def test_no_other_refusal_is_about_the_clock(act: Any, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    kms.always = act
    assert "clock of this machine is" not in str(failure())
    assert len(kms.calls) == 1


@pytest.mark.parametrize("date", ["", "soon", "Wed, 25 Nov 2026 21:31:31 CET", "Wed, 25 Foo 2026 21:31:31 GMT"])
def test_a_date_that_is_none_is_passed_over(date: str, kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(TWO)
    body = b'{"__type":"InvalidSignatureException"}'

    def act(handler: Any) -> None:
        handler.send_response_only(400)
        handler.send_header("date", date)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    kms.always = act
    assert "check the secret access key, and the clock" in str(failure())
    assert len(kms.calls) == 1


def test_what_was_frozen_on_its_way_is_signed_again_at_once(
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(TWO)
    secret_baker.configure(attempts=1)
    clock = iter([0, 61, 61, 61])
    monkeypatch.setattr("secret_baker._aws.monotonic", lambda: next(clock))
    kms.script = [dated(61)]
    assert secret("A") == "first value"
    assert len(kms.calls) == 2
    assert secret_baker._aws._clock.late == 0


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
        by_rules(handler)

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
    kms: FakeAws, baked: Callable[..., Path], tmp_path: Path
) -> None:
    path = baked(TWO)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[work]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n")
    out = run(OPEN, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, HOME=str(tmp_path), AWS_PROFILE="work")
    assert out == "first value True\n"
    assert signer(kms.calls[0]) == "PROFILE"


def test_a_profile_that_does_not_exist(kms: FakeAws, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    out = run(SAY, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, AWS_PROFILE="nobody")
    assert out.startswith("SECRET_BAKER_CREDENTIALS: secret `A`: there are no credentials that KMS accepts: ")
    assert "botocore failed to find credentials (ProfileNotFound)" in out


def test_botocore_finds_none(kms: FakeAws, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    out = run(SAY, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url, AWS_EC2_METADATA_DISABLED="true")
    assert "botocore has found none" in out


def test_without_botocore_the_error_says_so(kms: FakeAws, baked: Callable[..., Path]) -> None:
    path = baked(TWO)
    code = "import sys; sys.modules['botocore'] = None" + SAY
    out = run(code, SECRET_BAKER_FILE=str(path), AWS_ENDPOINT_URL_KMS=kms.url)
    assert "botocore, which looks for profiles and SSO (`pip install boto3`), is absent" in out


def test_they_are_unprintable() -> None:
    assert repr(Credentials("AKIA", "SECRET", "TOKEN")) == "<Credentials>"
