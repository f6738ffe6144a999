"""How often KMS is asked."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fake_aws import FakeAws, case, content, error, reply
from problems import PAGE

import secret_baker
from secret_baker import SecretBakerError, secret, secret_bytes, secrets
from secret_baker._settings import settings

ONE = "standard tier"


def many(count: int) -> bytes:
    """Return a bundle of so many secrets, each of which opens to its own name."""
    entries = {}
    for number in range(count):
        blob = base64.b64encode(b"\1\2" + f"NAME{number}".encode()).decode()
        entries[f"NAME{number}"] = {
            "ciphertext": blob,
            "arn": f"arn:aws:ssm:eu-central-1:123456789012:parameter/n{number}",
        }
    return json.dumps(entries).encode()


def echo(handler: Any) -> None:
    """Open one of `many`."""
    name = base64.b64decode(handler.asked["CiphertextBlob"])[2:]
    reply(handler, 200, json.dumps({"Plaintext": base64.b64encode(name).decode()}).encode())


def test_a_secret_is_opened_once(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    assert [secret("A") for _ in range(5)] == ["first value"] * 5
    assert secret_bytes("A") == b"first value"
    assert secrets() == {"A": "first value"}
    assert len(kms.calls) == 1


def test_a_hundred_callers_are_one_call(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.latency = 0.2
    together = threading.Barrier(100)

    def call() -> str:
        together.wait()
        return secret("A")

    with ThreadPoolExecutor(100) as pool:
        found = [future.result() for future in [pool.submit(call) for _ in range(100)]]
    assert found == ["first value"] * 100
    assert len(kms.calls) == 1


def test_a_hundred_callers_share_one_failure(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.latency = 0.2
    kms.always = error("AccessDeniedException")
    together = threading.Barrier(100)
    caught: list[SecretBakerError] = []

    def call() -> None:
        together.wait()
        try:
            secret("A")
        except SecretBakerError as error:
            caught.append(error)

    threads = [threading.Thread(target=call) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {error.code for error in caught} == {"SECRET_BAKER_ACCESS_DENIED"}
    assert len({id(error) for error in caught}) == 100, "a traceback belongs to one thread"
    assert len(kms.calls) == 1


def test_a_failed_call_is_not_remembered(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.script = [error("AccessDeniedException")]
    with pytest.raises(SecretBakerError):
        secret("A")
    assert secret("A") == "first value"


def test_a_missing_bundle_is_not_remembered(baked: Callable[..., Path]) -> None:
    path = baked(ONE)
    path.unlink()
    with pytest.raises(SecretBakerError, match="SECRET_BAKER_BUNDLE_MISSING"):
        secret("A")
    path.write_bytes(content(case(ONE)))
    assert secret("A") == "first value"


def test_the_bundle_is_read_once(baked: Callable[..., Path]) -> None:
    path = baked("the second of two")
    secret("A")
    path.unlink()
    assert secret("B") == "second value"


def test_fresh_opens_again_and_replaces(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.script = [lambda handler: reply(handler, 200, b'{"Plaintext":"b2xk"}')]
    assert secret("A") == "old"
    assert secret("A", fresh=True) == "first value"
    assert secret("A") == "first value"
    assert len(kms.calls) == 2


def test_a_fresh_call_that_fails_leaves_what_was_there(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    assert secret("A") == "first value"
    kms.script = [error("AccessDeniedException")]
    with pytest.raises(SecretBakerError):
        secret("A", fresh=True)
    assert secret("A") == "first value"
    assert len(kms.calls) == 2


def test_many_are_opened_side_by_side_but_at_most_sixteen(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(many(40))
    kms.always = echo
    kms.latency = 0.05
    found = secrets()
    assert list(found) == [f"NAME{number}" for number in range(40)]
    assert dict(found) == {name: name for name in found}
    assert 8 <= kms.busiest <= 16
    assert len(kms.calls) == 40
    assert kms.connections <= 16


def test_only_those_asked_for_are_opened(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(many(10))
    kms.always = echo
    assert secrets(only=["NAME7", "NAME2", "NAME7"]) == {"NAME7": "NAME7", "NAME2": "NAME2"}
    assert len(kms.calls) == 2
    assert dict(secrets(only=iter(["NAME3"]))) == {"NAME3": "NAME3"}
    assert dict(secrets(only=[])) == {}


def test_a_string_is_not_several_names(baked: Callable[..., Path]) -> None:
    baked(ONE)
    with pytest.raises(TypeError, match="several names"):
        secrets(only="A")


def test_all_failures_come_in_one_error(baked: Callable[..., Path]) -> None:
    bundle = json.loads(content(case(ONE)))
    bundle |= json.loads(content(case("a permission that is missing"))) | {"GOOD": bundle["A"], "BAD": 5}
    baked(json.dumps(bundle).encode())
    with pytest.raises(SecretBakerError) as caught:
        secrets(only=["GOOD", "A", "BAD", "GODO"])
    error = caught.value
    assert [(problem.secret, problem.code) for problem in error.problems] == [
        ("A", "SECRET_BAKER_ACCESS_DENIED"),
        ("BAD", "SECRET_BAKER_BUNDLE_INVALID"),
        ("GODO", "SECRET_BAKER_NOT_IN_BUNDLE"),
    ]
    assert (error.code, error.secret) == ("SECRET_BAKER_ACCESS_DENIED", "A")
    assert str(error).startswith("3 secrets could not be opened\n- SECRET_BAKER_ACCESS_DENIED: secret `A`: ")
    pages = [f"  more: {PAGE}#{problem.code.lower()}" for problem in error.problems]
    assert str(error).splitlines()[4:] == pages
    assert secret("GOOD") == "first value"


def test_a_missing_bundle_is_one_problem_of_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_BAKER_FILE", "/nowhere")
    with pytest.raises(SecretBakerError) as caught:
        secrets(only=["A", "B"])
    assert [problem.secret for problem in caught.value.problems] == [None]


def test_it_opens_without_a_thread_where_none_can_be_started(
    kms: FakeAws, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(many(5))
    kms.always = echo
    start = threading.Thread.start

    def cannot(thread: threading.Thread) -> None:
        if thread._target.__name__ == "work":  # and not those of the fake KMS
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", cannot)
    assert list(secrets()) == [f"NAME{number}" for number in range(5)]
    assert kms.busiest == 1


def test_an_interrupted_opening_leaves_nothing_locked(
    baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(ONE)

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("secret_baker._kms.decrypt", interrupted)
        with pytest.raises(KeyboardInterrupt):
            secret("A")
        with pytest.raises(KeyboardInterrupt):
            secrets()
    assert secret("A") == "first value"


def test_configuring_another_file_forgets(baked: Callable[..., Path], tmp_path: Path) -> None:
    baked(ONE)
    assert secret("A") == "first value"
    other = tmp_path / "other.json"
    other.write_bytes(content(case("4096 bytes")))
    secret_baker.configure(file=other)
    assert secret("A") == "x" * 4096


def test_none_puts_the_usual_places_back_and_forgets(baked: Callable[..., Path], tmp_path: Path) -> None:
    baked(ONE)
    other = tmp_path / "other.json"
    other.write_bytes(content(case("4096 bytes")))
    secret_baker.configure(file=other, attempts=2)
    assert secret("A") == "x" * 4096
    secret_baker.configure(timeout=5)
    assert secret("A") == "x" * 4096, "what is not given stays as it is"
    secret_baker.configure(file=None)
    assert secret("A") == "first value"
    assert settings.attempts == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"timeout": 0},
        {"attempts": -1},
        {"attempt_timeout": float("nan")},
        {"connect_timeout": float("inf")},
        {"attempts": 10**400},
    ],
)
def test_a_setting_must_be_above_zero(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        secret_baker.configure(file="/other", **bad)
    assert settings.file is None, "all or none"


@pytest.mark.parametrize(
    "bad",
    [
        {"timeout": "5"},
        {"timeout": True},
        {"attempts": 2.5},
        {"file": 5},
        {"file": b"/a"},
        {"allow_insecure_endpoint": "true"},
    ],
)
def test_a_setting_of_another_type_is_told_in_words(bad: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=f"`{next(iter(bad))}` is .*, not "):
        secret_baker.configure(**bad)


def test_an_empty_path_is_not_taken_for_the_usual_places() -> None:
    with pytest.raises(ValueError, match="`file` is empty"):
        secret_baker.configure(file="")


@pytest.mark.parametrize("name", [None, 5, b"A", ["A"]])
def test_a_name_is_a_string(name: Any, baked: Callable[..., Path]) -> None:
    baked(ONE)
    with pytest.raises(TypeError, match="the name of a secret is a string, not"):
        secret(name)
    with pytest.raises(TypeError, match=r"the names in `only` are strings, not"):
        secrets(only=[name])


def test_calls_of_all_threads_together_are_sixteen(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(many(60))
    kms.always = echo
    kms.latency = 0.05
    with ThreadPoolExecutor(4) as pool:
        wishes = [[f"NAME{number}" for number in range(start, 60, 4)] for start in range(4)]
        found = list(pool.map(lambda only: dict(secrets(only=only)), wishes))
    assert [list(one) for one in found] == wishes
    assert 8 <= kms.busiest <= 16


def test_the_wait_for_another_thread_ends_with_the_time_there_is(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.latency = 1.5
    first = threading.Thread(target=lambda: secret("A"))
    first.start()
    while not kms.calls:
        time.sleep(0.01)
    secret_baker.configure(timeout=0.3)
    started = time.monotonic()
    with pytest.raises(SecretBakerError, match="timed out while others were opened") as caught:
        secret("A")
    assert time.monotonic() - started < 2
    assert caught.value.code == "SECRET_BAKER_UNREACHABLE"
    first.join()
    assert secret("A") == "first value"


def test_the_time_is_that_of_all_secrets_together(kms: FakeAws, baked: Callable[..., Path]) -> None:
    baked(many(48))
    secret_baker.configure(timeout=1, attempt_timeout=0.7, attempts=5)
    kms.latency = 5
    started = time.monotonic()
    with pytest.raises(SecretBakerError) as caught:
        secrets()
    assert time.monotonic() - started < 3
    assert [problem.secret for problem in caught.value.problems] == [f"NAME{number}" for number in range(48)]
    assert {problem.code for problem in caught.value.problems} == {"SECRET_BAKER_UNREACHABLE"}


def test_a_name_that_nobody_resolves_ends_with_the_time_there_is(
    baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(ONE)
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "https://kms.example")
    asleep = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: asleep.wait(8))
    secret_baker.configure(timeout=0.6, connect_timeout=0.2)
    started = time.monotonic()
    with pytest.raises(SecretBakerError, match=r"no connection to kms\.example \(timed out\)") as caught:
        secret("A")
    asleep.set()
    assert time.monotonic() - started < 3
    assert caught.value.code == "SECRET_BAKER_UNREACHABLE"


def test_what_nobody_has_foreseen_is_our_error_too(baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    baked(ONE)

    def broken(*_: object) -> bytes:
        raise AttributeError("first value")

    monkeypatch.setattr("secret_baker._kms.decrypt", broken)
    for call in (lambda: secret("A"), secrets):
        with pytest.raises(SecretBakerError) as caught:
            call()
        assert "stopped by AttributeError" in str(caught.value)
        assert "first value" not in str(caught.value)
        assert caught.value.__context__ is None
