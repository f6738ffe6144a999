"""A name's way to its plaintext: one call of KMS for each, whoever asks at once, and none after it."""

from __future__ import annotations

import os
import threading

from . import _bundle
from ._deadline import Deadline
from ._failure import Failure, quoted
from ._settings import settings
from .exceptions import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_AT_ONCE = 16
_BLOBS = {b"\x01\x01", b"\x01\x02", b"\x0a\x20"}
_MESSAGES = {b"\x01\x80", b"\x02\x04", b"\x02\x05"}


class _Flight:
    """An opening under way. `outcome` stays None if its thread was interrupted."""

    __slots__ = ("landed", "outcome")

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.outcome: bytes | Problem | None = None


class _State:
    """What this process has read and opened."""

    __slots__ = ("bundle", "flights", "lock", "opened")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.bundle: dict[str, object] | None = None
        self.opened: dict[str, bytes] = {}
        self.flights: dict[str, _Flight] = {}

    def renew(self) -> None:
        """Leave behind what belongs to threads that a forked child does not have."""
        self.lock = threading.Lock()
        self.flights = {}


def raw(name: str, *, fresh: bool) -> bytes | Problem:
    """Return a plaintext, or why there is none."""
    return _opened(name, Deadline(settings.timeout), fresh=fresh)


def text(name: str, *, fresh: bool) -> str | Problem:
    """Return a plaintext as text, or why there is none."""
    return _decoded(name, raw(name, fresh=fresh))


def names(only: Iterable[str] | None) -> list[str] | Problem:
    """Return the names asked for, each once, or all of the bundle; or why there is no bundle."""
    if isinstance(only, str):
        raise TypeError("`only` is several names, not a string")
    try:
        bundle = _read()
    except Failure as failure:
        return _problem(None, failure)
    return list(bundle if only is None else dict.fromkeys(only))


def texts(wanted: list[str]) -> dict[str, str] | list[Problem]:
    """Return all these plaintexts, opened side by side, or all reasons why one of them is missing."""
    outcomes = {name: _decoded(name, outcome) for name, outcome in _side_by_side(wanted).items()}
    problems = [outcome for outcome in outcomes.values() if isinstance(outcome, Problem)]
    return problems or {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, str)}


def forget() -> None:
    """Drop all that was read and opened; openings under way do not come back into the cache."""
    with _state.lock:
        _state.bundle = None
        _state.opened = {}
        _state.flights = {}


def _side_by_side(wanted: list[str]) -> dict[str, bytes | Problem]:
    deadline = Deadline(settings.timeout)
    outcomes: dict[str, bytes | Problem] = {}
    unexpected: list[Exception] = []
    left = wanted[::-1]

    def work() -> None:
        while left and not unexpected:
            try:
                name = left.pop()
            except IndexError:  # another thread took it
                break
            try:
                outcomes[name] = _opened(name, deadline, fresh=False)
            except Exception as error:  # noqa: BLE001 - it is raised in the thread that asked
                unexpected.append(error)

    threads = _started(work, sum(name not in _state.opened for name in wanted))
    try:
        work()
        for thread in threads:
            thread.join()
    finally:
        left.clear()  # an interrupt ends it all, and not only this thread's part
    if unexpected:
        raise unexpected[0]
    return {name: outcomes[name] for name in wanted}


def _decoded(name: str, outcome: bytes | Problem) -> str | Problem:
    if isinstance(outcome, Problem):
        return outcome
    try:
        return outcome.decode()
    except UnicodeDecodeError:  # which holds the plaintext: it ends here
        what = "its value is not text in UTF-8"
    return _problem(name, Failure("NOT_TEXT", what, "read it with `secret_bytes`"))


def _opened(name: str, deadline: Deadline, *, fresh: bool) -> bytes | Problem:
    while True:
        with _state.lock:
            if not fresh and name in _state.opened:
                return _state.opened[name]
            flight = _state.flights.get(name)
            leads = flight is None
            if flight is None:
                flight = _state.flights[name] = _Flight()
        if leads:
            return _led(name, flight, deadline)
        flight.landed.wait()
        if flight.outcome is not None:
            return flight.outcome


def _led(name: str, flight: _Flight, deadline: Deadline) -> bytes | Problem:
    entry = None
    try:
        entry = _bundle.entry_of(_read(), name)
        flight.outcome = _plaintext(entry, deadline)
    except Failure as failure:
        flight.outcome = _problem(name, failure, entry)
    finally:
        with _state.lock:
            if _state.flights.get(name) is flight:
                del _state.flights[name]
                if isinstance(flight.outcome, bytes):
                    _state.opened[name] = flight.outcome
        flight.landed.set()
    return flight.outcome


def _plaintext(entry: _bundle.Entry, deadline: Deadline) -> bytes:
    from . import _kms

    kind = entry.ciphertext[:2]
    if kind in _BLOBS:
        return _kms.decrypt(entry.arn, entry.ciphertext, {"PARAMETER_ARN": entry.arn.text}, deadline)
    if kind in _MESSAGES:
        from . import _message

        return _message.opened(entry, deadline)
    what = "its ciphertext is neither a blob of KMS nor a message of the AWS Encryption SDK"
    hint = "it was not encrypted by Parameter Store, or a newer secret-baker is needed: upgrade the package"
    raise Failure("UNKNOWN_CIPHERTEXT", what, hint)


def _read() -> dict[str, object]:
    bundle = _state.bundle
    if bundle is None:  # two threads may read it at once, which does no harm
        bundle = _state.bundle = _bundle.read(_bundle.places(settings.file))
    return bundle


def _problem(name: str | None, failure: Failure, entry: _bundle.Entry | None = None) -> Problem:
    subject = "" if name is None else f"secret {quoted(name)}: "
    where = ""
    if entry:
        key = f", key {failure.key}" if failure.key else ""
        where = f" (parameter {entry.arn.text}, region {entry.arn.region}{key})"
    return Problem(failure.code, name, f"{subject}{failure.what}{where}; {failure.hint}")


def _started(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Return threads beside this one: none for a single secret, and fewer where no more can be started."""
    threads: list[threading.Thread] = []
    for _ in range(min(_AT_ONCE, count) - 1):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads


_state = _State()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_state.renew)
