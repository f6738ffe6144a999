"""What happens when KMS or the way to it misbehaves."""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_aws import FakeAws, drop, error, garbage, hang, reply, truncate

import secret_baker
from secret_baker import SecretBakerError, secret

TWO = "the second of two"


@pytest.fixture(autouse=True)
def quick(baked: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Bake two secrets, and note how long the pauses would be instead of sleeping."""
    baked(TWO)
    pauses: list[float] = []
    monkeypatch.setattr("secret_baker._retry.sleep", pauses.append)
    secret_baker.configure(attempt_timeout=0.3)
    return pauses


def failure(name: str = "A") -> SecretBakerError:
    with pytest.raises(SecretBakerError) as caught:
        secret(name)
    return caught.value


PASSING = {
    "throttled": error("ThrottlingException"),
    "throttled, in the old name": error("RequestLimitExceeded"),
    "internal": error("KMSInternalException", 500),
    "key unavailable": error("KeyUnavailableException", 500),
    "dependency": error("DependencyTimeoutException", 503),
    "an error without a name": lambda h: reply(h, 503, b"<html>busy</html>"),
    "429 without a name": lambda h: reply(h, 429, b""),
    "reset": drop,
    "truncated": truncate,
    "garbage": garbage,
    "no plaintext in it": lambda h: reply(h, 200, b"{}"),
    "a plaintext that is not base64": lambda h: reply(h, 200, b'{"Plaintext": "Zm9v*"}'),
    "a list": lambda h: reply(h, 200, b"[]"),
    "no HTTP": lambda h: h.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "no length": lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n"),
    "a negative length": lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"),
    "a length of a terabyte": lambda h: h.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n"),
    "hang": hang,
}


@pytest.mark.parametrize("act", PASSING.values(), ids=PASSING.keys())
def test_tries_again_after(act: Any, kms: FakeAws) -> None:
    kms.script = [act]
    assert secret("A") == "first value"
    assert len(kms.calls) == 2


LASTING = {
    "throttled": (error("ThrottlingException", message="Rate exceeded"), "THROTTLED"),
    "429 without a name": (lambda h: reply(h, 429, b""), "THROTTLED"),
    "429 with a new name": (error("SlowDownException", 429), "THROTTLED"),
    "internal": (error("KMSInternalException", 500), "SERVICE_ERROR"),
    "reset": (drop, "UNREACHABLE"),
    "truncated": (truncate, "UNREACHABLE"),
    "garbage": (garbage, "UNREACHABLE"),
    "hang": (hang, "UNREACHABLE"),
    "a gateway's page": (lambda h: reply(h, 502, b"<html>"), "UNREACHABLE"),
    "a proxy's page": (lambda h: reply(h, 403, b"<html>"), "UNREACHABLE"),
}


@pytest.mark.parametrize(("act", "code"), LASTING.values(), ids=LASTING.keys())
def test_gives_up_after_five_attempts(act: Any, code: str, kms: FakeAws, quick: list[float]) -> None:
    kms.always = act
    caught = failure()
    assert caught.code == f"SECRET_BAKER_{code}"
    assert "after 5 attempts" in str(caught)
    assert len(kms.calls) == 5
    assert len(quick) == 4
    assert all(0 <= pause <= longest for pause, longest in zip(quick, (0.05, 0.1, 0.2, 0.4)))


def test_pauses_differ_and_stay_below_a_second(kms: FakeAws, quick: list[float]) -> None:
    secret_baker.configure(attempts=40)
    kms.always = error("ThrottlingException")
    failure()
    assert len(kms.calls) == 40
    assert max(quick) <= 1
    assert len(set(quick)) > 20


@pytest.mark.parametrize(
    "name", ["AccessDeniedException", "ValidationException", "DisabledException", "ExpiredTokenException"]
)
def test_asks_once_where_asking_again_is_no_use(name: str, kms: FakeAws) -> None:
    kms.always = error(name)
    failure()
    assert len(kms.calls) == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"__type":"com.amazonaws.kms#DisabledException"}', {}),
        (b'{"__type":"DisabledException:http://internal.amazon.com/coral/"}', {}),
        (b"{}", {"x_amzn_errortype": "DisabledException:"}),
        (b'{"__type":5}', {"x_amzn_errortype": "kms#DisabledException"}),
        (b"no JSON", {"x_amzn_errortype": "DisabledException"}),
    ],
)
def test_knows_an_error_in_each_spelling(body: bytes, headers: dict[str, str], kms: FakeAws) -> None:
    kms.always = lambda h: reply(h, 400, body, **headers)
    assert failure().code == "SECRET_BAKER_KEY_UNUSABLE"


BY_NAME = {
    "WRONG_CONTEXT": "InvalidCiphertextException",
    "ACCESS_DENIED": "AccessDeniedException AccessDenied",
    "KEY_UNUSABLE": """
        DisabledException NotFoundException KMSInvalidStateException IncorrectKeyException InvalidKeyUsageException""",
    "CREDENTIALS": """
        ExpiredTokenException ExpiredToken RequestExpired UnrecognizedClientException InvalidClientTokenId
        InvalidSignatureException SignatureDoesNotMatch IncompleteSignature IncompleteSignatureException
        MissingAuthenticationToken MissingAuthenticationTokenException""",
    "THROTTLED": """
        ThrottlingException Throttling RequestLimitExceeded TooManyRequestsException SlowDown RequestThrottled""",
    "SERVICE_ERROR": """
        KMSInternalException KeyUnavailableException DependencyTimeoutException ValidationException
        InvalidGrantTokenException ThrottlingFoo SlowDownException disabledexception""",
    "UNREACHABLE": "Disabled.Exception DisabledExceptionÄ " + "E" * 65,
}


@pytest.mark.parametrize(("code", "names"), BY_NAME.items())
def test_knows_each_error_by_its_name(code: str, names: str, kms: FakeAws) -> None:
    for name in names.split():
        kms.always = error(name)
        assert (name, failure().code) == (name, f"SECRET_BAKER_{code}")


def test_nobody_listens(kms: FakeAws) -> None:
    kms.stop()
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert f"no connection to {kms.url.removeprefix('http://')} (Connection refused)" in str(caught)


@pytest.fixture
def full() -> Iterator[str]:
    """Return the authority of a port that has no room for another connection, and is silent about it."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        waits = False
        while not waits:
            sock = stack.enter_context(socket.socket())
            sock.settimeout(0)
            sock.connect_ex(listener.getsockname())
            waits = not select.select([], [sock], [], 0.2)[1]
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.skipif(sys.platform == "win32", reason="a full port refuses at once there")
def test_a_connection_that_does_not_come_about(full: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"https://{full}")
    secret_baker.configure(connect_timeout=0.1, attempt_timeout=60, attempts=2)
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert f"no connection to {full} (timed out), after 2 attempts" in str(caught)
    assert "NAT gateway or a VPC endpoint of KMS" in str(caught)
    assert "a security group that lets it through" in str(caught)


def test_an_answer_that_does_not_come(kms: FakeAws) -> None:
    secret_baker.configure(attempt_timeout=0.1, attempts=1)
    kms.always = hang
    caught = failure()
    assert f"no answer from {kms.url.removeprefix('http://')} (timed out)" in str(caught)


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://nowhere.invalid")
    assert failure().code == "SECRET_BAKER_UNREACHABLE"


@pytest.mark.parametrize(
    "url", ["localhost:4566", "ftp://localhost", "http://", "http://a b", "http://a:b", "http://a\r\nx: y"]
)
def test_an_endpoint_that_is_no_url(url: str, monkeypatch: pytest.MonkeyPatch, kms: FakeAws) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", url)
    caught = failure()
    assert caught.code == "SECRET_BAKER_UNREACHABLE"
    assert "AWS_ENDPOINT_URL_KMS" in str(caught)
    assert kms.calls == []


def test_the_general_endpoint_is_used_where_there_is_none_for_kms(
    monkeypatch: pytest.MonkeyPatch, kms: FakeAws
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "")
    monkeypatch.setenv("AWS_ENDPOINT_URL", kms.url + "/")
    assert secret("A") == "first value"


def test_the_whole_call_ends_in_time(kms: FakeAws) -> None:
    secret_baker.configure(timeout=0.5)
    kms.always = hang
    started = time.monotonic()
    assert failure().code == "SECRET_BAKER_UNREACHABLE"
    assert 0.4 < time.monotonic() - started < 1.5


def test_all_secrets_together_end_in_time(kms: FakeAws) -> None:
    secret_baker.configure(timeout=0.5)
    kms.always = hang
    started = time.monotonic()
    with pytest.raises(SecretBakerError) as caught:
        secret_baker.secrets()
    assert time.monotonic() - started < 1.5
    assert [problem.secret for problem in caught.value.problems] == ["A", "B"]


def drip(handler: Any) -> None:
    """Send a byte now and then, for longer than an attempt may last."""
    try:
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n":
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True


def test_an_answer_that_drips_is_a_timeout(kms: FakeAws) -> None:
    kms.script = [drip]
    started = time.monotonic()
    assert secret("A") == "first value"
    assert time.monotonic() - started < 1.2
    assert len(kms.calls) == 2


def test_an_endless_head_ends(kms: FakeAws) -> None:
    def endless(handler: Any) -> None:
        try:
            for _ in range(300):
                handler.wfile.write(b"x" * 1000)
        except OSError:
            pass
        handler.close_connection = True

    kms.script = [endless]
    assert secret("A") == "first value"


def test_chunks_are_put_together(kms: FakeAws) -> None:
    def chunked(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in (b'{"Plaintext":', b'"Y2h1', b'bmtlZA=="}'):
            handler.wfile.write(b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk))
        handler.wfile.write(b"0\r\ntrailer: x\r\n\r\n")

    kms.script = [chunked]
    assert secret("A") == "chunked"
    assert secret("B") == "second value"
    assert kms.connections == 1


def test_a_connection_is_kept(kms: FakeAws) -> None:
    assert secret("A") == "first value"
    assert secret("B") == "second value"
    assert secret("B", fresh=True) == "second value"
    assert len(kms.calls) == 3
    assert kms.connections == 1


def test_a_connection_that_the_server_wants_closed_is_not_kept(kms: FakeAws) -> None:
    kms.script = [lambda handler: reply(handler, 200, b'{"Plaintext":"bGFzdA=="}', connection="Close")]
    assert secret("A") == "last"
    assert secret("B") == "second value"
    assert kms.connections == 2


def test_a_kept_connection_that_has_died_is_replaced_without_a_pause(kms: FakeAws, quick: list[float]) -> None:
    assert secret("A") == "first value"
    kms.hang_up()
    time.sleep(0.05)
    assert secret("B") == "second value"
    assert quick == []
    assert kms.connections == 2


def test_a_kept_connection_that_dies_as_it_is_used_counts_for_nothing(kms: FakeAws, quick: list[float]) -> None:
    secret_baker.configure(attempts=1)
    assert secret("A") == "first value"
    kms.script = [drop]
    assert secret("B") == "second value"
    assert quick == []
    assert len(kms.calls) == 3


@pytest.mark.parametrize("later", [0, 0.1])
def test_an_answer_that_nobody_has_asked_for_is_not_taken_for_the_next(later: float, kms: FakeAws) -> None:
    def talkative(handler: Any) -> None:
        reply(handler, 200, b'{"Plaintext":"Zmlyc3Q="}')
        time.sleep(later)
        handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 24\r\n\r\n{"Plaintext":"ZXZpbA=="}')

    kms.script = [talkative]
    assert secret("A") == "first"
    time.sleep(2 * later + 0.05)
    assert secret("B") == "second value"


def test_a_new_connection_that_dies_counts(kms: FakeAws) -> None:
    secret_baker.configure(attempts=1)
    kms.script = [drop]
    assert failure().code == "SECRET_BAKER_UNREACHABLE"


def test_each_attempt_is_signed_anew(kms: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(1_700_000_000, 60)
    monkeypatch.setattr("secret_baker._sigv4.gmtime", lambda _: time.gmtime(next(clock)))
    kms.script = [drop, error("ThrottlingException"), garbage]
    assert secret("A") == "first value"
    assert len({call["headers"]["x-amz-date"] for call in kms.calls}) == 4
    assert len({call["headers"]["authorization"] for call in kms.calls}) == 4


def test_asks_exactly_this(kms: FakeAws) -> None:
    secret("A")
    (call,) = kms.calls
    arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/a/one"
    assert call["path"] == "/"
    assert call["body"].keys() == {"CiphertextBlob", "EncryptionContext"}
    assert call["body"]["EncryptionContext"] == {"PARAMETER_ARN": arn}
    assert call["headers"]["x-amz-target"] == "TrentService.Decrypt"
    assert call["headers"]["content-type"] == "application/x-amz-json-1.1"
    assert call["headers"]["Host"] == kms.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "kms.eu-central-1.amazonaws.com"),
        ("aws-cn", "cn-north-1", "kms.cn-north-1.amazonaws.com.cn"),
        ("aws-us-gov", "us-gov-west-1", "kms.us-gov-west-1.amazonaws.com"),
    ],
)
def test_the_endpoint_is_that_of_the_region(
    partition: str, region: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secret_baker._arn import Region
    from secret_baker._endpoint import endpoint

    monkeypatch.delenv("AWS_ENDPOINT_URL_KMS")
    url = endpoint("kms", Region(region, partition))
    assert (url.tls, url.host, url.port, url.path) == (True, host, 443, "/")


def test_a_port_that_accepts_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"https://127.0.0.1:{silent.getsockname()[1]}")
        secret_baker.configure(attempts=2)
        assert failure().code == "SECRET_BAKER_UNREACHABLE"


def test_many_threads_share_what_is_idle(kms: FakeAws) -> None:
    kms.latency = 0.01
    threads = [threading.Thread(target=secret, args=("A",), kwargs={"fresh": True}) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kms.connections <= 20
    assert secret("B") == "second value"
