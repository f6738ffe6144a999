"""What happens to the process: imports, forks, freezes."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from child import KEYS, run, start
from fake_aws import FakeAws, error, hang

TWO = "the second of two"
NOT_NEEDED = "_message _container _gcm _aes _ecdsa _tls _proxy _refusal _dates _wording _environment _mapping _entry"
ADVANCED = "advanced tier, suite 0378, frame=4096, 12 bytes"

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is neither fork nor SIGSTOP")


def new_modules(code: str, **env: str) -> set[str]:
    """Return the modules that a process has imported by this code."""
    return set(run(f"import sys; before = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before)", **env).split())


def test_importing_imports_next_to_nothing() -> None:
    assert new_modules("import secret_baker") == {"__future__", "secret_baker", "secret_baker.exceptions"}


def test_a_standard_secret_imports_no_sdk_and_nothing_heavy(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    found = new_modules("import secret_baker; secret_baker.secret('A')", **env)
    heavy = {
        "boto3",
        "botocore",
        "email",
        "http",
        "urllib",
        "asyncio",
        "typing",
        "dataclasses",
        "difflib",
        "datetime",
    }
    assert not {name.partition(".")[0] for name in found} & heavy
    assert not {f"secret_baker.{name}" for name in NOT_NEEDED.split()} & found


def test_an_advanced_secret_imports_no_sdk(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(ADVANCED)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    found = new_modules("import secret_baker; secret_baker.secret('A')", **env)
    assert not {name.partition(".")[0] for name in found} & {"boto3", "botocore", "cryptography", "email", "http"}


FORKS = """
import os, sys, threading, time
import secret_baker
from secret_baker import _opener, _credentials, _tls

def in_child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:
            print(repr(error))
            os._exit(1)
        os._exit(0)
    return pid

def ended(pid):
    until = time.monotonic() + 5
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return "hangs"

def expect(name, value):
    assert secret_baker.secret(name, fresh=True) == value
"""


@posix
def test_parent_and_child_share_no_connection(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    code = (
        FORKS
        + """
assert secret_baker.secret("A") == "first value"
pids = [in_child(lambda: [expect("B", "second value") for _ in range(5)]) for _ in range(4)]
for _ in range(5):
    expect("A", "first value")
print([ended(pid) for pid in pids])
"""
    )
    assert run(code, **env) == "[0, 0, 0, 0]\n"
    assert kms.connections == 5
    assert len(kms.calls) == 26


@posix
def test_a_child_has_what_was_opened_before(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    code = (
        FORKS
        + """
secret_baker.secret("A")
def work():
    assert secret_baker.secret("A") == "first value"
print(ended(in_child(work)))
"""
    )
    assert run(code, **env) == "0\n"
    assert len(kms.calls) == 1


@posix
def test_a_child_does_not_wait_for_a_thread_of_its_parent(kms: FakeAws, baked: Callable[..., Path]) -> None:
    kms.latency = 0.4
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    code = (
        FORKS
        + """
thread = threading.Thread(target=secret_baker.secret, args=("A",))
thread.start()
time.sleep(0.2)
def work():
    assert secret_baker.secret("A") == "first value"
    assert len(secret_baker.secrets()) == 2
print(ended(in_child(work)))
thread.join()
"""
    )
    assert run(code, **env) == "0\n"


@posix
def test_a_lock_that_a_thread_holds_does_not_stop_a_child(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    code = (
        FORKS
        + """
held, done = threading.Event(), threading.Event()
def hold():
    with _opener._state.flights.lock, _credentials._kept.lock, _tls._contexts.lock:
        held.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
def work():
    expect("A", "first value")
    assert _credentials._kept.lock.acquire(timeout=1)
    assert _tls._contexts.lock.acquire(timeout=1)
print(ended(in_child(work)))
done.set()
thread.join()
"""
    )
    assert run("import secret_baker._tls, secret_baker._credentials\n" + code, **env) == "0\n"


FROZEN = """
import secret_baker, sys, time
secret_baker.configure(timeout=1, attempt_timeout=0.3, connect_timeout=0.2)
"""


@posix
def test_a_connection_that_died_in_a_freeze_costs_nothing(kms: FakeAws, baked: Callable[..., Path]) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    code = (
        FROZEN
        + """
secret_baker.configure(attempts=1)
print(secret_baker.secret("A"), flush=True)
sys.stdin.readline()
started = time.monotonic()
print(secret_baker.secret("B"), time.monotonic() - started < 0.2, flush=True)
"""
    )
    with start(code, **env) as child:
        assert child.stdout
        assert child.stdout.readline() == "first value\n"
        child.send_signal(signal.SIGSTOP)
        kms.hang_up()
        time.sleep(1.2)
        child.send_signal(signal.SIGCONT)
        assert child.communicate("\n", timeout=10) == ("second value True\n", "")
    assert kms.connections == 2


@posix
@pytest.mark.parametrize("frozen_in", ["an attempt", "a pause"])
def test_a_freeze_in_the_middle_of_a_call_does_not_use_up_its_time(
    frozen_in: str, kms: FakeAws, baked: Callable[..., Path]
) -> None:
    env = {"SECRET_BAKER_FILE": str(baked(TWO)), "AWS_ENDPOINT_URL_KMS": kms.url, **KEYS}
    kms.script = [hang] if frozen_in == "an attempt" else [error("ThrottlingException")]
    code = (
        FROZEN
        + """
from secret_baker import _retry
_retry._random = lambda: 20  # a pause of a second, so that the process is stopped in it
_retry._contract.LONGEST_PAUSE_S = 0.03
print(secret_baker.secret("A"), flush=True)
"""
    )
    with start(code, **env) as child:
        until = time.monotonic() + 10
        while not kms.calls and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(0.1)
        child.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        child.send_signal(signal.SIGCONT)
        assert child.communicate(timeout=10) == ("first value\n", "")
    assert len(kms.calls) == 2
    dates = [call["headers"]["x-amz-date"] for call in kms.calls]
    assert dates[0] < dates[1]
