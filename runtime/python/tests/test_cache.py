"""How often KMS is asked."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fake_kms import FakeKms, case, content, error, reply

import secret_baker
from secret_baker import SecretBakerError, secret, secret_bytes, secrets

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


def test_a_secret_is_opened_once(kms: FakeKms, baked: Callable[..., Path]) -> None:
    baked(ONE)
    assert [secret("A") for _ in range(5)] == ["first value"] * 5
    assert secret_bytes("A") == b"first value"
    assert secrets() == {"A": "first value"}
    assert len(kms.calls) == 1


def test_a_hundred_callers_are_one_call(kms: FakeKms, baked: Callable[..., Path]) -> None:
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


def test_a_hundred_callers_share_one_failure(kms: FakeKms, baked: Callable[..., Path]) -> None:
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


def test_a_failed_call_is_not_remembered(kms: FakeKms, baked: Callable[..., Path]) -> None:
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


def test_fresh_opens_again_and_replaces(kms: FakeKms, baked: Callable[..., Path]) -> None:
    baked(ONE)
    kms.script = [lambda handler: reply(handler, 200, b'{"Plaintext":"b2xk"}')]
    assert secret("A") == "old"
    assert secret("A", fresh=True) == "first value"
    assert secret("A") == "first value"
    assert len(kms.calls) == 2


def test_a_fresh_call_that_fails_leaves_what_was_there(kms: FakeKms, baked: Callable[..., Path]) -> None:
    baked(ONE)
    assert secret("A") == "first value"
    kms.script = [error("AccessDeniedException")]
    with pytest.raises(SecretBakerError):
        secret("A", fresh=True)
    assert secret("A") == "first value"
    assert len(kms.calls) == 2


def test_many_are_opened_side_by_side_but_at_most_sixteen(kms: FakeKms, baked: Callable[..., Path]) -> None:
    baked(many(40))
    kms.always = echo
    kms.latency = 0.05
    found = secrets()
    assert list(found) == [f"NAME{number}" for number in range(40)]
    assert dict(found) == {name: name for name in found}
    assert 8 <= kms.busiest <= 16
    assert len(kms.calls) == 40
    assert kms.connections <= 16


def test_only_those_asked_for_are_opened(kms: FakeKms, baked: Callable[..., Path]) -> None:
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
    assert str(error).count("\n") == 3
    assert secret("GOOD") == "first value"


def test_a_missing_bundle_is_one_problem_of_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_BAKER_FILE", "/nowhere")
    with pytest.raises(SecretBakerError) as caught:
        secrets(only=["A", "B"])
    assert [problem.secret for problem in caught.value.problems] == [None]


def test_it_opens_without_a_thread_where_none_can_be_started(
    kms: FakeKms, baked: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
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


@pytest.mark.parametrize("bad", [{"timeout": 0}, {"attempts": -1}, {"attempt_timeout": float("nan")}])
def test_a_setting_must_be_above_zero(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        secret_baker.configure(**bad)
