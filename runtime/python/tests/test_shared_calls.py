"""Values of one SOPS file and fields of one secret are opened by one call, however many ask for them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sealed
from fake_aws import FakeAws, error, hang, reply

import secret_baker
from secret_baker import SecretBakerError, _aws, _opener, _source_secrets_manager, _source_sops, secret, secrets
from secret_baker._settings import settings

FILE = {name: sealed.sops(name.encode(), f"{name}:") for name in "ABCDEFGHIJKL"}
FIELDS = {name: sealed.secrets_manager(field=name) for name in "ABCDEFGHIJKL"}
BY_FILE = sealed.opens(sealed.DATA_KEY)
BY_FIELDS = sealed.holds({name: name for name in FIELDS})
BOTH = pytest.mark.parametrize(("entries", "answer"), [(FILE, BY_FILE), (FIELDS, BY_FIELDS)], ids=["sops", "fields"])


def answer_with(answer: dict[str, Any]) -> Callable[[Any], None]:
    return lambda handler: reply(handler, 200, json.dumps(answer).encode())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secret_baker._retry.sleep", lambda _: None)


def asked(kms: FakeAws, count: int) -> None:
    """Wait until so many calls have come."""
    end = time.monotonic() + 20
    while len(kms.calls) < count and time.monotonic() < end:
        time.sleep(0.005)
    assert len(kms.calls) == count


def waiting(count: int) -> None:
    """Wait until so many threads have come for what is under way."""
    end = time.monotonic() + 20
    while sum(thread.name.startswith("caller") for thread in threading.enumerate()) < count and time.monotonic() < end:
        time.sleep(0.005)


@BOTH
def test_all_at_once_are_one_call(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    kms.latency = 0.1
    assert dict(secrets()) == {name: name for name in entries}
    assert len(kms.calls) == 1


@BOTH
def test_one_after_the_other_are_one_call(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    assert [secret(name) for name in entries] == list(entries)
    assert len(kms.calls) == 1
    secret_baker.configure(file=None)
    assert secret("A") == "A"
    assert len(kms.calls) == 2, "what was opened is forgotten"


@pytest.mark.parametrize(
    ("one", "other", "calls"),
    [
        ({"context": {"a": "1", "b": "2"}}, {"context": {"b": "2", "a": "1"}}, 1),
        ({"context": {}}, {}, 1),
        ({"context": {"a": "1"}}, {"context": {"a": "2"}}, 2),
        ({"ciphertext": sealed.base64(b"\1\1" + bytes(40))}, {}, 2),
        ({"arn": sealed.KEY_ARN.replace("eu-", "us-")}, {}, 2),
    ],
)
def test_equal_keys_are_one_call(one: Any, other: Any, calls: int, kms: FakeAws, baked: Any) -> None:
    (key,) = sealed.sops()["keys"]
    files = {"A": sealed.sops(keys=[{**key, **one}]), "B": sealed.sops(keys=[{**key, **other}])}
    baked(sealed.bundle(**files))
    kms.always = answer_with({**BY_FILE, "KeyId": one.get("arn", sealed.KEY_ARN)})
    assert secret("A") == sealed.VALUE.decode()
    kms.always = answer_with(BY_FILE)
    assert secret("B") == sealed.VALUE.decode()
    assert len(kms.calls) == calls


def test_another_version_is_another_call(kms: FakeAws, baked: Any) -> None:
    versions = {name: sealed.secrets_manager(versionId=name) for name in "AB"}
    baked(sealed.bundle(**versions))
    kms.script = [answer_with({**sealed.holds(name), "VersionId": name}) for name in "AB"]
    assert [secret("A"), secret("B")] == ["A", "B"]


@BOTH
def test_fresh_asks_anew(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    for count, fresh in enumerate([False, True, True], 1):
        assert secret("A", fresh=fresh) == "A"
        assert len(kms.calls) == count
    kms.latency = 0.3
    together = threading.Barrier(2)

    def renewed(name: str) -> str:
        together.wait()
        return secret(name, fresh=True)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(renewed, "AB")) == ["A", "B"]
    assert len(kms.calls) == 4, "what is under way is anew"
    assert secret("C") == "C"
    assert len(kms.calls) == 4


@BOTH
def test_a_fresh_call_that_fails_leaves_what_was_there(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    assert secret("A") == "A"
    kms.script = [error("AccessDeniedException")]
    with pytest.raises(SecretBakerError, match="ACCESS_DENIED"):
        secret("A", fresh=True)
    assert secret("B") == "B"
    assert len(kms.calls) == 2


@BOTH
def test_a_failure_is_shared_and_not_kept(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    kms.script = [error("AccessDeniedException")]
    kms.latency = 0.5
    with pytest.raises(SecretBakerError) as caught:
        secrets()
    assert [problem.secret for problem in caught.value.problems] == list(entries)
    assert {problem.code for problem in caught.value.problems} == {"SECRET_BAKER_ACCESS_DENIED"}
    assert len(kms.calls) == 1
    assert secret("A") == "A"


@BOTH
def test_the_time_of_one_who_waits_is_its_own(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    released = threading.Event()

    def act(handler: Any) -> None:
        released.wait(20)
        answer_with(answer)(handler)

    kms.always = act
    secret_baker.configure(timeout=30, attempt_timeout=30)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(secret, "A")
        asked(kms, 1)
        secret_baker.configure(timeout=0.2)
        with pytest.raises(SecretBakerError, match="timed out while others were opened") as caught:
            secret("B")
        assert caught.value.code == "SECRET_BAKER_UNREACHABLE"
        assert not first.done(), "who gives up fails nobody else"
        released.set()
        assert first.result() == "A"
    assert secret("C") == "C"
    assert len(kms.calls) == 1


@BOTH
def test_one_who_has_more_time_goes_on(entries: Any, answer: Any, kms: FakeAws, baked: Any) -> None:
    baked(sealed.bundle(**entries))
    kms.always = answer_with(answer)
    kms.script = [hang]
    flights = _source_sops._data_keys if entries is FILE else _source_secrets_manager._values
    secret_baker.configure(timeout=1.5)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(secret, "A")
        asked(kms, 1)
        settings.timeout = 30
        second = pool.submit(secret, "B")
        with pytest.raises(SecretBakerError) as caught:
            first.result()
        assert caught.value.code == "SECRET_BAKER_UNREACHABLE"
        assert second.result() == "B"
    assert len(kms.calls) == 2
    assert flights._under_way == {}


def test_those_who_wait_for_a_call_of_others_take_no_place(
    kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    baked(sealed.bundle(**FILE, OTHER=sealed.kms()))
    released = threading.Event()

    def act(handler: Any) -> None:
        released.wait(20)
        answer_with(BY_FILE)(handler)

    kms.script = [act]
    kms.always = answer_with(sealed.opens(b"another"))
    monkeypatch.setattr(_aws._places, "free", threading.Semaphore(2))
    secret_baker.configure(timeout=30, attempt_timeout=30)
    with ThreadPoolExecutor(6, "caller") as pool:
        found = [pool.submit(secret, name) for name in "ABCDEF"]
        asked(kms, 1)
        waiting(6)
        try:
            assert secret("OTHER") == "another"
        finally:
            released.set()
        assert [future.result() for future in found] == list("ABCDEF")


def test_no_thread_outlives_its_secrets(kms: FakeAws, baked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    baked(sealed.bundle(**FILE))
    kms.always = answer_with(BY_FILE)
    started: list[threading.Thread] = []
    real = _opener._started

    def noticed(*args: Any) -> list[threading.Thread]:
        threads = real(*args)
        started.extend(threads)
        return threads

    monkeypatch.setattr(_opener, "_started", noticed)
    secrets()
    assert len(started) == len(FILE) - 1
    assert not any(thread.is_alive() for thread in started)
